"""A scan on top of a state: it equals a scan of everything, whatever way the logs were cut, and keeps no text."""

from __future__ import annotations

import json
import math
import random
import re
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from iolaus.campaign.settings import VerdictSettings
from iolaus.errors import InputError
from iolaus.findings import Campaign, Cohorts
from iolaus.ingest.inputs import Inputs
from iolaus.simulate import simulate
from iolaus.state.weights import learnt

from .keeping import (
    World,
    accused,
    campaigns,
    contents,
    gathered,
    kept_rows,
    manifest,
    memberships,
    scanned,
    snapshot,
    split,
    started,
    verdicts,
)

SCALE = 0.25
SAME = ("accounts.parquet", "exchanges.parquet")
"""Result files that hold no id that lives on and no excerpt of the newest texts."""


@dataclass(frozen=True)
class Kept:
    """Results of the last scan, and its state."""

    out: Path
    state: Path


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> World:
    place = tmp_path_factory.mktemp("world")
    simulate("demo", place / "world", SCALE, 0, ())
    return split(place / "world", place / "logs")


@pytest.fixture(scope="module", autouse=True)
def few_teach() -> Iterator[None]:
    """So small a world has its first day for what in a larger one is 20,000 exchanges: how rare words are."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("iolaus.state.increment.learnt", partial(learnt, rows=2_000))
        yield


@pytest.fixture(scope="module")
def whole(world: World, few_teach: None) -> Kept:
    """One scan of everything into a new state."""
    place = world.place.parent / "whole"
    return Kept(scanned(world.inputs, place / "out", place / "state"), place / "state")


@pytest.fixture(scope="module")
def cut(world: World, whole: Kept) -> Kept:
    """Three increments, one after the other; the state after two of them lies beside."""
    place = world.place.parent / "cut"
    for file in world.files:
        if file == world.files[-1]:
            shutil.copytree(place / "state", place / "two")
        scanned(world.of(file), place / "out", place / "state")
    return Kept(place / "out", place / "state")


def same_campaigns(one: Path, other: Path) -> None:
    assert verdicts(one) == verdicts(other)
    same_accusations(one, other)


def same_accusations(one: Path, other: Path) -> None:
    assert accused(one) == accused(other) != set()
    before, after = memberships(one), memberships(other)
    assert before.keys() == after.keys()
    far = {name: (before[name], after[name]) for name in before if abs(before[name] - after[name]) > 0.02}
    assert not far, f"memberships that hang on how the logs were cut: {far}"


def test_a_scan_into_a_state_finds_what_a_scan_without_one_finds(
    world: World, whole: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """With the same weights of words, which either learns from a sample of its own; a state saves budget for later."""
    weights = np.load(whole.state / manifest(whole.state).tables["weights"])
    monkeypatch.setattr("iolaus.sketch.run.learnt_weights", lambda parts, key: weights)
    plain = scanned(world.inputs, tmp_path / "out")
    for name in (*SAME, "rejects.parquet"):
        assert (plain / name).read_bytes() == (whole.out / name).read_bytes(), name
    for name in ("campaigns.json", "cohorts.json"):
        one, other = (json.loads((out / name).read_bytes()) for out in (plain, whole.out))
        twice = [_needed(found) for found in (one, other)]
        assert one == other, name
        assert [more - less for less, more in zip(*twice, strict=True)] == pytest.approx(
            [-math.log10(VerdictSettings().look_share)]
        ), name
    assert "state" not in json.loads((plain / "run.json").read_bytes())


def _needed(found: dict[str, Any]) -> list[float]:
    """Takes out the levels that campaigns needed."""
    (cohorts,) = (value for value in found.values() if isinstance(value, list))
    return [cohort["level"].pop("needed") for cohort in cohorts if cohort["level"]]


def test_three_increments_equal_one_scan(whole: Kept, cut: Kept) -> None:
    same_campaigns(whole.out, cut.out)
    weights = [(kept.state / manifest(kept.state).tables["weights"]).read_bytes() for kept in (whole, cut)]
    assert weights[0] == weights[1]
    assert memberships(whole.out) == memberships(cut.out)
    one, other = (
        set(pq.read_table(out / "exchanges.parquet")["exchange_id"].to_pylist()) for out in (whole.out, cut.out)
    )
    assert one == other
    before, after = (
        msgspec.json.decode((out / "cohorts.json").read_bytes(), type=Cohorts) for out in (whole.out, cut.out)
    )
    assert [_lasting(found) for found in before.cohorts] == [_lasting(found) for found in after.cohorts]
    counts = [json.loads((out / "run.json").read_bytes()) for out in (whole.out, cut.out)]
    for name in ("exchanges", "accounts", "conversations", "assessable"):
        assert counts[0][name] == counts[1][name], name


def _lasting(found: Campaign) -> Campaign:
    """A cohort without what lives on (its id and first alarm, by which no level is needed any more) and without its
    excerpts, which are of the newest texts."""
    phrases = [msgspec.structs.replace(phrase, text="") for phrase in found.phrases]
    return msgspec.structs.replace(found, id="", first_alarm_at="", phrases=phrases, level=None)


def test_a_campaign_keeps_its_first_alarm(world: World, whole: Kept, cut: Kept) -> None:
    (last,) = campaigns(cut.out)
    (at_once,) = campaigns(whole.out)
    end = max(pq.read_table(world.files[0], columns=["ts"])["ts"].to_pylist()).strftime("%Y-%m-%dT%H:%M")
    assert last["first_alarm_at"].startswith(end[:13])
    assert last["first_alarm_at"] < at_once["first_alarm_at"]
    rows = pq.read_table(cut.state / manifest(cut.state).tables["campaigns"]).to_pylist()
    assert [(row["campaign_id"], row["first_alarm_at"]) for row in rows] == [(last["id"], last["first_alarm_at"])]


def test_what_is_given_twice_counts_once(world: World, cut: Kept, tmp_path: Path) -> None:
    state = shutil.copytree(cut.state, tmp_path / "state")
    out = scanned(world.of(world.files[1], world.files[2]), tmp_path / "out", state)
    record = json.loads((out / "run.json").read_bytes())
    given = sum(pq.read_metadata(file).num_rows for file in world.files[1:])
    assert record["state"]["again"] == given and record["state"]["added"] == 0
    assert any(f"{given} exchanges were kept already" in warning for warning in record["warnings"])
    assert manifest(state).parts == manifest(cut.state).parts
    for name in (*SAME, "rejects.parquet"):
        assert (out / name).read_bytes() == (cut.out / name).read_bytes(), name


def test_late_rows_go_to_their_day(world: World, whole: Kept, tmp_path: Path) -> None:
    early, *rest = (pq.read_table(file) for file in world.files)
    after = pc.strftime(early["ts"], format="%Y-%m-%d").to_numpy() > "2026-03-02"
    late = after & (np.random.default_rng(3).random(len(early)) < 0.1)
    pieces = [early.filter(pa.array(~late)), rest[0], pa.concat_tables([early.filter(pa.array(late)), rest[1]])]
    for number, rows in enumerate(pieces):
        pq.write_table(rows, tmp_path / f"{number}.parquet")
    for number in range(2):
        gathered(world.of(tmp_path / f"{number}.parquet"), tmp_path / "state", tmp_path / "work")
    out = scanned(world.of(tmp_path / "2.parquet"), tmp_path / "out", tmp_path / "state")
    kept = kept_rows(tmp_path / "state")
    assert kept["day"].to_pylist() == pc.strftime(kept["ts"], format="%Y-%m-%d").to_pylist()
    assert {part.increment for part in manifest(tmp_path / "state").parts if part.day == "2026-03-03"} == {1, 3}
    same_campaigns(whole.out, out)
    assert memberships(whole.out) == memberships(out)


def test_where_a_first_increment_teaches_less_memberships_move_little(
    world: World, whole: Kept, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("iolaus.state.increment.learnt", learnt)
    for file in world.files[:2]:
        gathered(world.of(file), tmp_path / "state", tmp_path / "work")
    out = scanned(world.of(world.files[2]), tmp_path / "out", tmp_path / "state")
    one, other = ((kept / manifest(kept).tables["weights"]).read_bytes() for kept in (whole.state, tmp_path / "state"))
    assert one != other
    same_accusations(whole.out, out)


def test_what_is_kept_can_be_judged_without_logs(cut: Kept, tmp_path: Path) -> None:
    state = shutil.copytree(cut.state, tmp_path / "state")
    out = scanned(Inputs(()), tmp_path / "out", state)
    for name in SAME:
        assert (out / name).read_bytes() == (cut.out / name).read_bytes(), name
    assert manifest(state).parts == manifest(cut.state).parts
    with pytest.raises(InputError, match="nothing is kept yet"):
        scanned(Inputs(()), tmp_path / "out", tmp_path / "new")
    with pytest.raises(InputError, match="no LOGS"):
        scanned(Inputs(()), tmp_path / "out")


def test_a_killed_scan_leaves_the_state_as_it_was(world: World, cut: Kept, tmp_path: Path) -> None:
    """kill -9 in four stages of one scan, each resumed by the next run."""
    out, state = tmp_path / "out", shutil.copytree(cut.state.parent / "two", tmp_path / "state")
    before = snapshot(state)
    for moment in ("increment/new/ingest.done", "increment/new/parts/*/*", "merged.done", "fingerprint.done"):
        running = started(world.of(world.files[2]), out, state)
        while not any((out / ".state").glob(f"*/{moment}")) and running.poll() is None:
            time.sleep(0.002)
        running.send_signal(signal.SIGKILL)
        assert running.wait() == -signal.SIGKILL, f"the scan was over before it could be killed at {moment}"
        assert snapshot(state) == before, moment
    scanned(world.of(world.files[2]), out, state)
    for name in SAME:
        assert (out / name).read_bytes() == (cut.out / name).read_bytes(), name
    assert snapshot(state).keys() == snapshot(cut.state).keys()
    assert not list((out / ".state").rglob("*.parquet")), "text stayed behind"


def test_what_was_worked_out_of_a_part_is_used_again(cut: Kept) -> None:
    before, after = ({part.file: part.worked for part in manifest(state).parts} for state in (_two(cut), cut.state))
    assert all(after.values())
    same = [file for file in before if after[file] == before[file]]
    assert len(same) > len(before) / 2, "parts of earlier days are worked out anew, though hardly anything ties them"


def test_a_state_of_which_nothing_is_worked_out_is_scanned_on_and_gets_it(
    world: World, cut: Kept, tmp_path: Path
) -> None:
    state = shutil.copytree(_two(cut), tmp_path / "state")
    shutil.rmtree(state / "worked")
    old = json.loads((state / "state.json").read_bytes())
    old |= {"parts": [{k: v for k, v in part.items() if k != "worked"} for part in old["parts"]]}
    (state / "state.json").write_text(json.dumps(old), "utf-8")
    out = scanned(world.of(world.files[2]), tmp_path / "out", state)
    for name in (*SAME, "rejects.parquet", "cohorts.json", "campaigns.json"):
        assert (out / name).read_bytes() == (cut.out / name).read_bytes(), name
    assert all(part.worked and (state / part.worked).exists() for part in manifest(state).parts)


def _two(cut: Kept) -> Path:
    """The state after two increments."""
    return cut.state.parent / "two"


def test_nobodys_words_are_kept(world: World, cut: Kept) -> None:
    words: set[str] = set()
    for file in world.files:
        rows = pq.read_table(file, columns=["prompt", "system_prompt", "response"])
        for column in rows.columns:
            for text in column.to_pylist():
                words |= set(re.findall(r"[a-z]{9,}", (text or "").lower()))
    sides = b"".join(Path(str(getattr(world.inputs, name))).read_bytes() for name in ("releases",))
    tables = [pq.read_table(path).to_pylist() for path in (world.inputs.accounts, world.inputs.events) if path]
    public = json.dumps(tables, default=str).encode() + sides + b" ".join(name for name, _ in _names(cut.state))
    chosen = sorted(word for word in words if word.encode() not in public.lower())
    assert len(chosen) > 200
    wanted = re.compile(b"|".join(word.encode() for word in random.Random(1).sample(chosen, 200)))
    logs = b"".join(json.dumps(pq.read_table(file)["prompt"].to_pylist()).encode() for file in world.files)
    assert wanted.search(logs.lower()), "the search finds nothing where there is something"
    for name, content in contents(cut.state):
        found = wanted.search(content.lower())
        assert found is None, f"{name} holds a word of a text"


def _names(state: Path) -> list[tuple[bytes, None]]:
    """Names of columns and fields, which are our own words."""
    return [(name.encode(), None) for name in [*kept_rows(state).column_names, "first_alarm_at", "generation"]]


def test_addresses_are_kept_under_the_key_alone(cut: Kept, world: World) -> None:
    import ipaddress

    ips = {ip for file in world.files for ip in pq.read_table(file, columns=["ip"])["ip"].to_pylist() if ip}
    numbers = {int(ipaddress.ip_address(ip)) for ip in ips if ":" not in ip}
    kept = kept_rows(cut.state)
    assert len(set(kept["address"].to_pylist())) >= len(numbers)
    assert not numbers & set(kept["address"].to_pylist())
    assert not numbers & set(kept["block"].to_pylist())


def test_tables_may_come_without_logs(world: World, cut: Kept, tmp_path: Path) -> None:
    """A newer account table alone: here one that names no account that was suspended."""
    assert world.inputs.accounts is not None
    rows = pq.read_table(world.inputs.accounts)
    fewer = rows.filter(pc.is_null(rows["suspended_at"]))
    pq.write_table(fewer, tmp_path / "accounts.parquet")
    state = shutil.copytree(cut.state, tmp_path / "state")
    out = scanned(Inputs((), tmp_path / "accounts.parquet"), tmp_path / "out", state)
    assert pq.read_table(out / "exchanges.parquet").num_rows > 0
    assert json.loads((out / "run.json").read_bytes())["inputs"][0]["name"] == "accounts.parquet"
    kept = pq.read_table(state / manifest(state).tables["accounts"])["account_id"].to_pylist()
    with_exchanges = set(kept_rows(state)["account_id"].to_pylist())
    assert set(kept) == {*fewer["account_id"].to_pylist()} | {*rows["account_id"].to_pylist()} & with_exchanges


def test_ids_survive_when_every_account_is_replaced(world: World, tmp_path: Path) -> None:
    """The campaign goes on with accounts that nobody has seen; the days of the old ones are no longer kept."""
    assert world.inputs.accounts is not None
    truth = pq.read_table(world.inputs.accounts.parent / "truth" / "accounts.parquet")
    hostile = truth.filter(pc.field("hostile"))["account_id"].combine_chunks()
    early = pa.concat_tables([pq.read_table(file) for file in world.files[:2]])
    pq.write_table(early, tmp_path / "early.parquet")
    pq.write_table(renamed(shifted(early, 14), hostile), tmp_path / "late.parquet")
    accounts = pq.read_table(world.inputs.accounts)
    pq.write_table(pa.concat_tables([accounts, renamed(accounts, hostile)]), tmp_path / "accounts.parquet")
    inputs = replace(world.inputs, accounts=tmp_path / "accounts.parquet", events=None)
    outs = []
    for name in ("early", "late"):
        logs = replace(inputs, logs=(str(tmp_path / f"{name}.parquet"),))
        outs.append(scanned(logs, tmp_path / name, tmp_path / "state", state={"keep_days": 7}))
    (before,), (after,) = campaigns(outs[0]), campaigns(outs[1])
    assert not accused(outs[0]) & accused(outs[1])
    assert min(len(accused(out)) for out in outs) >= 10
    assert (after["id"], after["first_alarm_at"]) == (before["id"], before["first_alarm_at"])
    kept = {part.day for part in manifest(tmp_path / "state").parts}
    assert min(kept) > "2026-03-10", "days beyond state.keep_days are kept"
    assert json.loads((outs[1] / "run.json").read_bytes())["state"]["old"] == len(early)


def renamed(rows: pa.Table, accounts: pa.Array) -> pa.Table:
    """The same rows, those of ``accounts`` under ids that nobody has seen."""
    column = rows["account_id"]
    fresh = pc.binary_join_element_wise("new", column, "-")
    place = rows.column_names.index("account_id")
    return rows.set_column(
        place, rows.schema.field(place), pc.if_else(pc.is_in(column, value_set=accounts), fresh, column)
    )


def shifted(rows: pa.Table, days: int) -> pa.Table:
    """The same requests some days later, with ids of their own."""
    later = pa.array(rows["ts"].cast(pa.int64()).to_numpy() + days * 86_400_000_000).cast(rows.schema.field("ts").type)
    rows = rows.set_column(rows.column_names.index("ts"), rows.schema.field("ts"), later)
    for name in ("exchange_id", "conversation_id", "request_id", "retry_of"):
        if name in rows.column_names:
            place = rows.column_names.index(name)
            rows = rows.set_column(place, rows.schema.field(name), pc.binary_join_element_wise("late", rows[name], "-"))
    return rows
