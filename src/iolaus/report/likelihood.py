"""Words for probabilities: the one place where they are chosen.

The scale is that of Intelligence Community Directive 203, Analytic Standards (2015), section D.6.e(2)(a).
A word of likelihood never shares a sentence with a statement of confidence (the same directive).
"""

from __future__ import annotations

SCALE: tuple[tuple[float, str], ...] = (
    (0.05, "almost no chance"),
    (0.20, "very unlikely"),
    (0.45, "unlikely"),
    (0.55, "roughly even chance"),
    (0.80, "likely"),
    (0.95, "very likely"),
    (1.00, "almost certain"),
)
"""Upper end of each step and its word. A probability on a border takes the word above it.

The directive leaves 0 to 0.01 and 0.99 to 1 without a word; they take the outermost ones here.
"""


def word(probability: float) -> str:
    """The word for a probability in [0, 1]. Raises ValueError outside."""
    if not 0.0 <= probability <= 1.0:
        raise ValueError(f"a probability lies in [0, 1], found {probability}")
    return next((name for upper, name in SCALE if probability < upper), SCALE[-1][1])
