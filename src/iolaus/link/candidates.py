"""Candidates: which sets of accounts are worth testing, and what testing them will cost.

Phrases whose users are mostly the same accounts are one candidate. Of each candidate the core is tested
too: the accounts for whom its words are the larger part of what they do, since a campaign may hide among
the many users of a popular phrase.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.cluster.hierarchy import fcluster, linkage
from scipy.sparse import csr_matrix
from scipy.spatial.distance import squareform

from iolaus.engine import Engine
from iolaus.link.population import Numbers
from iolaus.link.settings import LinkSettings

log = logging.getLogger("iolaus")

Group = tuple[tuple[int, ...], tuple[str, ...]]
"""Phrases, and their kinds."""


@dataclass(frozen=True)
class Candidate:
    """Accounts and the phrases that brought them together; ``core`` where only heavy users are meant."""

    id: str
    kinds: tuple[str, ...]
    phrases: tuple[int, ...]
    accounts: npt.NDArray[np.int32]
    core: bool
    conversations: int


def find(engine: Engine, settings: LinkSettings) -> list[Candidate]:
    """Candidates by falling use, at most ``max_cohorts``. Needs the views phrases, phrase_uses, conversations."""
    groups = _group_phrases(engine, settings)
    users = _users(engine, groups, settings)
    bounds = np.searchsorted(users["place"].to_numpy(), np.arange(len(groups) + 1))
    account, used, had = (users[name].to_numpy() for name in ("account", "used", "had"))
    found: list[Candidate] = []
    for (phrases, kinds), low, high in zip(groups, bounds[:-1], bounds[1:], strict=True):
        found.extend(_with_core(phrases, kinds, account[low:high], used[low:high], had[low:high], settings))
    found = list({(c.accounts.tobytes(), c.conversations): c for c in reversed(found)}.values())
    found.sort(key=lambda candidate: (-candidate.conversations, candidate.id))
    tested = found[: settings.max_cohorts]
    cost = sum(min(c.conversations, settings.max_conversations) for c in tested)
    log.info("candidates: %d found, %d to test, %s conversations to read", len(found), len(tested), f"{cost:,}")
    return tested


def _group_phrases(engine: Engine, settings: LinkSettings) -> list[Group]:
    """Phrases whose users are mostly the same accounts, at each overlap of ``same_cohort``.

    Average linkage, so that one popular phrase in the middle does not chain a campaign to a crowd. Tight groups are a
    campaign's templates without their bystanders; loose ones are many templates of which each account got a few.
    """
    phrases = engine.table("SELECT phrase, kind FROM phrases ORDER BY phrase")
    names: Numbers = phrases["phrase"].to_numpy()
    kinds = phrases["kind"].to_pylist()
    if len(names) == 0:
        return []
    users = engine.table("SELECT DISTINCT phrase, account FROM phrase_uses ORDER BY phrase, account")
    row = np.searchsorted(names, users["phrase"].to_numpy())
    column = users["account"].to_numpy()
    incidence = csr_matrix((np.ones(len(row), np.float32), (row, column)), (len(names), int(column.max()) + 1))
    groups = {group for cut in _clusters(incidence, settings.same_cohort) for group in cut}
    return [(tuple(int(names[i]) for i in group), tuple(sorted({kinds[i] for i in group}))) for group in sorted(groups)]


def _clusters(incidence: csr_matrix, overlaps: tuple[float, ...]) -> Iterator[set[tuple[int, ...]]]:
    """Groups of rows of a boolean incidence matrix by average Jaccard overlap, one set of groups for each bound."""
    count = incidence.shape[0]
    if count == 1:
        yield {(0,)}
        return
    sizes = np.asarray(incidence.sum(1)).ravel()
    both = np.asarray((incidence @ incidence.T).todense(), np.float32)
    distance = 1 - both / np.maximum(sizes[:, None] + sizes[None, :] - both, 1)
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(distance, checks=False), "average")
    for overlap in overlaps:
        label = fcluster(tree, 1 - overlap, "distance")
        order = np.argsort(label, kind="stable")
        bounds = np.flatnonzero(np.diff(label[order])) + 1
        yield {tuple(int(i) for i in group) for group in np.split(order, bounds)}


def _users(engine: Engine, groups: list[Group], settings: LinkSettings) -> pa.Table:
    """Users of each group of phrases, by its place in the list: place, account, used, had; one query for all."""
    places = [place for place, (phrases, _) in enumerate(groups) for _ in phrases]
    phrases = [phrase for names, _ in groups for phrase in names]
    alone = [len(names) == 1 for names, _ in groups for _ in names]
    columns = pa.array(places, pa.int32()), pa.array(phrases, pa.int64()), pa.array(alone, pa.bool_())
    engine.register("grouped", pa.table(dict(zip(("place", "phrase", "alone"), columns, strict=True))))
    # A conversation stands once with a phrase: only where a group has several is it looked for twice.
    return engine.table(
        "SELECT place, account, used, had FROM ("
        " SELECT place, account, count(*) AS used"
        " FROM phrase_uses JOIN grouped USING (phrase) WHERE alone GROUP BY place, account"
        " UNION ALL SELECT place, account, count(*) AS used FROM (SELECT DISTINCT place, account, conversation"
        " FROM phrase_uses JOIN grouped USING (phrase) WHERE NOT alone) AS said GROUP BY place, account) AS users"
        f" JOIN volumes USING (account) WHERE used >= {settings.least_uses} ORDER BY place, account"
    )


def _with_core(
    phrases: tuple[int, ...],
    kinds: tuple[str, ...],
    account: npt.NDArray[np.int32],
    used: Numbers,
    had: Numbers,
    settings: LinkSettings,
) -> list[Candidate]:
    """The users of a group of phrases, and those for whom it is the larger part of what they do."""
    name = f"{min(phrases) & 0xFFFFFFFFFFFF:012x}" + (f"-{len(phrases)}" if len(phrases) > 1 else "")
    heavy = used >= settings.core_share * had
    found = []
    if len(account) >= settings.least_accounts:
        found.append(Candidate(name, kinds, phrases, account, False, int(used.sum())))
    if settings.least_accounts <= heavy.sum() < 0.95 * len(account):
        found.append(Candidate(f"{name}-core", kinds, phrases, account[heavy], True, int(used[heavy].sum())))
    return found
