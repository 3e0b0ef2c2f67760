"""Words that bring strangers: those whose users, but for users of a campaign's better words, do not fit it.

A campaign's words are taken together, and a few hundred strangers among thousands of its accounts hardly show in how
well all of them fit. But strangers come by certain words. Taken one word after another, those whose users fit best
first, a campaign's own bring more of its accounts, and one that a framework shares brings hardly any but strangers.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.parts import gained, part_of
from iolaus.link.population import Floats

Accounts = npt.NDArray[np.int32]
Mask = npt.NDArray[np.bool_]


def users_of(engine: Engine, phrases: tuple[int, ...], accounts: Accounts) -> dict[int, Accounts]:
    """Which of ``accounts`` use each phrase, ascending. Needs phrase_uses."""
    engine.register("asked", pa.table({"account": accounts}))
    pairs = engine.table(
        "SELECT DISTINCT phrase, account FROM phrase_uses SEMI JOIN asked USING (account)"
        f" WHERE phrase IN ({','.join(map(str, phrases))}) ORDER BY phrase, account"
    )
    phrase, account = pairs["phrase"].to_numpy(), pairs["account"].to_numpy().astype(np.int32)
    return {each: account[phrase == each] for each in phrases}


def strange_words(
    users: dict[int, Accounts], accounts: Accounts, fit: Floats, own_part: float, evidence: float, doubt: float
) -> tuple[int, ...]:
    """Words that bring strangers, ascending. The best word brings its users; they are what the others add to.

    users: of each word, numbers of accounts. accounts: int32[n], ascending, those that were tested; fit: float64[n],
    log10 Bayes factor of each. own_part: share of members from which words are a campaign's own. evidence: log
    likelihood ratio of the likeliest share to that one, from which those whom a word brings are taken for strangers.
    doubt: how far each fit may be off, so that hundreds that are a little too low prove nothing.
    """
    plain = np.sign(fit) * np.maximum(np.abs(fit) - doubt, 0.0)
    rows = {word: np.flatnonzero(np.isin(accounts, of)) for word, of in users.items()}
    order = sorted(rows, key=lambda word: (-_fitting(fit[rows[word]]), word))
    seen, found = np.zeros(len(accounts), bool), []
    for place, word in enumerate(order):
        brought = rows[word][~seen[rows[word]]]
        if place and _are_strangers(plain[brought], own_part, evidence):
            found.append(word)
        else:
            seen[brought] = True
    return tuple(sorted(found))


def plain_strangers_use(use: Mask, fit: Floats, plain: float, least: int) -> float | None:
    """How much rarer plain strangers use some words than those who fit: a ratio of shares; None where they are few.

    use: bool[n], who uses them. fit: float64[n], log10 Bayes factor of each. plain: what makes a stranger plain.
    """
    strangers, others = fit <= -plain, fit >= 0
    if strangers.sum() < least or not use[others].any():
        return None
    return float(use[strangers].mean() / use[others].mean())


def _fitting(fit: Floats) -> float:
    """Share of accounts that rather fit; 0 where there are none."""
    return float((fit >= 0).mean()) if len(fit) else 0.0


def _are_strangers(fit: Floats, own_part: float, evidence: float) -> bool:
    part = part_of(fit)
    if not len(fit) or part >= own_part:
        return False
    return gained(10.0 ** np.clip(fit, -12, 12), part, own_part) >= evidence
