"""Private templates: what a few accounts send again and again is kept, and nothing else of theirs."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
import pytest

from iolaus.sketch.bins import binned, write_binned
from iolaus.sketch.groups import Held
from iolaus.sketch.private import LEAST, heavy_hitters, keep_private
from iolaus.sketch.settings import SketchSettings
from iolaus.sketch.uses import read_parts

TEMPLATE = np.array([11, 22, -33, 44])
SETTINGS = SketchSettings(private_least=50, private_sample=40)


def sent(*senders: tuple[int, int, int], seed: int = 0) -> Held:
    """(account, requests with the template, requests without) of each; all of them hold five shingles of their own."""
    rng = np.random.default_rng(seed)
    shingles, accounts = [], []
    for account, with_it, without in senders:
        for number in range(with_it + without):
            own = rng.integers(10**6, 2**62, 5)
            shingles.append(np.concatenate([TEMPLATE, own]) if number < with_it else own)
            accounts.append(account)
    lengths = [len(one) for one in shingles]
    said = rng.permutation(10**6)[: len(accounts)].astype(np.int64) + 10**9 * seed
    return Held(np.append(0, np.cumsum(lengths)), np.concatenate(shingles), np.array(accounts, np.int32), said)


def kept(tmp_path: Path, *parts: Held, settings: SketchSettings = SETTINGS) -> dict[int, int]:
    """Account -> conversations that are kept of it."""
    (tmp_path / "shingles").mkdir()
    for number, part in enumerate(parts):
        write_binned(part, np.ones(len(part.accounts), bool), tmp_path / "shingles", number)
    keep_private(tmp_path, read_parts(tmp_path, len(parts)), settings)
    table = pq.read_table(tmp_path / "private_uses.parquet")
    assert len(set(table["phrase"].to_pylist())) <= 1, "one template ties all of them"
    accounts, counts = np.unique(table["account"].to_numpy(), return_counts=True)
    return dict(zip(accounts.tolist(), counts.tolist(), strict=True))


def test_a_template_of_a_few_is_kept_with_all_its_conversations(tmp_path: Path) -> None:
    parts = sent((0, 60, 10), (1, 30, 30), seed=1), sent((1, 50, 0), (2, 90, 400), (3, 0, 300), seed=2)
    assert kept(tmp_path, *parts) == {0: 60, 1: 80, 2: 90}


def test_what_one_account_sends_is_nobody_elses(tmp_path: Path) -> None:
    assert kept(tmp_path, sent((0, 500, 0), (1, 0, 500))) == {}


def test_what_k_accounts_use_is_left_to_phrases(tmp_path: Path) -> None:
    many = [(account, 80, 0) for account in range(2)] + [(account, 1, 3) for account in range(2, 10)]
    assert kept(tmp_path, sent(*many)) == {}


def test_who_uses_it_now_and_then_is_forgotten(tmp_path: Path) -> None:
    found = kept(tmp_path, sent((0, 80, 0), (1, 80, 0), (2, LEAST - 1, 30), (3, LEAST, 30)))
    assert found == {0: 80, 1: 80, 3: LEAST}


def test_who_sends_little_is_not_looked_at(tmp_path: Path) -> None:
    assert kept(tmp_path, sent((0, 49, 0), (1, 49, 0))) == {}


def test_one_shared_shingle_is_no_template(tmp_path: Path) -> None:
    held = sent((0, 80, 0), (1, 80, 0))
    alone = np.isin(held.shingles, TEMPLATE[1:])
    apart = np.where(alone & np.repeat(held.accounts == 1, np.diff(held.offsets)), held.shingles + 1000, held.shingles)
    assert kept(tmp_path, Held(held.offsets, apart, held.accounts, held.conversations)) == {}


def test_no_logs_keep_nothing(tmp_path: Path) -> None:
    assert kept(tmp_path) == {}


def test_over_the_bound_fewer_requests_are_counted(caplog: pytest.LogCaptureFixture) -> None:
    part = sent((0, 3_000, 0), (1, 3_000, 0))
    held = [binned(part, np.ones(len(part.accounts), bool))]
    settings = SketchSettings(private_least=50, private_sample=2_000, private_uses=4_000)
    found = heavy_hitters(held, settings)
    assert "over sketch.private_uses" in caplog.text
    assert {*found.shingles.view(np.int64).tolist()} == {*TEMPLATE.tolist()}
    assert {*found.accounts.tolist()} == {0, 1}
