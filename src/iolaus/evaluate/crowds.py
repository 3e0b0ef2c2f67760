"""Who among the honest is accused: accounts by crowd, organisations by crowd and size."""

from __future__ import annotations

import msgspec
import numpy as np

from iolaus.evaluate.rates import Rate, rate
from iolaus.evaluate.sheet import Sheet

SIZES = ((1, 3), (4, 9), (10, 49), (50, 199), (200, 10**9))
"""Bands of the number of honest accounts of one organisation."""

FEW_ACCOUNTS = 4
"""Organisations with fewer accounts are accused where half of them are; others where two are."""


class CrowdAccused(msgspec.Struct, frozen=True, kw_only=True):
    """Honest accounts of a crowd that are accused, and its organisations that are."""

    crowd: str
    accounts: Rate
    organisations: Rate


class SizeAccused(msgspec.Struct, frozen=True, kw_only=True):
    """Honest organisations of a size that are accused."""

    size: str
    organisations: Rate


class HonestAccused(msgspec.Struct, frozen=True, kw_only=True):
    """Every wrong accusation by who was accused."""

    accounts: Rate
    organisations: Rate
    by_crowd: list[CrowdAccused]
    by_size: list[SizeAccused]


def honest_accused(sheet: Sheet) -> HonestAccused:
    """Honest accounts and organisations accused. An organisation: honest accounts of one organisation of one world."""
    sheet = sheet.where(~sheet.flags("hostile"))
    crowd_of, size_of, wrong = _organisations(sheet)
    sheet = sheet.where(sheet.numbers("exchanges") > 0)
    accused, crowd = sheet.flags("accused"), sheet.names("crowd")
    by_crowd = [
        CrowdAccused(
            crowd=name,
            accounts=rate(int(accused[crowd == name].sum()), int((crowd == name).sum())),
            organisations=rate(int(wrong[crowd_of == name].sum()), int((crowd_of == name).sum())),
        )
        for name in sorted(set(crowd.tolist()))
    ]
    by_size = []
    for low, high in SIZES:
        rows = (size_of >= low) & (size_of <= high)
        name = f"{low} to {high}" if high < SIZES[-1][1] else f"{low} or more"
        by_size.append(SizeAccused(size=name, organisations=rate(int(wrong[rows].sum()), int(rows.sum()))))
    return HonestAccused(
        accounts=rate(int(accused.sum()), len(sheet)),
        organisations=rate(int(wrong.sum()), len(wrong)),
        by_crowd=by_crowd,
        by_size=by_size,
    )


def _organisations(sheet: Sheet) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Crowd (of its first account), number of accounts, and whether accused, of each honest organisation."""
    organisation = sheet.names("organisation")
    named = sheet.where(organisation != "")
    keys = np.array(
        [f"{w}\x1f{o}" for w, o in zip(named.names("world"), named.names("organisation"), strict=True)], object
    )
    _, first, place, size = np.unique(keys.astype(str), return_index=True, return_inverse=True, return_counts=True)
    hits = np.bincount(place, named.flags("accused"), minlength=len(size))
    wrong = np.where(size < FEW_ACCOUNTS, 2 * hits >= np.maximum(size, 1), hits >= 2)
    return named.names("crowd")[first], size, wrong & (hits > 0)
