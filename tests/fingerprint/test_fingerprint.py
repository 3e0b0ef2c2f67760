"""Fingerprints on accounts whose behaviour is known."""

from __future__ import annotations

import math
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from ingest.scanning import record
from sketch.pipeline import Fingerprinted, fingerprinted

MONDAY = datetime(2026, 1, 5, tzinfo=UTC)


def at(account: str, hours: float, number: int, **changed: Any) -> dict[str, Any]:
    ts = (MONDAY + timedelta(hours=hours)).isoformat()
    return record(number, account_id=account, ts=ts, **changed)


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> Fingerprinted:
    folder = tmp_path_factory.mktemp("fingerprint")
    rows = [
        # a clock: one request an hour, the same words, one client
        *(
            at("metronome", n, n, prompt="how far is the moon", user_agent="a/1", tls_fingerprint="t1")
            for n in range(24)
        ),
        # a person: two sittings of different things from two clients
        *(
            at("person", hours, 100 + n, prompt=words, user_agent=f"b/{n % 2}", temperature=0.5, model=f"m{n % 3}")
            for n, (hours, words) in enumerate(
                [
                    (9.0, "write a poem about the winter sea"),
                    (9.1, "fix this python function that sorts numbers"),
                    (9.2, "what does photosynthesis need besides light"),
                    (33.0, "translate my letter to the landlord into french"),
                ]
            )
        ),
        # one conversation of three turns, and a retry of the last
        *(
            at("talker", 1 + n / 60, 200 + n, conversation_id="talk", turn=2 * n, prompt=f"step {n} of the plan")
            for n in range(3)
        ),
        at("talker", 1.04, 203, conversation_id="talk", turn=4, prompt="step 2 of the plan", retry_of="e202"),
        at("prober", 5, 300, prompt="one", top_logprobs=5, n=4),
        at("prober", 6, 301, prompt="two"),
        at("unread", 7, 400, prompt=None),
    ]
    accounts = folder / "accounts.csv"
    accounts.write_text("account_id,country\nmetronome,DE\nperson,\nsilent,FR\n", "utf-8")
    return fingerprinted(folder, rows, accounts)


def test_every_account_of_logs_or_table_has_a_row(found: Fingerprinted) -> None:
    assert set(found.accounts) == {"metronome", "person", "talker", "prober", "unread", "silent"}


def test_volumes(found: Fingerprinted) -> None:
    row = found.accounts["metronome"]
    assert (row["conversations"], row["exchanges"], row["readable"]) == (24, 24, 24)
    assert (row["active_days"], row["active_hours"], row["hours_of_day"]) == (1, 24, 24)
    assert (row["agents"], row["tls_clients"]) == (1, 1)
    person = found.accounts["person"]
    assert (person["active_days"], person["active_hours"], person["models"]) == (2, 2, 3)
    assert person["agents"] == 2


def test_gaps_tell_a_clock_from_sittings(found: Fingerprinted) -> None:
    assert found.accounts["metronome"]["gap_cv"] == pytest.approx(0, abs=1e-3)
    assert found.accounts["person"]["gap_cv"] > 1
    assert found.accounts["metronome"]["gaps"] == 23


def test_duty_cycle(found: Fingerprinted) -> None:
    assert found.accounts["metronome"]["duty_cycle"] == pytest.approx(1.0)
    assert found.accounts["person"]["duty_cycle"] < 0.2


def test_spread_tells_one_question_from_many(found: Fingerprinted) -> None:
    assert found.accounts["metronome"]["spread"] == pytest.approx(0, abs=0.02)
    assert found.accounts["person"]["spread"] > 0.5


def test_a_conversation_is_counted_once_and_a_retry_not_at_all(found: Fingerprinted) -> None:
    row = found.accounts["talker"]
    assert (row["conversations"], row["exchanges"]) == (1, 3)
    assert not row["assessed"], "one conversation is too little, however many turns it has"


def test_parameters(found: Fingerprinted) -> None:
    row = found.accounts["prober"]
    assert (row["with_logprobs"], row["most_answers"]) == (1, 4)


def test_too_little_is_not_assessed(found: Fingerprinted) -> None:
    assert {name: row["assessed"] for name, row in found.accounts.items()} == {
        "metronome": True,
        "person": True,
        "talker": False,
        "prober": False,
        "unread": False,
        "silent": False,
    }


def test_an_account_without_traffic_is_no_crash(found: Fingerprinted) -> None:
    row = found.accounts["silent"]
    assert not row["conversations"]
    assert row["gap_cv"] is None or math.isnan(row["gap_cv"])


def test_conversations_are_told_by_what_opened_them(found: Fingerprinted) -> None:
    talk = [row for row in found.conversations if row["exchanges"] == 3]
    assert len(talk) == 1
    opened = datetime.fromtimestamp(talk[0]["ts"] / 1e6, UTC)
    assert opened == MONDAY + timedelta(hours=1)
    assert talk[0]["ended"] > talk[0]["ts"]
    assert [row["account"] for row in found.conversations] == sorted(row["account"] for row in found.conversations)


def test_country_is_nowhere(found: Fingerprinted) -> None:
    assert "country" not in found.fingerprint("accounts.parquet").column_names


def test_log_of_one_row(tmp_path: Path) -> None:
    row = fingerprinted(tmp_path, [at("only", 0, 0)]).accounts["only"]
    assert (row["conversations"], row["active_hours"], row["duty_cycle"]) == (1, 1, 1.0)
    assert math.isnan(row["gap_cv"])
    assert math.isnan(row["spread"])
