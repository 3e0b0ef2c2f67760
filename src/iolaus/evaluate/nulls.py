"""Are Bayes factors e-values? Their mean over honest cohorts, by kind, family and question, and of all that accuses.

    python -m iolaus.evaluate.nulls RESULTS... [--record DOCS]

RESULTS are folders of scans of logs that hold nobody hostile. A likelihood ratio against what honest cohorts do has a
mean of at most 1 over them. Where it is more, what was fitted is not what was met, and the number is no e-value.
``--record`` writes DOCS/error_control.json and the table of DOCS/why/error-control.md.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path

import msgspec
import numpy as np
from rich.console import Console

from iolaus.campaign.settings import VerdictSettings
from iolaus.evaluate.rates import LEVEL
from iolaus.findings import Campaign, Cohorts, Evidence, Question
from iolaus.quoted import quote_in, table
from iolaus.workspace import write_atomically

ACCUSING: tuple[Question, ...] = ("control", "concealment", "content")
JOINT = "all, less what explains it"
PAGE = Path("why") / "error-control.md"
HEADER = ("Bayes factor", "cohorts", "spoke", "mean", "at most", "largest (log10)")


class Null(msgspec.Struct, frozen=True, kw_only=True):
    """One Bayes factor over honest cohorts, 1 where it says nothing. ``spoke``: cohorts of which it said anything.

    ``mean_most``: one-sided bound at 95 % on the mean. ``largest_log10``: of all that were seen.
    """

    name: str
    cohorts: int
    spoke: int
    mean: float
    mean_most: float
    largest_log10: float


def nulls(cohorts: Sequence[Campaign], settings: VerdictSettings) -> list[Null]:
    """Every Bayes factor over these cohorts, which are taken to be honest."""
    rows = [dict(_weights(cohort, settings)) for cohort in cohorts]
    names = list(dict.fromkeys(name for row in sorted(rows, key=len, reverse=True) for name in row))
    return [_null(name, [row.get(name, 0.0) for row in rows]) for name in sorted(names, key=_order)]


def against_others(scans: Sequence[Sequence[Campaign]], settings: VerdictSettings) -> Null:
    """What all questions say less what explains it, as an e-value: set against the cohorts of the other scans.

    The ratio that makes levels, on a score that honest cohorts do reach: a mean far above 1 says that cohorts of one
    world are not like those of another.
    """
    scores = [np.array([10 ** dict(_weights(cohort, settings))[JOINT] for cohort in scan]) for scan in scans]
    found = []
    for place, mine in enumerate(scores):
        others = np.concatenate([np.zeros(0), *scores[:place], *scores[place + 1 :]])
        found += ((len(others) + 1) * mine / (mine + others.sum())).tolist()
    return _null(f"{JOINT}: e-value against other worlds", [math.log10(value) for value in found])


def _order(name: str) -> tuple[int, str]:
    return ("kind", "family", "question", "all").index(name.split()[0].rstrip(",")), name


def _weights(cohort: Campaign, settings: VerdictSettings) -> Iterator[tuple[str, float]]:
    """Name and log10 of each Bayes factor; of a family by its strongest piece that counts."""
    strongest: dict[str, Evidence] = {}
    for piece in cohort.evidence:
        yield f"kind {piece.kind}", piece.log10_bf
        name = f"family {piece.family}, {piece.question}"
        if piece.counted and (name not in strongest or piece.log10_bf > strongest[name].log10_bf):
            strongest[name] = piece
    for name, piece in strongest.items():
        yield name, piece.log10_bf
    cap = settings.question_cap
    answers = [cohort.questions[name] for name in ACCUSING]
    capped = [-cap if answer.answer == "no" else min(answer.log10_bf, cap) for answer in answers]
    for name, answer in zip(ACCUSING, answers, strict=True):
        yield f"question {name}", answer.log10_bf
    explained = max([0.0, *(found.log10_bf for found in cohort.honest_explanations)])
    yield JOINT, sum(capped) - explained
    # What the rules keep from being accused scores nothing at all.
    yield "all that accuses (level.score)", -math.inf if cohort.level is None else cohort.level.score


def _null(name: str, logs: Sequence[float]) -> Null:
    values = 10.0 ** np.array(logs)
    return Null(
        name=name,
        cohorts=len(values),
        spoke=sum(log not in (0.0, -math.inf) for log in logs),
        mean=round(float(values.mean()), 4),
        mean_most=round(mean_most(values), 4),
        largest_log10=round(max(logs), 3) if max(logs) > -math.inf else -99.0,
    )


def mean_most(values: np.ndarray[tuple[int], np.dtype[np.float64]]) -> float:
    """Upper bound on the mean of float64[n] >= 0 at 95 %, n >= 2, as if the largest that was seen were the largest.

    Empirical Bernstein, Maurer and Pontil 2009, theorem 4; cohorts of one world are not independent. Raises ValueError
    where n < 2.
    """
    count = len(values)
    if count < 2:
        raise ValueError(f"{count} values: a bound on their mean needs 2")
    log = math.log(2 / (1 - LEVEL))
    spread = math.sqrt(2 * float(values.var(ddof=1)) * log / count)
    return float(values.mean()) + spread + 7 * float(values.max()) * log / (3 * (count - 1))


def read(folders: Sequence[Path]) -> list[list[Campaign]]:
    """Every tested cohort of each of these results."""
    return [msgspec.json.decode((folder / "cohorts.json").read_bytes(), type=Cohorts).cohorts for folder in folders]


def cells(found: Sequence[Null]) -> list[tuple[str, ...]]:
    """Rows of the table."""
    return [
        (
            each.name,
            f"{each.cohorts:,}",
            f"{each.spoke:,}",
            f"{each.mean:.3g}",
            f"{each.mean_most:.3g}",
            f"{each.largest_log10:.2f}" if each.largest_log10 > -99 else "never",
        )
        for each in found
    ]


def main(arguments: list[str] | None = None) -> int:
    """Print the table, and record it where asked."""
    parser = argparse.ArgumentParser(prog="python -m iolaus.evaluate.nulls", description=__doc__.splitlines()[0])
    parser.add_argument("results", nargs="+", type=Path, help="folders of scans of honest logs")
    parser.add_argument("--record", type=Path, metavar="DOCS", help="folder of error_control.json and the page")
    asked = parser.parse_args(arguments)
    scans, settings = read(asked.results), VerdictSettings()
    found = nulls([cohort for scan in scans for cohort in scan], settings)
    if len(scans) > 1:
        found.append(against_others(scans, settings))
    body = table(HEADER, cells(found))
    Console(highlight=False, width=140).print(body)
    if asked.record is not None:
        keep("nulls", {"worlds": len(asked.results), "found": msgspec.to_builtins(found)}, asked.record, body)
    return 0


def keep(section: str, figures: dict[str, object], docs: Path, body: str) -> None:
    """Write figures into ``docs``/error_control.json under their section, and their table into the page."""
    path, page = docs / "error_control.json", docs / PAGE
    kept = msgspec.json.decode(path.read_bytes()) if path.exists() else {}
    kept[section] = figures
    write_atomically(path, msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    quote_in(page, section, body)


if __name__ == "__main__":
    sys.exit(main())
