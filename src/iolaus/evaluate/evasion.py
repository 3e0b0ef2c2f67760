"""``make evasion``: what each adaptive step of an operator costs the detector, and what it costs the operator.

    python -m iolaus.evaluate.evasion [--only STEP ...] [--seeds N ...] [--work DIR] [--workers N] [--record DOCS]

Each step is one change of one base campaign (``evasion_steps``). A rerun takes up what was judged by the same code;
``--record`` writes DOCS/evasion.json and the tables of DOCS/evasion.md.
"""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import msgspec
from rich.console import Console

from iolaus.errors import InputError
from iolaus.evaluate.evaluation import assess
from iolaus.evaluate.evasion_steps import STEPS, Step, scenario_file
from iolaus.evaluate.judge import judge_tasks
from iolaus.evaluate.rates import Rate
from iolaus.evaluate.recorded import chosen, renewed
from iolaus.evaluate.rounds import Task
from iolaus.evaluate.run import gather
from iolaus.evaluate.scanning import judging_settings
from iolaus.evaluate.sheet import Facts, Sheet
from iolaus.evaluate.table import of, percent, span
from iolaus.quoted import quote_in, table

SEEDS = (61, 62, 63)
"""Of the worlds of each step; no other figure is of these."""

LEFT_TO_A_PERSON = ("undetermined", "concealed_pool")
"""Verdicts that accuse nobody and ask somebody to look."""

DETECTOR_HEADER = (
    "step", "accounts accused", "95 %", "exchanges flagged", "found in", "only left to a person in", "honest accused",
)  # fmt: skip
OPERATOR_HEADER = ("step", "conversations an account a day", "account-days", "days", "sent for each taken")


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """One step over its worlds.

    ``flagged``: share of the campaign's exchanges. ``found``: worlds in which a campaign is reported that is mostly
    this one. ``left``: worlds in which nothing is reported of it, but a cohort mostly of its accounts is left to a
    person. ``taken`` conversations and ``taken_exchanges`` are the campaign's, ``sent_exchanges`` all that its accounts
    sent; ``crowds``: honest accounts accused, by crowd. ``account_days`` counts every account of the campaign over
    every day of its worlds.
    """

    step: str
    seeds: list[int]
    accounts: Rate
    flagged: float | None
    found: int
    left: int
    honest: Rate
    crowds: dict[str, int]
    account_days: int
    days: int
    taken: int
    taken_exchanges: int
    sent_exchanges: int


def row_of(step: str, seeds: Sequence[int], places: Sequence[Path], accuse: float) -> Row:
    """The row of a step from its judged worlds. ``accuse``: the setting verdict.accuse_probability."""
    sheet, facts, replays = gather(places)
    found = assess(sheet, facts, replays, accuse)
    reported = {each.world for each in found.campaigns.found if not each.false}
    return Row(
        step=step,
        seeds=list(seeds),
        accounts=found.accounts.recall,
        flagged=found.exchanges.recall.exchanges,
        found=sum(each.found_in for each in found.campaigns.true),
        left=sum(fact.world not in reported and _left(fact) for fact in facts),
        honest=found.accounts.false_positives,
        crowds=wrongly_accused(sheet),
        account_days=sum(fact.hostile * fact.days for fact in facts),
        days=sum(fact.days for fact in facts),
        taken=sum(count.conversations for fact in facts for count in fact.counts if count.campaign),
        taken_exchanges=sum(count.exchanges for fact in facts for count in fact.counts if count.campaign),
        sent_exchanges=sum(count.exchanges for fact in facts for count in fact.counts if count.hostile_account),
    )


def _left(fact: Facts) -> bool:
    return any(cohort.true and cohort.verdict in LEFT_TO_A_PERSON for cohort in fact.cohorts)


def wrongly_accused(sheet: Sheet) -> dict[str, int]:
    """Honest accounts of a sheet that are accused, by crowd."""
    wrong = sheet.names("crowd")[sheet.flags("accused") & ~sheet.flags("hostile")]
    return dict(sorted(Counter(wrong.tolist()).items()))


def by_crowd(crowds: Iterable[Mapping[str, int]]) -> str:
    """Honest crowds that were accused, in brackets, the most often first; empty where nobody was."""
    whole = sum(map(Counter, crowds), Counter[str]())
    return f" ({', '.join(f'{crowd} {count}' for crowd, count in whole.most_common())})" if whole else ""


