"""Whether the role that a scan names is the true one: to suspend a victim is not to suspend an operator."""

from __future__ import annotations

import msgspec
import numpy as np

from iolaus.evaluate.sheet import Sheet

HONEST = "honest"
UNKNOWN = "not known"
"""Role of an accused account of which no text was kept."""


class RoleMatch(msgspec.Struct, frozen=True, kw_only=True):
    """Accused accounts of one true role (or honest) that are called by one role."""

    true: str
    said: str
    accounts: int


def role_matches(sheet: Sheet) -> list[RoleMatch]:
    """Every pair of true and named role among the accused that occurs."""
    accused = sheet.where(sheet.flags("accused"))
    true = accused.names("true_role")
    true = np.where(true == "", HONEST, true)
    said = accused.names("found_role")
    pairs = list(zip(true.tolist(), np.where(said == "", UNKNOWN, said).tolist(), strict=True))
    return [RoleMatch(true=t, said=s, accounts=pairs.count((t, s))) for t, s in sorted(set(pairs))]
