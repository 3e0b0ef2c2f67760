"""A cohort: one candidate set of accounts, as every kind of evidence sees it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.link.population import Floats, Numbers
from iolaus.link.repeats import Met
from iolaus.link.scored import Scored


@dataclass(frozen=True)
class Cohort:
    """Accounts that a phrase, a configuration or an identifier brought together.

    numbers: int32[n], account numbers. accounts: n rows of the population's account table, same order.
    conversations: m rows of the conversations that belong to the cohort (those that use its phrases),
    in the order of (member, ts, conversation); ``member``, ``had`` and ``used`` speak of that order.
    topics: int8[t, d] of the conversations in ``topic_rows`` (a keyed sample, at most 32 a member).
    names: uint32[t, k], hashes of rare words of these, 0 where there are fewer.
    authors, outside_authors: account numbers of ``words``, and of ``outside_scored`` or else of ``outside_words``;
    where there are both, the words are those of the last authors.
    scored, outside_scored: what is known of requests in place of their words, where a state stands behind the scan or
    some came as keyed sketches; of a cohort that has them ``authors`` are theirs, and it has no words.
    whole: int32, all accounts that these are a sample of, None where they are all of them; of ``outside_words`` only
    those of ``strangers`` are not the cohort's own.
    """

    id: str
    selected_by: str
    phrases: tuple[int, ...]
    numbers: npt.NDArray[np.int32]
    accounts: pa.Table
    conversations: pa.Table
    topics: npt.NDArray[np.int8]
    names: npt.NDArray[np.uint32]
    topic_rows: Numbers
    words: tuple[str, ...] = ()
    outside_words: tuple[str, ...] = ()
    authors: tuple[int, ...] = ()
    outside_authors: tuple[int, ...] = ()
    scored: Scored | None = None
    outside_scored: Scored | None = None
    whole: npt.NDArray[np.int32] | None = None

    @property
    def sampled(self) -> int:
        """Requests of the cohort that were read, or whose scores are known."""
        return len(self.words) if self.scored is None else len(self.scored)

    @property
    def outside_sampled(self) -> int:
        """The same of strangers."""
        return int(self.strangers.sum())

    @property
    def everyone(self) -> npt.NDArray[np.int32]:
        """Numbers of all accounts of the cohort, those that were not sampled among them."""
        return self.numbers if self.whole is None else self.whole

    @cached_property
    def strangers(self) -> npt.NDArray[np.bool_]:
        """bool, which requests of ``outside_authors`` are not of the cohort: it must not stand beside itself."""
        found: npt.NDArray[np.bool_] = ~np.isin(np.array(self.outside_authors, np.int64), self.everyone)
        return found

    @property
    def writers(self) -> tuple[int, ...]:
        """Account numbers of ``outside_words``."""
        return self.outside_authors[len(self.outside_authors) - len(self.outside_words) :]

    @property
    def strange_words(self) -> npt.NDArray[np.bool_]:
        """bool, which of ``outside_words`` are not of the cohort."""
        return self.strangers[len(self.outside_authors) - len(self.outside_words) :]

    def column(self, name: str) -> npt.NDArray[Any]:
        """A conversation column as an array."""
        values: npt.NDArray[Any] = self.conversations[name].to_numpy(zero_copy_only=False)
        return values

    @cached_property
    def member(self) -> npt.NDArray[np.int32]:
        """int32[m], which account (row of ``accounts``) held the conversation."""
        return np.searchsorted(self.numbers, self.column("account")).astype(np.int32)

    @cached_property
    def asked(self) -> tuple[Numbers, npt.NDArray[np.int32]]:
        """int64[r], the whole text of each readable conversation, by keyed hash; int32[r], whose it is."""
        readable = self.column("readable").astype(bool)
        return self.column("text")[readable], self.member[readable]

    @cached_property
    def met(self) -> Met:
        """How often the accounts meet at the same texts; there must be a readable one."""
        return Met.of(*self.asked, len(self.numbers))

    @cached_property
    def used(self) -> Numbers:
        """int64[n], conversations of each account that use the cohort's phrases."""
        return np.bincount(self.member, minlength=len(self.numbers)).astype(np.int64)

    @cached_property
    def had(self) -> Numbers:
        """int64[n], all conversations of each account."""
        return np.maximum(self.known("conversations", 0).astype(np.int64), self.used)

    def half(self, odd: bool) -> Cohort:
        """The cohort with the topics of every second conversation, by key: what one half selects the other may test."""
        mixed = self.column("conversation")[self.topic_rows].astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
        kept = (mixed >> np.uint64(40)) % np.uint64(2) == np.uint64(odd)
        return replace(self, topics=self.topics[kept], names=self.names[kept], topic_rows=self.topic_rows[kept])

    def known(self, name: str, missing: float = np.nan) -> Floats:
        """float64[n], a numeric account column, ``missing`` where null or absent."""
        if name not in self.accounts.column_names:
            return np.full(len(self.accounts), missing)
        values = self.accounts[name].to_numpy(zero_copy_only=False).astype(np.float64)
        return np.where(np.isnan(values), missing, values)

    def texts(self, name: str) -> list[str | None]:
        """A textual account column, all None where it is absent."""
        if name not in self.accounts.column_names:
            return [None] * len(self.accounts)
        values: list[str | None] = self.accounts[name].to_pylist()
        return values