def detector_cells(row: Row) -> list[str]:
    """What the step costs the detector, under :data:`DETECTOR_HEADER`."""
    worlds = len(row.seeds)
    return [
        f"`{row.step}`", percent(row.accounts.value), span(row.accounts), percent(row.flagged),
        f"{row.found} of {worlds}", f"{row.left} of {worlds}", of(row.honest) + by_crowd([row.crowds]),
    ]  # fmt: skip


def operator_cells(row: Row, base: Row) -> list[str]:
    """What the step costs the operator for as many conversations as the base takes, under :data:`OPERATOR_HEADER`."""
    if not row.taken:
        return [f"`{row.step}`", "0.00", "-", "-", "-"]
    pace, days = row.taken / row.account_days, row.taken / row.days
    return [
        f"`{row.step}`", f"{pace:.2f}", f"{base.taken / base.account_days / pace:.2f}",
        f"{base.taken / base.days / days:.2f}", f"{row.sent_exchanges / row.taken_exchanges:.2f}",
    ]  # fmt: skip


def markdown(rows: Sequence[Row]) -> str:
    """Steps, what they cost the detector, and what they cost the operator where the base is among the rows."""
    meant = {step.name: step for step in STEPS}
    seeds = sorted({seed for row in rows for seed in row.seeds})
    steps = [[f"`{row.step}`", meant[row.step].means, _fields(meant[row.step])] for row in rows]
    parts = [
        f"Made by `python -m iolaus.evaluate.evasion` with seeds {', '.join(map(str, seeds))}; the same figures stand"
        " in evasion.json.",
        "### Steps",
        table(("step", "what the operator does", "fields changed"), steps).replace("---:", "---"),
        "### What a step costs the detector",
        table(DETECTOR_HEADER, map(detector_cells, rows)),
    ]
    base = next((row for row in rows if row.step == STEPS[0].name), None)
    if base is not None:
        priced = table(OPERATOR_HEADER, (operator_cells(row, base) for row in rows))
        parts += ["### What a step costs the operator", priced]
    return "\n\n".join(parts)


def _fields(step: Step) -> str:
    return ", ".join(f"`{path.removeprefix('campaign.')}`" for path in step.changes) or "none"


def record(rows: Sequence[Row], docs: Path) -> None:
    """Write the rows into ``docs``/evasion.json and evasion.md; rows of other steps that the file holds stay."""
    kept = renewed(rows, Row, docs / "evasion.json", lambda row: row.step, [step.name for step in STEPS])
    quote_in(docs / "evasion.md", "evasion", markdown(kept))


def main(arguments: list[str] | None = None) -> int:
    """Judge the steps; returns 1 where a world could not be judged, 2 for a step that there is not."""
    parser = argparse.ArgumentParser(prog="python -m iolaus.evaluate.evasion", description=__doc__.splitlines()[0])
    parser.add_argument("--only", nargs="+", metavar="STEP", help="some of the steps")
    parser.add_argument("--seeds", nargs="+", type=int, default=list(SEEDS), metavar="N", help="seeds of the worlds")
    parser.add_argument("--work", type=Path, default=Path("build/evasion"), help="where judged worlds are kept")
    parser.add_argument("--workers", type=int, default=2, help="worlds that are judged at once")
    parser.add_argument("--record", type=Path, metavar="DOCS", help="folder of evasion.json and evasion.md")
    asked = parser.parse_args(arguments)
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 132)
    try:
        steps = chosen(STEPS, asked.only, "step")
    except InputError as error:
        sys.stderr.write(f"{error}\n")
        return 2
    rows, failed = _judged(steps, asked.seeds, asked.work, asked.workers, console)
    console.print(markdown(rows), soft_wrap=True, markup=False)
    if asked.record is not None:
        record(rows, asked.record)
    for name in failed:
        console.print(f"not judged: {name}", soft_wrap=True, markup=False)
    return 1 if failed else 0


def _judged(
    steps: Sequence[Step], seeds: Sequence[int], work: Path, workers: int, console: Console
) -> tuple[list[Row], list[str]]:
    """A row for each step all of whose worlds were judged, and what could not be judged with its reason."""
    files = {step.name: scenario_file(step, work / "scenarios") for step in steps}
    tasks = {name: [Task(str(path), seed, baselines=False) for seed in seeds] for name, path in files.items()}
    places, failed = judge_tasks([task for each in tasks.values() for task in each], work, workers, 1.0, console)
    accuse = judging_settings(None, work).verdict.accuse_probability
    rows = [
        row_of(name, seeds, [places[task.name] for task in each], accuse)
        for name, each in tasks.items()
        if all(task.name in places for task in each)
    ]
    return rows, failed


if __name__ == "__main__":
    sys.exit(main())
