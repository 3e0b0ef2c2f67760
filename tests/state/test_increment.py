"""What hangs on more than one exchange does not hang on how the logs were cut; what is given again is known again."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from ingest.scanning import jsonl, record
from iolaus.errors import TooManyRejectsError
from iolaus.ingest.inputs import Inputs

from .keeping import gathered, kept_rows, manifest, scanned

Records = Sequence[dict[str, Any]]
OPEN = {"ingest": {"max_rejects": 1.0}}


def at(minute: float, day: int = 5) -> str:
    return f"2026-01-{day:02d}T10:{int(minute):02d}:{minute % 1 * 60:02.0f}Z"


def taken(place: Path, *increments: Records, state: str = "state") -> dict[str, dict[str, Any]]:
    """Give logs to a state one after the other; what is kept at the end, by exchange."""
    found = {}
    for number, records in enumerate(increments):
        folder = place / f"{state}-{number}"
        folder.mkdir()
        inputs = Inputs((str(jsonl(folder / "log.jsonl", records)),))
        found = gathered(inputs, place / state, place / "work", **OPEN)
    return found


def groups(rows: dict[str, dict[str, Any]], name: str) -> dict[str, set[str]]:
    """Exchange -> all exchanges with the same value."""
    together: dict[Any, set[str]] = {}
    for exchange, row in rows.items():
        together.setdefault(row[name], set()).add(exchange)
    return {exchange: together[row[name]] for exchange, row in rows.items()}


def chatty(count: int) -> list[dict[str, Any]]:
    """Conversations of several kinds, retries and lone requests, in order of time."""
    rng = random.Random(7)
    rows = []
    for number in range(count):
        own = {"account_id": f"a{number // 20}", "ts": at(number % 55 + rng.random())}
        kind = number % 4
        if kind == 0:
            own |= {"conversation_id": f"c{number // 20}"}
        elif kind == 1:
            own |= {"root_hash": number // 12, "turn": number % 12 // 4}
        elif kind == 2:
            own |= {"request_id": f"r{number // 8}", "prompt": f"again {number // 8}", "status": rng.choice([200, 500])}
        rows.append(record(number, **own))
    return rows


@pytest.mark.parametrize("cuts", [(30, 60), (1, 2), (55, 56)])
def test_conversations_and_retries_span_increments(cuts: tuple[int, int], tmp_path: Path) -> None:
    records = chatty(100)
    first, second = cuts
    whole = taken(tmp_path, records, state="whole")
    pieces = taken(tmp_path, records[:first], records[first:second], records[second:], state="cut")
    assert whole.keys() == pieces.keys()
    assert groups(whole, "conversation") == groups(pieces, "conversation")
    assert any(len(found) > 2 for found in groups(whole, "conversation").values())
    assert any(not row["counted"] for row in whole.values())
    for exchange, row in whole.items():
        for name in ("turn", "root_hash", "counted", "duplicate", "account", "model", "text", "conversation"):
            assert row[name] == pieces[exchange][name], f"{exchange}: {name}"


def test_an_answer_after_midnight_takes_the_place_of_a_failure(tmp_path: Path) -> None:
    failed = record(1, account_id="a", status=500, response=None, prompt="what is it?", ts=at(0))
    answered = record(2, account_id="a", prompt="what is it?", ts=at(1))
    found = taken(tmp_path, [failed], [answered])
    assert {name: row["counted"] for name, row in found.items()} == {"e1": False, "e2": True}
    assert found["e1"]["conversation"] == found["e2"]["conversation"]


def test_a_text_that_is_no_longer_retained_makes_no_new_exchange(tmp_path: Path) -> None:
    found = taken(tmp_path, [record(1, prompt="first")], [record(1, prompt=None), record(2)])
    assert found.keys() == {"e1", "e2"}
    again = taken(tmp_path, [record(1, prompt="first")], [record(2)], state="other")
    assert found["e1"]["text"] == again["e1"]["text"]


def test_an_exchange_that_bears_the_id_of_another_is_refused_and_told(tmp_path: Path) -> None:
    """Else a client that can choose ids could make its traffic disappear behind yesterday's."""
    first = Inputs((str(jsonl(tmp_path / "first.jsonl", [record(n) for n in range(10)])),))
    gathered(first, tmp_path / "state", tmp_path / "work")
    hidden = [record(n, account_id="b") for n in range(8)] + [record(n) for n in range(8, 200)]
    second = Inputs((str(jsonl(tmp_path / "second.jsonl", hidden)),))
    with pytest.raises(TooManyRejectsError, match="8 of 200 exchanges have ids of others"):
        scanned(second, tmp_path / "out", tmp_path / "state")
    out = scanned(second, tmp_path / "out", tmp_path / "state", ingest={"max_rejects": 0.1})
    rejects = pq.read_table(out / "rejects.parquet").to_pylist()
    assert [(row["source"], row["row"], row["value"], row["reason"]) for row in rejects] == [
        ("second.jsonl", n + 1, f"e{n}", "duplicate exchange_id") for n in range(8)
    ]
    told_of = json.loads((out / "run.json").read_bytes())
    assert told_of["rejects"] == {"duplicate exchange_id": 8}
    assert (told_of["state"]["again"], told_of["state"]["added"], told_of["exchanges"]) == (2, 190, 200)


def test_rows_of_files_that_have_one_name_are_not_taken_for_each_other(tmp_path: Path) -> None:
    """A log without ids that is turned over each day: place in the file says who is who, but not of which day."""
    days = [[record(n, exchange_id=None, ts=at(n, day)) for n in range(12)] for day in (5, 6, 7)]
    found = taken(tmp_path, *days)
    assert len(found) == 36
    assert sum("~" in name for name in found) == 24
    assert len({row["conversation"] for row in found.values()}) == 36
    again = taken(tmp_path / "again", *days, *days[::-1]) if (tmp_path / "again").mkdir() is None else {}
    assert again.keys() == found.keys(), "what was given twice is known again"


def test_a_row_is_kept_under_its_utc_day(tmp_path: Path) -> None:
    late = record(1, ts="2026-01-05T23:30:00-02:00")
    taken(tmp_path, [late, record(2, ts="2026-01-05T23:59:59.999999Z")])
    rows = {row["exchange_id"]: row["day"] for row in kept_rows(tmp_path / "state").to_pylist()}
    assert rows == {"e1": "2026-01-06", "e2": "2026-01-05"}


def test_topic_weights_are_those_of_the_first_increment(tmp_path: Path) -> None:
    taken(tmp_path, [record(n) for n in range(30)])
    kept = manifest(tmp_path / "state").tables["weights"]
    before = (tmp_path / "state" / kept).read_bytes()
    (tmp_path / "more").mkdir()
    inputs = Inputs(
        (str(jsonl(tmp_path / "more" / "log.jsonl", [record(n, prompt="other words") for n in range(30, 90)])),)
    )
    gathered(inputs, tmp_path / "state", tmp_path / "work", **OPEN)
    assert manifest(tmp_path / "state").tables["weights"] == kept
    assert (tmp_path / "state" / kept).read_bytes() == before


def test_logs_without_a_sound_row_teach_no_weights(tmp_path: Path) -> None:
    log = Inputs((str(jsonl(tmp_path / "log.jsonl", [record(0, ts="never")])),))
    out = scanned(log, tmp_path / "out", tmp_path / "state", **OPEN)
    assert pq.read_table(out / "rejects.parquet").num_rows == 1
    assert "weights" not in manifest(tmp_path / "state").tables
    assert manifest(tmp_path / "state").rows == 0
