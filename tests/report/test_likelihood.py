from __future__ import annotations

import pytest

from iolaus.report.likelihood import SCALE, word


@pytest.mark.parametrize(
    ("probability", "expected"),
    [
        (0.0, "almost no chance"),
        (0.03, "almost no chance"),
        (0.05, "very unlikely"),
        (0.2, "unlikely"),
        (0.45, "roughly even chance"),
        (0.55, "likely"),
        (0.8, "very likely"),
        (0.95, "almost certain"),
        (1.0, "almost certain"),
    ],
)
def test_word_of_each_step_and_border(probability: float, expected: str) -> None:
    assert word(probability) == expected


def test_scale_rises_and_covers_everything() -> None:
    uppers = [upper for upper, _ in SCALE]
    assert uppers == sorted(set(uppers))
    assert uppers[-1] == 1.0
    assert len({name for _, name in SCALE}) == len(SCALE)


@pytest.mark.parametrize("wrong", [-0.01, 1.01, float("nan")])
def test_no_word_for_what_is_no_probability(wrong: float) -> None:
    with pytest.raises(ValueError, match="lies in"):
        word(wrong)
