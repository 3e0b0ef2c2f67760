"""What a baseline of the provider's own mix is worth: how far hostile traffic moves it, and what it makes of a new
honest customer.

    python -m benchmarks.baseline [--scale 0.5] [--seeds 0 1 2 3] [--json PATH]   # 12 minutes on two cores

*Contamination*: worlds of the demo's honest crowds with no, 5, 20 and 50 % hostile accounts. The mix that is learnt is
compared with that of the honest accounts alone, known by truth. *A new customer*: a baseline is learnt on one honest
world; the cohorts of a crowd in other honest worlds are weighed with it, once with that crowd in the first world and
once without. *Whole scans*: who is accused without a baseline, and with one of another world.
"""

from __future__ import annotations

import argparse
import json
import math
import re
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from training.content.page import write

from benchmarks.baseline_page import SECTIONS
from benchmarks.baseline_worlds import CONTAMINATION, Mask, Seen, seen
from iolaus.campaign.judge import Judgement, judge
from iolaus.campaign.judged import Judged
from iolaus.campaign.settings import CampaignSettings, VerdictSettings
from iolaus.content.baseline import Baseline, save
from iolaus.evaluate.rates import clopper_pearson
from iolaus.evaluate.scanning import judging_settings
from iolaus.link.cohort import Cohort
from iolaus.link.kinds import Kind, intents, narrowness
from iolaus.link.population import Population
from iolaus.link.settings import LinkSettings
from iolaus.settings import Settings

DOCS = Path(__file__).parents[1] / "docs"
SHARES = (0.0, 0.05, 0.2, 0.5)
DEMO_HONEST, DEMO_HOSTILE, DEMO_EXCHANGES = 1270, 120, 9500
PAST = 50
"""Seed of the world that teaches; those that are tested have others."""

READERS: tuple[Kind, ...] = (intents, narrowness)
"""Kinds of evidence that read a baseline."""

WAYS = ("scan", "known", "cleared", "new")
"""With what a cohort is compared: the scan itself; a baseline of those whom a scan let in, of everybody, and of those
without the crowd."""

COUNTS = ("cohorts", *WAYS, "turned", "accused")
"""``turned``: yes with the baseline that never saw the crowd, and not with the one that knows it."""

Row = dict[str, Any]


def contaminated(share: float, folder: Path) -> str:
    """A scenario file: the demo with that share of hostile accounts; each sends as much as there."""
    text = (files("iolaus") / "simulate" / "scenarios" / "demo.toml").read_text("utf-8")
    hostile = round(DEMO_HONEST * share / (1 - share))
    if hostile == 0:
        text = text[: text.index("[[campaign]]")]
    text = re.sub(rf"^accounts = {DEMO_HOSTILE}$", f"accounts = {hostile}", text, flags=re.MULTILINE)
    exchanges = round(DEMO_EXCHANGES * hostile / DEMO_HOSTILE)
    text = re.sub(rf"^exchanges = {DEMO_EXCHANGES}$", f"exchanges = {exchanges}", text, flags=re.MULTILINE)
    path = folder / f"demo-{round(100 * share)}.toml"
    path.write_text(text, "utf-8")
    return str(path)


def contamination(seeds: list[int], scale: float, settings: Settings, place: Path) -> list[Row]:
    """A row for each share, means over the worlds."""
    rows = []
    for share in SHARES:
        worlds = [_moved(world, share) for world in _worlds(contaminated(share, place), seeds, scale, settings, place)]
        rows.append({"share": share, "worlds": len(worlds), **_mean(worlds)})
    return rows


def _mean(rows: list[Row]) -> Row:
    """Means of every number; None where no world has it."""
    known = {name: [row[name] for row in rows if row[name] is not None] for name in rows[0]}
    return {name: round(float(np.mean(values)), 6) if values else None for name, values in known.items()}


def _worlds(scenario: str, seeds: list[int], scale: float, settings: Settings, place: Path) -> Iterator[Seen]:
    for seed in seeds:
        with seen(scenario, seed, scale, settings, place / "one") as world:
            print(f"{Path(scenario).stem}, seed {seed}: {len(world.found.cohorts)} cohorts", flush=True)
            yield world


