"""What the accounts of a cohort do besides its words, and strangers to compare them with."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.cohort import Cohort
from iolaus.link.own_names import OwnNames
from iolaus.link.population import Floats, Numbers, Population


@dataclass(frozen=True)
class Besides:
    """Conversations without a cohort's words: a keyed sample of those of each account.

    member: int32[b], row of the account among those asked about. topics: int8[b, d]. words: int32[b], how many words
    the request that opens the conversation has. names: uint32[b, k], hashes of rare words of it, 0 where there are
    fewer.
    """

    member: npt.NDArray[np.int32]
    topics: npt.NDArray[np.int8]
    words: npt.NDArray[np.int32]
    names: npt.NDArray[np.uint32]


@dataclass(frozen=True)
class Asked:
    """What the accounts of a cohort ask, with its words first and then besides, projected once for every view of it.

    Strangers to compare with follow the n accounts of the cohort; all that they do is besides.

    vectors: float64[m, c]. member: int32[m], row of the account, of a stranger n or more. words: how many of the
    vectors are of its words. lengths: float64[m - words], log of the words of each request besides. seen: int64[n + s],
    how many of these each account and each stranger has. named: the names of each account's own.
    """

    vectors: Floats
    member: npt.NDArray[np.int32]
    words: int
    lengths: Floats
    seen: Numbers
    named: OwnNames

    @classmethod
    def of(cls, cohort: Cohort, besides: Besides, population: Population, strangers: int = 0) -> Asked:
        """What the cohort asks, and what its accounts and so many strangers (rows of ``besides.member``) do besides."""
        member = np.concatenate([cohort.member[cohort.topic_rows], besides.member])
        count = len(cohort.numbers) + strangers
        return cls(
            population.projected(np.concatenate([cohort.topics, besides.topics])),
            member,
            len(cohort.topic_rows),
            np.log1p(np.maximum(besides.words, 0).astype(np.float64)),
            np.bincount(besides.member, minlength=count).astype(np.int64),
            OwnNames.of(np.concatenate([cohort.names, besides.names]), member, count),
        )

    def octiles(self, pool: npt.NDArray[np.bool_]) -> Floats:
        """float64[m - words, 8], in which eighth of the lengths of ``pool`` (bool[n + s]) each request besides falls.

        Lengths have no usual form: of these every course shows, and a mean is how often an account falls into each.
        """
        inside = np.sort(self.lengths[pool[self.member[self.words :]]])
        if len(inside) == 0:
            return np.zeros((len(self.lengths), 8))
        cuts = inside[(np.arange(1, 8) * len(inside)) // 8]
        found: Floats = np.eye(8)[np.searchsorted(cuts, self.lengths, "right")]
        return found


def conversations_besides(
    engine: Engine, numbers: npt.NDArray[np.int32], phrases: tuple[int, ...], each: int
) -> tuple[Numbers, npt.NDArray[np.int32], npt.NDArray[np.int32]]:
    """``seq``, row in ``numbers``, and words of readable conversations without ``phrases``, by key.

    numbers: account numbers, in any order. each: conversations of an account at most. Needs phrase_uses and
    conversations.
    """
    engine.register("asked", pa.table({"account": numbers}))
    rows = engine.table(
        "SELECT seq, account, words FROM (SELECT c.seq, c.account, c.conversation, c.words, row_number() OVER ("
        " PARTITION BY c.account ORDER BY c.conversation) AS place"
        " FROM (SELECT * FROM conversations SEMI JOIN asked USING (account)) AS c"
        " LEFT JOIN (SELECT DISTINCT conversation FROM phrase_uses"
        f" WHERE phrase IN ({','.join(map(str, phrases))})) AS taken"
        " ON taken.conversation = c.conversation WHERE taken.conversation IS NULL AND c.readable) AS besides"
        f" WHERE place <= {each} ORDER BY account, conversation"
    )
    order = np.argsort(numbers, kind="stable")
    member = order[np.searchsorted(numbers, rows["account"].to_numpy(), sorter=order)]
    return rows["seq"].to_numpy(), member.astype(np.int32), rows["words"].to_numpy().astype(np.int32)
