"""What a promise costs: campaigns and accounts that a scan still accuses at each rate of false campaigns.

    python -m iolaus.evaluate.promise WORLD=RESULTS... [--rates 1 10 100] [--record DOCS]

RESULTS are scans of these worlds that promised more than any rate asked for (IOLAUS_VERDICT__FALSE_CAMPAIGNS=1000000):
the level of a campaign does not hang on the rate, so that every smaller promise can be read from one scan.
``--record`` writes DOCS/error_control.json and the table of DOCS/why/error-control.md.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow.parquet as pq
from rich.console import Console

from iolaus.errors import InputError
from iolaus.evaluate.nulls import keep
from iolaus.evaluate.worlds import open_world
from iolaus.findings import Campaign, Cohorts, ErrorControl, RunRecord
from iolaus.quoted import table

RATES = (1.0, 10.0, 100.0, 1000.0)


class Kept(msgspec.Struct, frozen=True, kw_only=True):
    """One world at one promise: its level, and what is accused; at an infinite rate all that other rules accuse.

    ``false`` and ``honest``: campaigns most of whose accused are honest, and honest accounts accused.
    """

    world: str
    rate: float | None
    needed: float | None
    campaigns: int
    false: int
    hostile: int
    hostile_of: int
    honest: int


def kept(path: Path, results: Path, rates: Sequence[float]) -> list[Kept]:
    """Each rate, then none, for one world. Raises InputError where the scan promised less than a rate."""
    world = open_world(path)
    control = msgspec.json.decode((results / "run.json").read_bytes(), type=RunRecord).error_control
    if control is None or control.promised < max(rates):
        raise InputError(
            f"{results}: a scan that promised fewer false campaigns than {max(rates):g} per million. Scan again with"
            " IOLAUS_VERDICT__FALSE_CAMPAIGNS=1000000."
        )
    said = msgspec.json.decode((results / "cohorts.json").read_bytes(), type=Cohorts).cohorts
    campaigns = {cohort.id: cohort for cohort in said if cohort.verdict == "campaign"}
    truth = pq.read_table(world.path / "truth" / "accounts.parquet", columns=["account_id", "hostile"]).to_pydict()
    hostile = dict(zip(truth["account_id"], truth["hostile"], strict=True))
    rows = pq.read_table(results / "accounts.parquet", columns=["account_id", "campaign_id", "accused", "exchanges"])
    sent = sum(row["exchanges"] > 0 and hostile.get(row["account_id"], False) for row in rows.to_pylist())
    accused: dict[str, list[bool]] = {}
    for row in rows.to_pylist():
        if row["accused"]:
            accused.setdefault(row["campaign_id"], []).append(hostile.get(row["account_id"], False))
    return [_at(world.label, rate, control, campaigns, accused, sent) for rate in (*rates, None)]


def _at(
    world: str,
    rate: float | None,
    control: ErrorControl,
    campaigns: dict[str, Campaign],
    accused: dict[str, list[bool]],
    sent: int,
) -> Kept:
    needed = None if rate is None else control.needed + math.log10(control.promised / rate)
    names = [
        name for name, each in campaigns.items() if needed is None or (each.level and each.level.reached >= needed)
    ]
    theirs = [accused.get(name, []) for name in names]
    return Kept(
        world=world,
        rate=rate,
        needed=None if needed is None else round(needed, 3),
        campaigns=len(names),
        false=sum(2 * sum(each) < len(each) for each in theirs),
        hostile=sum(sum(each) for each in theirs),
        hostile_of=sent,
        honest=sum(len(each) - sum(each) for each in theirs),
    )


def cells(found: Sequence[Kept], rates: Sequence[float]) -> tuple[list[str], list[list[str]]]:
    """Header and rows: one world a row, hostile accounts that are accused, of all that sent anything; then all."""
    header = ["world", *(f"{rate:g}" for rate in rates), "no level", "of", f"level at {rates[0]:g}"]
    rows = []
    for world in dict.fromkeys(each.world for each in found):
        theirs = [each for each in found if each.world == world]
        counts = [f"{each.hostile} ({each.campaigns})" for each in theirs]
        rows.append([world, *counts, str(theirs[0].hostile_of), f"{theirs[0].needed:.2f}"])
    places = [[each for each in found if each.rate == rate] for rate in (*rates, None)]
    for name, of in (("all", sum(each.hostile_of for each in places[0])), ("honest accused", 0)):
        sums = [
            f"{sum(e.hostile for e in all_)} ({sum(e.campaigns for e in all_)})"
            if of
            else f"{sum(e.honest for e in all_)} ({sum(e.false for e in all_)})"
            for all_ in places
        ]
        rows.append([name, *sums, f"{of:,}" if of else "", ""])
    return header, rows


def main(arguments: list[str] | None = None) -> int:
    """Print the table, and record it where asked."""
    parser = argparse.ArgumentParser(prog="python -m iolaus.evaluate.promise", description=__doc__.splitlines()[0])
    parser.add_argument("pairs", nargs="+", metavar="WORLD=RESULTS", help="folders of worlds and of their results")
    parser.add_argument("--rates", nargs="+", type=float, default=list(RATES), help="false campaigns per million")
    parser.add_argument("--record", type=Path, metavar="DOCS", help="folder of error_control.json and the page")
    asked = parser.parse_args(arguments)
    pairs = [pair.partition("=") for pair in asked.pairs]
    found = [each for world, _, results in pairs for each in kept(Path(world), Path(results), asked.rates)]
    body = table(*cells(found, asked.rates))
    Console(highlight=False, width=140).print(body, soft_wrap=True)
    if asked.record is not None:
        keep("promise", {"found": msgspec.to_builtins(found)}, asked.record, body)
    return 0


if __name__ == "__main__":
    sys.exit(main())
