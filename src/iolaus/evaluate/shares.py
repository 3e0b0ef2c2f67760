"""Whether the distillation share that a scan names for an account is right, and its interval honest."""

from __future__ import annotations

import msgspec
import numpy as np

from iolaus.evaluate.rates import Rate, rate
from iolaus.evaluate.sheet import Flags, Sheet

NOMINAL = 0.9
"""Coverage that the interval of a share claims."""


class ShareError(msgspec.Struct, frozen=True, kw_only=True):
    """Over accounts with a share: mean absolute error, mean signed error, and how often the interval held the truth."""

    name: str
    accounts: int
    mean_absolute_error: float | None
    mean_error: float | None
    coverage: Rate


def share_errors(sheet: Sheet) -> list[ShareError]:
    """Of all accused accounts, then by true role. The truth is the share of its conversations of any campaign."""
    named = sheet.where(sheet.flags("accused") & np.isfinite(sheet.numbers("share")))
    role = named.names("true_role")
    groups = {"all": np.ones(len(named), bool)}
    groups |= {name or "honest": role == name for name in sorted(set(role.tolist()))}
    return [_error(name, named, rows) for name, rows in groups.items()]


def _error(name: str, sheet: Sheet, rows: Flags) -> ShareError:
    part = sheet.where(rows)
    truth = part.numbers("taken_conversations") / np.maximum(part.numbers("conversations"), 1)
    error = part.numbers("share") - truth
    inside = (part.numbers("share_low") <= truth + 1e-6) & (truth <= part.numbers("share_high") + 1e-6)
    some = len(part) > 0
    return ShareError(
        name=name,
        accounts=len(part),
        mean_absolute_error=round(float(np.abs(error).mean()), 6) if some else None,
        mean_error=round(float(error.mean()), 6) if some else None,
        coverage=rate(int(inside.sum()), len(part)),
    )
