"""What the accounts of a cohort do besides its words, and how well all that they do fits one queue.

Who deals a list of work to accounts deals them everything: the rest of a harvest in other words, or the requests of a
proxy's customers. A person who uses the words too does own work besides, and a stolen key does its owner's. So the
other conversations tell an operator's accounts from strangers where the words themselves are the same. How many
accounts of a campaign are dealt everything is not assumed but estimated, by those whom ties tell: where keys are
stolen it is none of them, and then what is done besides counts for nothing.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.cohort import Cohort
from iolaus.link.population import Floats, Numbers, Population

ROUNDS = 50
"""Iterations in which the share of accounts that are dealt everything settles."""

LEAST, MOST = 0.01, 0.99
"""Smallest and largest share of a campaign that is dealt everything; some accounts always have an owner."""


@dataclass(frozen=True)
class Besides:
    """Conversations without a cohort's words: a keyed sample of those of each account.

    member: int32[b], row of the account among those asked about. topics: int8[b, d].
    """

    member: npt.NDArray[np.int32]
    topics: npt.NDArray[np.int8]


@dataclass(frozen=True)
class Asked:
    """What the accounts of a cohort ask, with its words first and then besides, projected once for every view of it.

    vectors: float64[m, c]. member: int32[m], row of the account. words: how many of the vectors are of its words.
    seen: bool[n], accounts that do anything besides.
    """

    vectors: Floats
    member: npt.NDArray[np.int32]
    words: int
    seen: npt.NDArray[np.bool_]

    @classmethod
    def of(cls, cohort: Cohort, besides: Besides, population: Population) -> Asked:
        """What the cohort asks, and what its accounts (rows of ``besides.member``) do without its words."""
        return cls(
            population.projected(np.concatenate([cohort.topics, besides.topics])),
            np.concatenate([cohort.member[cohort.topic_rows], besides.member]),
            len(cohort.topic_rows),
            np.bincount(besides.member, minlength=len(cohort.numbers)) > 0,
        )


def conversations_besides(
    engine: Engine, numbers: npt.NDArray[np.int32], phrases: tuple[int, ...], each: int
) -> tuple[Numbers, npt.NDArray[np.int32]]:
    """``seq``, and row in ``numbers``, of readable conversations without ``phrases``: ``each`` an account, by key.

    numbers: ascending account numbers. Needs phrase_uses and conversations.
    """
    engine.register("asked", pa.table({"account": numbers}))
    rows = engine.table(
        "SELECT seq, account FROM (SELECT c.seq, c.account, c.conversation, row_number() OVER ("
        " PARTITION BY c.account ORDER BY c.conversation) AS place"
        " FROM (SELECT * FROM conversations SEMI JOIN asked USING (account)) AS c"
        " LEFT JOIN (SELECT DISTINCT conversation FROM phrase_uses"
        f" WHERE phrase IN ({','.join(map(str, phrases))})) AS taken"
        " ON taken.conversation = c.conversation WHERE taken.conversation IS NULL AND c.readable) AS besides"
        f" WHERE place <= {each} ORDER BY account, conversation"
    )
    return rows["seq"].to_numpy(), np.searchsorted(numbers, rows["account"].to_numpy()).astype(np.int32)


def dealt(words: Floats, everything: Floats, sure: npt.NDArray[np.bool_], cap: float) -> Floats:
    """float64[n], log10 Bayes factor of what each account does besides, given what it does with the words.

    words, everything: log10 Bayes factors of one queue over a person, by the words alone and by all. sure: bool[n],
    accounts that something else ties to the campaign and that do things besides; they tell how many are dealt
    everything. cap: the most that it speaks for an account, so that nobody is accused for what he asks alone.
    """
    gained = 10.0 ** np.clip(everything - words, -12, 12)
    share = 0.5
    for _ in range(ROUNDS):
        likely = share * gained[sure] / (share * gained[sure] + 1 - share)
        share = float(np.clip(likely.mean(), LEAST, MOST))
    found: Floats = np.minimum(np.log10(share * gained + 1 - share), cap)
    return found