def _moved(world: Seen, share: float) -> Row:
    """How far what is learnt lies from the mix of the honest accounts, and what the campaign weighs beside it."""
    clean = world.baseline(~world.hostile)
    everybody, taught = world.baseline(_with_hostile(world, share)), world.baseline(world.allowed.may)
    hostile = world.hostile[world.numbers]
    campaign = max((judged.tested.cohort for judged in world.cohorts_of(world.hostile)), key=_size, default=None)
    return {
        "everybody_mean": _distance(clean, everybody, "mean"),
        "everybody_trimmed": _distance(clean, everybody, "trimmed"),
        "taught_mean": _distance(clean, taught, "mean"),
        "taught_trimmed": _distance(clean, taught, "trimmed"),
        "everybody_cosine": _distance_of_cosine(clean, everybody),
        "taught_cosine": _distance_of_cosine(clean, taught),
        "held": _held(clean, everybody) if share <= CONTAMINATION else None,
        "hostile_taught": float(world.allowed.may[world.numbers][hostile].mean()) if hostile.any() else None,
        "honest_left_out": float((~world.allowed.may)[world.numbers][~hostile].mean()),
        "weight_scan": campaign and _weight(campaign, world.found.population),
        "weight_everybody": campaign and _weight(campaign, world.population(everybody)),
        "weight_taught": campaign and _weight(campaign, world.population(taught)),
        "weight_clean": campaign and _weight(campaign, world.population(clean)),
    }


def _with_hostile(world: Seen, share: float) -> Mask:
    """The honest accounts, and so many hostile ones that these are ``share`` of all who were read, no more."""
    hostile = world.numbers[world.hostile[world.numbers]]
    honest = len(world.numbers) - len(hostile)
    found = ~world.hostile
    found[hostile[: int(honest * share / (1 - share))]] = True
    return found


def _size(cohort: Cohort) -> int:
    return len(cohort.conversations)


def _distance(one: Baseline, other: Baseline, which: str) -> float:
    """Of the intents of everybody that which moved most, by how much."""
    mine, theirs = one.by_place[()].intents, other.by_place[()].intents
    return float(max(abs(getattr(theirs[name], which) - getattr(mine[name], which)) for name in mine))


def _distance_of_cosine(one: Baseline, other: Baseline) -> float:
    return abs(one.by_place[()].cosine.mean - other.by_place[()].cosine.mean)


def _held(clean: Baseline, learnt: Baseline) -> float:
    """Share of the intents and capabilities of everybody whose honest level lies in the range that was stated."""
    mine, theirs = clean.by_place[()], learnt.by_place[()]
    inside = [
        found[name].low <= honest[name].trimmed <= found[name].high
        for honest, found in ((mine.intents, theirs.intents), (mine.capability, theirs.capability))
        for name in honest
    ]
    return sum(inside) / len(inside)


def _weight(cohort: Cohort, population: Population) -> float:
    """What the kinds of evidence that read a baseline say together, log10."""
    found = (kind.weigh(cohort, population, LinkSettings()) for kind in READERS)
    return math.fsum(piece.log10_bf for piece in found if piece is not None)


