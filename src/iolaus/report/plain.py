"""Numbers and text as a reader sees them: the same in the page and on a terminal."""

from __future__ import annotations

import unicodedata

_HIDDEN = {"Cc", "Cf", "Cs", "Co", "Zl", "Zp"}
"""Unicode categories that steer a display instead of showing: controls, bidirectional marks, line breaks."""


def visible(text: str) -> str:
    """``text`` with every character that steers a terminal or a page spelt out, as in ``<U+202E>``.

    Joiners stay between letters, where scripts and emoji need them.
    """
    joiners = "\u200c\u200d"
    return "".join(c if c in joiners or unicodedata.category(c) not in _HIDDEN else f"<U+{ord(c):04X}>" for c in text)


def count(number: float) -> str:
    """A count with thousands parted: ``41,873``."""
    return f"{round(number):,}"


def signed(log10_bf: float) -> str:
    """A log10 Bayes factor with its sign and two places: ``+3.10``; no sign on zero."""
    rounded = round(log10_bf, 2) + 0.0
    return f"{rounded:+.2f}".replace("-", "−") if rounded else "0.00"


def odds(log10_bf: float) -> str:
    """A log10 Bayes factor in words: ``about 1,300 to 1 for``."""
    ratio = 10.0 ** min(abs(log10_bf), 12.0)
    if ratio < 1.2:
        return "speaks neither way"
    digits = f"{ratio:.1f}" if ratio < 10 else f"{float(f'{ratio:.2g}'):,.0f}"
    return f"about {digits} to 1 {'for' if log10_bf > 0 else 'against'}"


def probability(value: float) -> str:
    """A probability with three places, never rounded up to certainty."""
    if value >= 0.9995:
        return ">0.999"
    if value < 0.0005:
        return "<0.001"
    return f"{value:.3f}"


def percent(part: float, whole: float) -> str:
    """``part`` of ``whole`` as a percentage; a part is never rounded to all or nothing."""
    if whole <= 0:
        return "none to assess"
    share = part / whole
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def moment(iso: str) -> str:
    """An ISO 8601 UTC time to the minute: ``2026-03-02 00:11 UTC``; anything else as it stands."""
    if len(iso) >= 16 and iso[10] in "T ":
        return f"{iso[:10]} {iso[11:16]} UTC"
    return iso


def number(value: float) -> str:
    """Any number of a piece of evidence: whole ones as counts, others with four significant digits."""
    if value == round(value) and abs(value) < 1e15:
        return count(value)
    return f"{value:.4g}"


def plural(amount: int, one: str, many: str | None = None) -> str:
    """``1 account``, ``3 accounts``."""
    return f"{count(amount)} {one if amount == 1 else many or one + 's'}"
