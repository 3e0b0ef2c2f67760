"""Assembles what evidence looks at: everyone, and one cohort at a time, from the tables of earlier stages."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from iolaus.engine import Engine
from iolaus.key import Key
from iolaus.link.besides import Besides, conversations_besides
from iolaus.link.candidates import Candidate
from iolaus.link.cohort import Cohort
from iolaus.link.handed import handed_over
from iolaus.link.held import identifiers
from iolaus.link.population import HOUR, Numbers, Population
from iolaus.link.scored import Scored
from iolaus.link.settings import LinkSettings
from iolaus.link.strangers import sampled, strangers
from iolaus.link.ties import TIES
from iolaus.link.uses import Uses
from iolaus.sketch.topics import Topics
from iolaus.workspace import Workspace

log = logging.getLogger("iolaus")

_NOBODY = np.zeros(0, np.int32)


class Assembly:
    """Everything that cohorts are cut from. Opens views on the tables of earlier stages."""

    def __init__(self, work: Workspace, engine: Engine, settings: LinkSettings, key: Key, has_accounts: bool) -> None:
        self._engine = engine
        self._settings, self._key = settings, key
        sketch, fingerprint, ingest = (work.folder(name) for name in ("sketch", "fingerprint", "ingest"))
        engine.view("conversations", fingerprint / "conversations.parquet")
        engine.view("phrases", sketch / "phrases.parquet")
        self._uses = sketch / "phrase_uses.parquet"
        engine.view("phrase_uses", self._uses)
        engine.keep("volumes", "SELECT account, count(*) AS had FROM conversations GROUP BY account")
        engine.view("private_uses", sketch / "private_uses.parquet")
        self._of_words = Uses.made(fingerprint / "conversations.parquet", work.folder("link"), engine)
        self.uses = self._of_words
        self.topics = Topics(sketch / "topics")
        self.population = self._population(fingerprint, ingest, has_accounts)
        handed = handed_over(engine, ingest, sketch, settings.hand_over_minutes)
        self.population = replace(self.population, holders={**self.population.holders, **handed})
        self.words: Mapping[str, tuple[str, ...]] = {}
        self.authors: Mapping[str, tuple[int, ...]] = {}
        self.scored: Mapping[str, Scored] = {}

    def admit(self, candidates: Sequence[Candidate]) -> None:
        """Let candidates by ties be cut out too, with all that their accounts ask; those of an earlier call no more."""
        tied = [(phrase, c.accounts) for c in candidates if TIES in c.kinds for phrase in c.phrases]
        self.uses = replace(self._of_words, whole={phrase: self._of_words.of(accounts) for phrase, accounts in tied})
        phrases = [np.full(len(accounts), phrase, np.int64) for phrase, accounts in tied]
        columns = np.concatenate([*phrases, np.zeros(0, np.int64)]), np.concatenate([a for _, a in tied] or [_NOBODY])
        self._engine.register("tied_accounts", pa.table(dict(zip(("phrase", "account"), columns, strict=True))))

    def turn_to_admitted(self) -> None:
        """From here on who uses a phrase is asked of admitted candidates as well."""
        self._engine.view("uses_of_words", self._uses)
        self._engine.define(
            "phrase_uses",
            "SELECT phrase, account, conversation FROM uses_of_words UNION ALL"
            " SELECT t.phrase, c.account, c.conversation FROM conversations AS c"
            " JOIN tied_accounts AS t ON t.account = c.account"
            " UNION ALL SELECT phrase, account, conversation FROM private_uses",
        )

    def _population(self, fingerprint: Path, ingest: Path, has_accounts: bool) -> Population:
        behaviour = pq.read_table(fingerprint / "accounts.parquet")
        known = pq.read_table(ingest / "accounts.parquet").drop_columns(["country"])
        rank = pc.index_in(behaviour["account_id"], value_set=known["account_id"])
        accounts = behaviour
        for name in known.column_names:
            if name == "account_id":
                continue
            column = pc.take(known[name], rank)
            accounts = accounts.append_column(
                name, pc.cast(column, pa.int64()) if pa.types.is_timestamp(column.type) else column
            )
        holders = identifiers(self._engine, accounts, self._settings.network_accounts, self._key)
        hourly, origin = self._hourly()
        events = pq.read_table(ingest / "account_events.parquet")
        return Population(
            accounts,
            holders,
            hourly,
            origin,
            has_accounts,
            events,
            self._strangers() | {"pathways": self._pathways(len(accounts))},
            self._settings.topic_components,
        )

    def _hourly(self) -> tuple[Numbers, int]:
        counts = self._engine.table(
            f"SELECT ts // {HOUR} AS hour, count(*) AS conversations FROM conversations GROUP BY hour ORDER BY hour"
        )
        hours = counts["hour"].to_numpy()
        if len(hours) == 0:
            return np.zeros(0, np.int64), 0
        # A stray row years away must not make a table of its own.
        low, high = int(np.quantile(hours, 0.001)), int(np.quantile(hours, 0.999))
        span = min(high - low + 1, 24 * 400)
        hourly = np.zeros(span, np.int64)
        inside = (hours >= low) & (hours < low + span)
        hourly[hours[inside] - low] = counts["conversations"].to_numpy()[inside]
        return hourly, low * HOUR

    def _pathways(self, accounts: int) -> npt.NDArray[np.float64]:
        """float64[accounts]: number of the pathway of each account's first conversation, 0 where none is told."""
        first = self._engine.table(
            "SELECT account, min_by(pathway, (ts, conversation)) AS pathway FROM conversations GROUP BY account"
        )
        found = np.zeros(accounts)
        _, code = np.unique(np.append(first["pathway"].to_numpy(), 0), return_inverse=True)
        found[first["account"].to_numpy()] = code[:-1]
        return found

    def _strangers(self) -> dict[str, npt.NDArray[np.float64]]:
        """Topics of one keyed conversation of each of up to 2,000 accounts, and the numbers of these as authors."""
        rows = self._engine.table(
            "SELECT seq, account FROM (SELECT seq, account, conversation,"
            " row_number() OVER (PARTITION BY account ORDER BY conversation) AS place"
            " FROM conversations WHERE readable) AS placed WHERE place = 1 ORDER BY conversation LIMIT 2000"
        )
        rows = rows.sort_by("seq")
        topics = self.topics[rows["seq"].to_numpy()].astype(np.float64)
        return {"topics": topics, "authors": rows["account"].to_numpy().astype(np.float64)}

    def cut(self, candidate: Candidate, most: int | None = None) -> Cohort:
        """The cohort of a candidate; larger ones are sampled by key, accounts first, then conversations.

        most: accounts, in place of ``max_accounts``; the other bounds grow as it does.
        """
        settings = self._bounds(most)
        if len(candidate.accounts) < settings.least_accounts:
            settings = settings.model_copy(update={"topics_per_account": settings.few_topics})
        numbers = sampled(candidate.accounts, settings.max_accounts)
        conversations = self.uses.table(self.uses.distinct(candidate.phrases, numbers))
        if len(conversations) > settings.max_conversations:
            kept = np.sort(
                np.argsort(conversations["conversation"].to_numpy(), kind="stable")[: settings.max_conversations]
            )
            conversations = conversations.take(pa.array(kept))
            numbers = np.unique(conversations["account"].to_numpy())
        rows = _topic_rows(conversations, settings)
        topics, names = self.topics.with_names(conversations["seq"].to_numpy()[rows])
        return Cohort(
            id=candidate.id,
            selected_by="+".join(candidate.kinds),
            phrases=candidate.phrases,
            numbers=numbers,
            accounts=self.population.accounts.take(pa.array(numbers)),
            conversations=conversations,
            topics=topics,
            names=names,
            topic_rows=rows,
            words=self.words.get(candidate.id, ()),
            outside_words=self.words.get("", ()),
            authors=self.authors.get(candidate.id, ()),
            outside_authors=self.authors.get("", ()),
            scored=self.scored.get(candidate.id),
            outside_scored=self.scored.get(""),
            whole=candidate.accounts,
        )

    def besides(self, numbers: npt.NDArray[np.int32], phrases: tuple[int, ...]) -> Besides:
        """What accounts (by number) do without the phrases: a keyed sample of conversations of each."""
        settings = self._settings
        each = max(2, min(settings.besides_per_account, settings.max_besides // max(len(numbers), 1)))
        seq, member, words = conversations_besides(self._engine, numbers, phrases, each)
        topics, names = self.topics.with_names(seq)
        return Besides(member, topics, words, names)

    def strangers(self, accounts: npt.NDArray[np.int32], users: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Who ``users`` (account numbers) of a campaign's words are compared with; see :mod:`iolaus.link.strangers`."""
        return strangers(self._engine, accounts, users, self._settings)

    def readable_but(self, users: npt.NDArray[np.int32]) -> npt.NDArray[np.int32]:
        """Numbers of accounts of which something can be read, without ``users``; a keyed sample of many."""
        readable = self.population.accounts["readable"].to_numpy(zero_copy_only=False)
        others = np.setdiff1d(np.flatnonzero(np.nan_to_num(readable) > 0), users)
        return sampled(others.astype(np.int32), self._settings.strangers_most)

    def _bounds(self, most: int | None) -> LinkSettings:
        """The settings, with bounds for ``most`` accounts where these are more than is usual."""
        settings = self._settings
        if most is None or most <= settings.max_accounts:
            return settings
        grown = ("max_conversations", "max_topics")
        larger = {name: getattr(settings, name) * most // settings.max_accounts for name in grown}
        return settings.model_copy(update={"max_accounts": most, **larger})


def _topic_rows(conversations: pa.Table, settings: LinkSettings) -> Numbers:
    """Rows whose topics are compared: a keyed sample of each account's readable conversations."""
    account = conversations["account"].to_numpy()
    if len(account) == 0:
        return np.zeros(0, np.int64)
    each = max(2, min(settings.topics_per_account, settings.max_topics // max(len(np.unique(account)), 1)))
    order = np.lexsort((conversations["conversation"].to_numpy(), account))
    readable = conversations["readable"].to_numpy(zero_copy_only=False)[order]
    order = order[readable]
    starts = np.flatnonzero(np.diff(account[order], prepend=-1))
    place = np.arange(len(order)) - np.repeat(starts, np.diff(np.append(starts, len(order))))
    return np.sort(order[place < each])
