"""Two-sample tests on mixed windows, as arXiv 2606.05725 runs them; writes docs/content_windows.json and its tables.

    python -m training.content.window_protocol SOURCE_DIR

SOURCE_DIR holds ``prompts.parquet`` (source, text), the sets for tests only too. What differs from the published run:
vectors of the other tests are the sketch's hashed projection; honest prompts are split 40 to 60, and windows that set
a threshold and those that state its rate are cut from different halves, drawn anew for each pair. Some 40 minutes.
"""

from __future__ import annotations

import argparse
import json
import logging
from pathlib import Path
from typing import Any

import numpy as np
from training.content.evaluate import DOCS, rounded
from training.content.page import write
from training.content.window_draws import (
    HONEST,
    LEAST_PAIRS,
    MIXED,
    REFERENCE,
    SEEDS,
    SHARES,
    SIZES,
    Pool,
    Rows,
    honest_pairs,
    matched,
    mixed,
    mixed_matched,
    pool,
    told_apart,
)
from training.content.window_page import SECTIONS
from training.content.window_tests import TESTS, Judge, Tests

from iolaus.evaluate.rates import clopper_pearson

log = logging.getLogger("windows")
WITHOUT_SLOW = tuple(test for test in TESTS if test != "prada")
"""PRADA, the slowest, runs with the first seed alone."""

FIRST_ALONE = frozenset({"instructions"})
"""Honest mixes that run with the first seed alone."""

CUSTOMER_SIZE = 100
CUSTOMER_WINDOWS = 200
DRAWS = 2000


def windows_of(pool_name: str, found: Pool, seed: int) -> list[dict[str, Any]]:
    """A row a size, a set and a way of mixing, and a row a size of honest windows."""
    rng = np.random.default_rng(seed)
    order = rng.permutation(found.honest)
    known, held = np.split(order, [int(REFERENCE * found.honest)])
    tests, rows = Tests(found, known, TESTS if seed == SEEDS[0] else WITHOUT_SLOW), []
    for size in SIZES:
        first, second = (tests.values(windows) for windows in honest_pairs(rng, held, size))
        judge = Judge(first)
        rows.append({"honest": pool_name, "seed": seed, "size": size, "set": "", "way": "honest", "share": 0.0,
                     "flagged": _counts(judge.flagged(second)), "windows": len(second["mmd"])})  # fmt: skip
        for name, other in found.others.items():
            pairs = matched(found, held, other)
            for way in ("as it comes", "matched"):
                if way == "matched" and len(pairs) < LEAST_PAIRS:
                    continue
                style = told_apart(found, pairs, rng) if way == "matched" else None
                for share in SHARES:
                    drawn = (
                        mixed(rng, held, other, size, share)
                        if way == "as it comes"
                        else mixed_matched(rng, held, pairs, size, share)
                    )
                    rows.append({"honest": pool_name, "seed": seed, "size": size, "set": name, "way": way,
                                 "share": share, "prompts": len(other) if style is None else len(pairs),
                                 "style": style, "windows": MIXED[share],
                                 "flagged": _counts(judge.flagged(tests.values(drawn)))})  # fmt: skip
            log.info("%s, seed %d, size %d: %s", pool_name, seed, size, name)
    return rows


def _counts(flagged: dict[str, Any]) -> dict[str, int]:
    return {name: int(each.sum()) for name, each in flagged.items()}


def new_customers(found: Pool) -> list[dict[str, Any]]:
    """Windows of an honest set that the reference does not hold, alone and as a tenth of other people's windows."""
    source, rows = np.array(found.source), []
    for name in sorted(set(found.source)):
        rng = np.random.default_rng(SEEDS[0])
        rest, mine = np.flatnonzero(source != name), np.flatnonzero(source == name)
        known, held = np.split(rng.permutation(rest), [int(REFERENCE * len(rest))])
        tests = Tests(found, known)
        judge = Judge(tests.values(honest_pairs(rng, held, CUSTOMER_SIZE)[0]))
        for share in (0.1, 1.0):
            count = round(share * CUSTOMER_SIZE)
            windows: list[Rows] = [
                np.concatenate([rng.choice(held, CUSTOMER_SIZE - count, False), rng.choice(mine, count)])
                for _ in range(CUSTOMER_WINDOWS)
            ]
            rows.append({"source": name, "share": share, "windows": CUSTOMER_WINDOWS,
                         "flagged": _counts(judge.flagged(tests.values(windows)))})  # fmt: skip
        log.info("new customer: %s", name)
    return rows