def customers(seeds: list[int], scale: float, settings: Settings, place: Path) -> list[Row]:
    """A row for each crowd that has cohorts of its own: how many of them are answered yes on content, and with what."""
    with seen("honest", PAST, scale, settings, place / "past") as past:
        crowds = sorted(set(past.crowd.tolist()) - {""})
        everybody = np.ones(len(past.crowd), bool)
        known, cleared = past.baseline(past.allowed.may), past.baseline(everybody)
        without = {crowd: past.baseline(past.allowed.may & (past.crowd != crowd)) for crowd in crowds}
    rows: dict[str, Row] = {}
    for world in _worlds("honest", seeds, scale, settings, place):
        for crowd in crowds:
            baselines = {"known": known, "cleared": cleared, "new": without[crowd]}
            populations = {name: world.population(baseline) for name, baseline in baselines.items()}
            for judged in world.cohorts_of(world.crowd == crowd):
                row = rows.setdefault(crowd, {"crowd": crowd, **dict.fromkeys(COUNTS, 0)})
                again = {name: _judged(judged, population) for name, population in populations.items()}
                row["cohorts"] += 1
                for name, judgement in {"scan": judged.judgement, **again}.items():
                    row[name] += judgement.questions["content"].answer == "yes"
                    row["accused"] += judgement.verdict == "campaign"
                yes = {name: again[name].questions["content"].answer == "yes" for name in again}
                row["turned"] += yes["new"] and not yes["known"]
    found = [rows[crowd] for crowd in sorted(rows)]
    total = {name: sum(row[name] for row in found) for name in COUNTS}
    return [_with_bounds(row) for row in [*found, {"crowd": "all", **total}]]


def _judged(judged: Judged, population: Population) -> Judgement:
    """The cohort anew, with what the kinds that read a baseline say beside it."""
    kept = [piece for piece in judged.tested.evidence if piece.kind not in {kind.KIND for kind in READERS}]
    cohort = judged.tested.cohort
    fresh = [piece for kind in READERS if (piece := kind.weigh(cohort, population, LinkSettings())) is not None]
    tested = replace(judged.tested, evidence=tuple(sorted([*kept, *fresh], key=lambda piece: piece.kind)))
    return judge(tested, population, CampaignSettings(), VerdictSettings())


def _with_bounds(row: Row) -> Row:
    return {**row, "bounds": {name: clopper_pearson(row[name], row["cohorts"]) for name in (*WAYS, "turned")}}


def whole_scans(seeds: list[int], scale: float, settings: Settings, place: Path) -> list[Row]:
    """A row for each share, and one for honest worlds: who is accused, without a baseline and with one of others."""
    with seen(contaminated(0.0, place), PAST, scale, settings, place / "past") as past:
        save(past.baseline(past.allowed.may), place / "demo.json")
    with seen("honest", PAST, scale, settings, place / "past") as past:
        save(past.baseline(past.allowed.may), place / "honest.json")
    worlds = [(f"demo, {share:.0%} hostile", contaminated(share, place), "demo.json") for share in SHARES[1:]]
    rows: list[Row] = []
    for name, scenario, kept in [*worlds, ("honest", "honest", "honest.json")]:
        link = settings.link.model_copy(update={"baseline": place / kept})
        for way, chosen in (("no baseline", settings), ("baseline", settings.model_copy(update={"link": link}))):
            counts = [_accused(world) for world in _worlds(scenario, seeds, scale, chosen, place)]
            rows.append({"worlds": name, "way": way, **{key: sum(c[key] for c in counts) for key in counts[0]}})
    return rows


def _accused(world: Seen) -> Row:
    accused = world.accused
    return {
        "hostile": int(world.hostile.sum()),
        "found": int((accused & world.hostile).sum()),
        "honest": int((~world.hostile).sum()),
        "wronged": int((accused & ~world.hostile).sum()),
        "campaigns": len(world.found.campaigns),
    }


def main() -> None:
    """Measure, and write figures and tables."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--scale", type=float, default=0.5, help="multiplies the size of every world")
    parser.add_argument("--seeds", type=int, nargs="+", default=[0, 1, 2, 3])
    parser.add_argument("--json", type=Path, default=DOCS / "content_baseline.json")
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        place = Path(folder)
        settings = judging_settings(None, place)
        figures = {
            "scale": asked.scale,
            "seeds": asked.seeds,
            "contamination": contamination(asked.seeds, asked.scale, settings, place),
            "scans": whole_scans(asked.seeds, asked.scale, settings, place),
            "customers": customers(asked.seeds, asked.scale, settings, place),
        }
    asked.json.write_text(json.dumps(figures) + "\n", "utf-8")
    if asked.json.parent == DOCS:
        write(figures, DOCS / "content.md", SECTIONS)


if __name__ == "__main__":
    main()
