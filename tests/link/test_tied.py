"""Candidates by ties: a pool is one, and what strangers, homes, a campus and a declared firm share is none."""

from __future__ import annotations

import logging
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from iolaus.link.population import Holders, Population
from iolaus.link.settings import LinkSettings
from iolaus.link.tied import TIES, tied

STRANGERS, POOL = 900, 40
EVERYONE = STRANGERS + POOL
SETTINGS = LinkSettings()
Pairs = Sequence[tuple[np.ndarray, np.ndarray]]


def population(blocks: Pairs, cards: Pairs = (), minutes: Sequence[int] = ()) -> Population:
    """``blocks``, ``cards``: accounts and the values that they hold. minutes: of the sign-ups of the first accounts."""
    created = np.arange(EVERYONE, dtype=np.int64) * 3_600_000_000 + 1
    created[: len(minutes)] = np.array(minutes, np.int64) * 60_000_000
    table = pa.table(
        {
            "account_id": [f"account-{number:04}" for number in range(EVERYONE)],
            "conversations": np.full(EVERYONE, 20),
            "created_at": created,
            "email_domain": ["mail.example"] * EVERYONE,
        }
    )
    held = {
        name: Holders.of(
            np.concatenate([a for a, _ in pairs]).astype(np.int32), 1 + np.concatenate([v for _, v in pairs])
        )
        for name, pairs in (("block", blocks), ("payment_fingerprint", cards))
        if pairs
    }
    return Population(table, held, np.zeros(1, np.int64), 0, True)


def strangers(seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Three blocks of 800 for each stranger."""
    rng = np.random.default_rng(seed)
    return np.repeat(np.arange(STRANGERS), 3), rng.integers(0, 800, 3 * STRANGERS)


def pool(seed: int = 2) -> tuple[np.ndarray, np.ndarray]:
    """Five blocks of 30 for each account of the pool."""
    rng = np.random.default_rng(seed)
    return np.repeat(STRANGERS + np.arange(POOL), 5), 1000 + rng.integers(0, 30, 5 * POOL)


def found(made: Population, aside: np.ndarray | None = None, settings: LinkSettings = SETTINGS) -> list[np.ndarray]:
    nobody = np.zeros(EVERYONE, bool)
    return [candidate.accounts for candidate in tied(made, nobody if aside is None else aside, settings)]


def test_a_pool_is_a_candidate_and_strangers_are_none() -> None:
    accounts = found(population([strangers(), pool()]))
    assert len(accounts) == 1
    assert (accounts[0] >= STRANGERS).mean() > 0.9
    assert len(accounts[0]) > 0.8 * POOL


def test_strangers_alone_are_hardly_ever_a_candidate() -> None:
    """By chance the densest of the real graph is denser than that of each of nine deals once in ten times."""
    several = [len(found(population([strangers(seed)]))) for seed in range(1, 9)]
    assert sum(count > 0 for count in several) <= 3, f"strangers make {several} candidates in eight worlds"


def test_what_a_part_of_everybody_holds_ties_nobody() -> None:
    campus = np.arange(60), np.full(60, 5000)
    assert found(population([strangers(), campus])) == []


def test_second_accounts_of_strangers_are_no_block() -> None:
    """Every tenth stranger has a second account, with his blocks and his card."""
    accounts, values = strangers()
    second = accounts % 10 == 1
    whose = np.where(second, accounts - 1, accounts)
    own = {int(account): values[whose == account] for account in np.unique(whose)}
    blocks = np.concatenate([own[int(a) - 1 if a % 10 == 1 else int(a)][:3] for a in range(STRANGERS)])
    cards = np.where(np.arange(STRANGERS) % 10 == 1, np.arange(STRANGERS) - 1, np.arange(STRANGERS))
    assert found(population([(np.repeat(np.arange(STRANGERS), 3), blocks)], [(np.arange(STRANGERS), cards)])) == []


def test_whose_hand_is_known_is_left_out() -> None:
    aside = np.arange(EVERYONE) >= STRANGERS
    assert found(population([strangers(), pool()]), aside) == []


def test_signed_up_in_one_minute_with_one_mail_is_a_tie() -> None:
    """Thirty accounts of ten batches of three, each on cards that two of other batches have too."""
    batch = np.arange(30) // 3
    cards = np.tile(np.arange(30), 2), np.concatenate([batch, (batch + np.arange(30) % 3) % 10])
    apart, together = ([step * int(one) + 7_000_000 for one in some] for step, some in ((99, range(30)), (10, batch)))
    with_minutes = found(population([strangers()], [cards], together))
    assert with_minutes
    assert max(int(accounts.max()) for accounts in with_minutes) < 30, "a stranger stands among them"
    without = found(population([strangers()], [cards], apart))
    assert sum(map(len, without)) < sum(map(len, with_minutes)) or len(without) < len(with_minutes)


def test_over_the_bound_a_sample_finds_the_whole_pool(caplog: pytest.LogCaptureFixture) -> None:
    made = population([strangers(), pool()])
    with caplog.at_level(logging.INFO, "iolaus"):
        accounts = found(made, settings=SETTINGS.model_copy(update={"tied_pairs": 1_500}))
    assert "are over link.tied_pairs" in caplog.text
    assert (accounts[0] >= STRANGERS).sum() > 0.8 * POOL


def test_names_follow_the_accounts_and_say_what_selected_them() -> None:
    made = population([strangers(), pool()])
    one, again = (tied(made, np.zeros(EVERYONE, bool), SETTINGS)[0] for _ in range(2))
    assert one.id == again.id
    assert one.kinds == (TIES,)
    assert one.conversations == 20 * len(one.accounts)
    assert tied(made, np.zeros(EVERYONE, bool), SETTINGS.model_copy(update={"tied_blocks": 0})) == []