def summary(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """By honest mix, size, way and share: share of windows found, and misses of ours over those of MMD with a 95 %
    interval (sets drawn with replacement, then windows of each)."""
    made = []
    keys = sorted({(r["honest"], r["size"], r["way"], r["share"]) for r in rows}, key=lambda k: (k[0], -k[1], k[2:]))
    for honest, size, way, share in keys:
        mine = [r for r in rows if (r["honest"], r["size"], r["way"], r["share"]) == (honest, size, way, share)]
        windows = sum(r["windows"] for r in mine)
        line: dict[str, Any] = {"honest": honest, "size": size, "way": way, "share": share, "windows": windows,
                                "sets": len({r["set"] for r in mine}),
                                "found": {t: _share(mine, t)[0] / _share(mine, t)[1] for t in TESTS}}  # fmt: skip
        if way == "honest":
            line["bounds"] = {t: clopper_pearson(*_share(mine, t)) for t in TESTS}
        else:
            line["ratio"] = _ratio(mine)
        made.append(line)
    return made


def _share(rows: list[dict[str, Any]], test: str) -> tuple[int, int]:
    """Windows that a test flagged, and windows that it saw."""
    seen = [r for r in rows if test in r["flagged"]]
    return sum(r["flagged"][test] for r in seen), sum(r["windows"] for r in seen)


def _ratio(rows: list[dict[str, Any]]) -> list[float | None]:
    """Misses of ours over misses of MMD, and the ends of the interval; None where MMD misses nothing."""
    names = sorted({r["set"] for r in rows})
    total = np.array([sum(r["windows"] for r in rows if r["set"] == name) for name in names])
    missed = {
        test: total - np.array([sum(r["flagged"][test] for r in rows if r["set"] == name) for name in names])
        for test in ("ours", "mmd")
    }
    if missed["mmd"].sum() == 0:
        return [None, None, None]
    rng, ratios = np.random.default_rng(0), []
    for _ in range(DRAWS):
        chosen = rng.integers(0, len(names), len(names))
        again = {t: rng.binomial(total[chosen], missed[t][chosen] / total[chosen]).sum() for t in missed}
        ratios.append(again["ours"] / max(again["mmd"], 1))
    low, high = np.quantile(ratios, [0.025, 0.975])
    return [float(missed["ours"].sum() / missed["mmd"].sum()), float(low), float(high)]


def measured(folder: Path, seeds: tuple[int, ...]) -> dict[str, Any]:
    """Every figure: rows of all windows, their summary, new customers."""
    rows: list[dict[str, Any]] = []
    for name in HONEST:
        found = pool(folder, name)
        for seed in seeds[:1] if name in FIRST_ALONE else seeds:
            rows += windows_of(name, found, seed)
    return {"seeds": list(seeds), "summary": summary(rows), "customers": new_customers(pool(folder, "people")),
            "rows": rows}  # fmt: skip


def main() -> None:
    """Measure, and write figures and tables."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path, metavar="SOURCE_DIR")
    parser.add_argument("--seeds", type=int, nargs="+", default=list(SEEDS))
    parser.add_argument("--json", type=Path, default=DOCS / "content_windows.json")
    asked = parser.parse_args()
    logging.basicConfig(level=logging.INFO, format="%(message)s")
    figures = rounded(measured(asked.folder, tuple(asked.seeds)))
    asked.json.write_text(json.dumps(figures) + "\n", "utf-8")
    if asked.json.parent == DOCS:
        write(figures, DOCS / "content.md", SECTIONS)


if __name__ == "__main__":
    main()
