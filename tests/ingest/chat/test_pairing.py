from __future__ import annotations

from typing import Any

import pytest

from iolaus.ingest.chat import pairing
from iolaus.ingest.chat.pairing import Pairs, elapsed_ms
from iolaus.ingest.draft import Draft


def _ask(row: int, **values: Any) -> Draft:
    return Draft(row, {"prompt": f"q{row}", **values})


def _answer(row: int, **values: Any) -> Draft:
    return Draft(row, {"response": f"a{row}", **values})


def _pairs(drafts: list[Draft]) -> dict[int, Any]:
    assert len({draft.row for draft in drafts}) == len(drafts), "no request comes out twice"
    return {draft.row: draft.values.get("response") for draft in drafts}


def test_a_lost_answer_does_not_shift_the_pairs_after_it() -> None:
    pairs, out = Pairs(), []
    for row in range(1, 20, 2):
        if row == 3:
            out += pairs.ask(_ask(2), (), False)
        out += pairs.ask(_ask(row), (), False)
        out += pairs.answer(_answer(row), (), False)
    out += pairs.close()
    assert _pairs(out) == {2: None, **{row: f"a{row}" for row in range(1, 20, 2)}}


def test_ids_hold_against_any_order() -> None:
    pairs, out = Pairs(), []
    for row in (1, 2, 3):
        out += pairs.ask(_ask(row), (f"r{row}",), True)
    for row in (2, 4, 3, 1):
        out += pairs.answer(_answer(row), (f"r{row}",), True)
    out += pairs.ask(_ask(4), ("r4",), True)
    assert _pairs(out) == {1: "a1", 2: "a2", 3: "a3", 4: "a4"}
    assert list(pairs.close()) == []


def test_an_id_used_twice_loses_neither_request_nor_answer() -> None:
    pairs, out = Pairs(), []
    for row in (1, 2):
        out += pairs.ask(_ask(row), ("same",), True)
    for row in (11, 12, 13, 14):
        out += pairs.answer(_answer(row), ("same",), True)
    out += pairs.close()
    assert _pairs(out) == {1: "a11", 2: "a12", 13: "a13", 14: "a14"}


def test_answers_stay_with_their_account_and_model() -> None:
    pairs, out = Pairs(), []
    out += pairs.ask(_ask(1, account_id="a", model="m"), (), False)
    out += pairs.ask(_ask(2, account_id="b", model="m"), (), False)
    out += pairs.ask(_ask(3, account_id="a", model="n"), (), False)
    out += pairs.answer(_answer(4, account_id="a", model="m-2026-01-01"), (), False)
    out += pairs.answer(_answer(5, account_id="a"), (), False)
    out += pairs.answer(_answer(6, account_id="b", model="other"), (), False)
    assert _pairs(out) == {1: "a4", 3: "a5", 2: "a6"}


def test_an_answer_with_a_sure_id_takes_no_request_that_has_another() -> None:
    pairs = Pairs()
    assert list(pairs.ask(_ask(1), ("r1",), True)) == []
    assert list(pairs.answer(_answer(2), ("r2",), True)) == []
    assert _pairs(list(pairs.close())) == {1: None, 2: "a2"}


def test_an_answer_whose_request_is_lost_takes_no_old_or_later_one() -> None:
    pairs = Pairs()
    list(pairs.ask(_ask(1, ts="2026-01-01T00:00:00"), (), False))
    list(pairs.ask(_ask(2, ts="2026-01-02T09:00:00"), (), False))
    (stray,) = pairs.answer(_answer(3, ts="2026-01-02T08:00:00"), (), False)
    assert (stray.row, stray.values["text_state"]) == (3, "not_retained")
    (pair,) = pairs.answer(_answer(4, ts="2026-01-02T09:00:30"), (), False)
    assert (pair.row, pair.values["response"]) == (2, "a4")


def test_an_answer_without_a_request_is_an_exchange_whose_text_is_not_retained() -> None:
    (draft,) = Pairs().answer(_answer(1), (), False)
    assert draft.values == {"response": "a1", "text_state": "not_retained"}


def test_what_waits_is_bounded_by_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "PENDING", 5)
    pairs = Pairs()
    out = [draft for row in range(1, 31) for draft in pairs.ask(_ask(row), (f"r{row}",), True)]
    assert [draft.row for draft in out] == list(range(1, 26)), "the oldest leave first, unanswered"
    early = [draft for row in range(50, 80) for draft in pairs.answer(_answer(row), (f"r{row}",), True)]
    assert [draft.row for draft in early] == list(range(50, 75))
    assert len(list(pairs.close())) == 10


def test_what_waits_is_bounded_by_its_texts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pairing, "PENDING_CHARACTERS", 1_000)
    pairs = Pairs()
    out = [draft for row in range(1, 8) for draft in pairs.ask(Draft(row, {"prompt": "x" * 300}), (), False)]
    assert [draft.row for draft in out] == [1, 2, 3, 4]


def test_the_request_wins_and_the_answer_adds() -> None:
    pairs = Pairs()
    list(pairs.ask(_ask(1, ts="2026-01-01T00:00:00", model="asked"), (), False))
    (draft,) = pairs.answer(_answer(2, ts="2026-01-01T00:00:01.250", model="served", status=200), (), False)
    assert draft.values["model"] == "asked"
    assert (draft.values["ts"], draft.values["duration_ms"]) == ("2026-01-01T00:00:00", 1250)
    assert draft.values["status"] == 200


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        ("2026-01-01T00:00:00Z", "2026-01-01T00:00:02+00:00", 2000),
        (1_772_359_200, 1_772_359_200.5, 500),
        (1_772_359_200_000, 1_772_359_200_500, 500),
        ("2026-01-01T00:00:02", "2026-01-01T00:00:00", None),
        ("2026-01-01T00:00:00", "2026-01-01T00:00:00Z", None),
        ("yesterday", "today", None),
        (0, 1e300, None),
        (float("nan"), 1.0, None),
        (None, 1, None),
    ],
)
def test_elapsed(start: Any, end: Any, expected: int | None) -> None:
    assert elapsed_ms(start, end) == expected
