"""Components over shared keys."""

from __future__ import annotations

import numpy as np

from evaluate.baselines.logs import log
from iolaus.evaluate.baselines import components


def test_keys_chain_and_absent_ones_do_not() -> None:
    pairs = {
        "payment_fingerprint": (np.array([0, 1, 5]), np.array([7, 7, 9])),
        "block": (np.array([1, 2]), np.array([4, 4])),
        "tls": (np.array([2, 3]), np.array([8, 8])),
    }
    found = components.judge(log(6, pairs=pairs))
    assert found["any_shared_key"].score.tolist() == [4, 4, 4, 4, 1, 1]
    assert found["shared_card_or_block"].score.tolist() == [3, 3, 3, 1, 1, 1]


def test_ten_accounts_are_a_cluster_and_the_silent_are_in_none() -> None:
    pairs = {"block": (np.arange(10), np.zeros(10, np.int64))}
    found = components.judge(log(11, pairs=pairs, exchanges=np.array([0] + [5] * 10)))["any_shared_key"]
    assert found.own.tolist() == [False] + [True] * 9 + [False]
    assert np.isnan(found.score[0])


def test_without_any_key_everybody_is_alone() -> None:
    assert components.judge(log(3))["any_shared_key"].score.tolist() == [1, 1, 1]
