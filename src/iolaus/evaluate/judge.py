"""``make judge``, ``alarms`` and ``figures``: make worlds, judge each, pool them, write the figures that docs quote.

    python -m iolaus.evaluate.judge sample|honest|whole [--only NAME ...] [--work DIR] [--workers N] [--record DOCS]

Each world is removed when its sheet is written, so that a hundred of them fit on a disk. A rerun takes up what
was judged by the same code; ``--record`` writes DOCS/figures.json and the tables of DOCS/evaluate.md.
"""

from __future__ import annotations

import argparse
import shutil
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from multiprocessing import get_context
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console

from iolaus.evaluate.evaluation import Evaluation, assess
from iolaus.evaluate.page import write_page
from iolaus.evaluate.rounds import Task, honest, sample, whole
from iolaus.evaluate.run import gather, judge_world
from iolaus.evaluate.scanning import code_digest, judging_settings, settings_digest
from iolaus.evaluate.table import show, tables
from iolaus.evaluate.worlds import open_world
from iolaus.quoted import quote_in, table
from iolaus.settings import Settings
from iolaus.simulate import simulate
from iolaus.workspace import write_atomically

ROUNDS = {"sample": sample, "honest": honest, "whole": whole}
SECTIONS = {"honest": "honest"}
"""Section of the figures that a round writes; the others write 'judge'."""

HONEST_TABLES = ("Accounts", "Honest accused", "Verdicts of tested cohorts", "False campaigns in honest worlds")
"""What the page shows of honest worlds; all else needs campaigns."""


def main(arguments: list[str] | None = None) -> int:
    """Judge a round of worlds; returns 1 where a world could not be judged."""
    parser = argparse.ArgumentParser(prog="python -m iolaus.evaluate.judge", description=__doc__.splitlines()[0])
    parser.add_argument("round", choices=sorted(ROUNDS), help="which worlds")
    parser.add_argument("--only", nargs="+", metavar="NAME", help="scenarios or worlds (S2, honest-1000) of the round")
    parser.add_argument("--work", type=Path, default=Path("build/judge"), help="where judged worlds are kept")
    parser.add_argument("--first", type=_positive, metavar="N", help="only the first N of them")
    parser.add_argument("--workers", type=int, default=2, help="worlds that are judged at once")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the worlds")
    parser.add_argument("--record", type=Path, metavar="DOCS", help="folder of figures.json and evaluate.md")
    asked = parser.parse_args(arguments)
    tasks = [task for task in ROUNDS[asked.round]() if asked.only is None or _named(task, asked.only)][: asked.first]
    if not tasks:
        parser.error(f"no world of the round is named {' or '.join(asked.only)}")
    console = Console(highlight=False, width=None if sys.stdout.isatty() else 132)
    judged, failed = judge_tasks(tasks, asked.work, asked.workers, asked.scale, console)
    if places := [judged[task.name] for task in tasks if task.name in judged]:
        settings = judging_settings(None, asked.work)
        found = assess(*gather(places), settings.verdict.accuse_probability)
        show(found, console)
        write_atomically(asked.work / "figures.json", _json(found))
        write_page(found, asked.work / "evaluation.html")
        console.print(f"Page: {asked.work / 'evaluation.html'}", soft_wrap=True)
        if asked.record is not None:
            record(found, asked.record, _command(asked, len(places)), SECTIONS.get(asked.round, "judge"))
    for name in failed:
        console.print(f"not judged: {name}", soft_wrap=True)
    return 1 if failed else 0


def _positive(text: str) -> int:
    if not text.isdigit() or int(text) == 0:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 1 up")
    return int(text)


def _named(task: Task, names: Sequence[str]) -> bool:
    return task.name in names or Path(task.scenario).stem in names


def _command(asked: argparse.Namespace, worlds: int) -> dict[str, Any]:
    """How the figures can be made again."""
    parts = ["python -m iolaus.evaluate.judge", asked.round]
    parts += ["--only", *asked.only] if asked.only else []
    parts += ["--first", f"{asked.first}"] if asked.first is not None else []
    parts += ["--scale", f"{asked.scale:g}"] if asked.scale != 1 else []
    return {"command": " ".join(parts), "worlds": worlds}


def judge_tasks(
    tasks: Sequence[Task], work: Path, workers: int, scale: float, console: Console
) -> tuple[dict[str, Path], list[str]]:
    """Folder of each judged world by the task's name, and what could not be judged with its reason."""
    places: dict[str, Path] = {}
    failed: list[str] = []
    judging_settings(None, work)
    began = time.monotonic()
    with ProcessPoolExecutor(workers, mp_context=get_context("spawn")) as pool:
        running = {pool.submit(judge_task, task, work, scale): task for task in tasks}
        for number, done in enumerate(as_completed(running), 1):
            task = running[done]
            error = done.exception()
            if error is None:
                places[task.name] = done.result()
            else:
                failed.append(f"{task.name}: {error}")
            minutes = (time.monotonic() - began) / 60
            console.print(f"{number} of {len(tasks)}: {task.name}, {minutes:.1f} minutes", style="dim")
    return places, failed


def judge_task(task: Task, work: Path, scale: float) -> Path:
    """Make and judge one world unless the same code did; returns the folder of its sheet."""
    settings = _one_thread(judging_settings(None, work))
    digest = f"{settings_digest(settings)}{code_digest(('simulate',))}"
    kind = f"{'-replay' if task.replay else ''}{'' if task.baselines else '-alone'}"
    marker = work / "done" / f"{task.name}-{scale:g}-{digest}{kind}"
    if marker.exists():
        return work / marker.read_text("utf-8")
    world = work / "worlds" / f"{task.name}-{scale:g}"
    shutil.rmtree(world, ignore_errors=True)  # A killed run leaves half of it, which nothing goes on from.
    try:
        simulate(task.scenario, world, scale, task.seed)
        place = judge_world(open_world(world), settings, work, None, task.replay, task.baselines)
    finally:
        shutil.rmtree(world, ignore_errors=True)
    shutil.rmtree(place / "results", ignore_errors=True)
    write_atomically(marker, place.relative_to(work).as_posix().encode())
    return place


def _one_thread(settings: Settings) -> Settings:
    """Worlds are judged side by side; the number of threads changes no result."""
    return settings.model_copy(update={"engine": settings.engine.model_copy(update={"threads": 1})})


def _json(content: object) -> bytes:
    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def record(found: Evaluation, docs: Path, how: dict[str, Any], section: str = "judge") -> None:
    """Write the figures into ``docs``/figures.json under their section, and its tables into ``docs``/evaluate.md."""
    path, page = docs / "figures.json", docs / "evaluate.md"
    kept: dict[str, Any] = msgspec.json.decode(path.read_bytes()) if path.exists() else {}
    kept[section] = how | {"evaluation": msgspec.to_builtins(found)}
    write_atomically(path, _json(kept))
    body = _honest_tables(found, how) if section == "honest" else markdown(found, how)
    quote_in(page, section, body)


def markdown(found: Evaluation, how: dict[str, Any]) -> str:
    """The weakest results and every table, as Markdown."""
    weakest = ["### Weakest results", "\n".join(f"- {sentence}" for sentence in found.weakest)]
    return "\n\n".join([_made_by(how), *weakest, *_tables(found)])


def _honest_tables(found: Evaluation, how: dict[str, Any]) -> str:
    return "\n\n".join([_made_by(how), *_tables(found, HONEST_TABLES)])


def _made_by(how: dict[str, Any]) -> str:
    return f"Made by `{how['command']}` over {how['worlds']} worlds; the same figures stand in figures.json."


def _tables(found: Evaluation, titles: Sequence[str] | None = None) -> list[str]:
    """Title and rows of every table that has rows, or of those that are named."""
    parts = []
    for title, header, rows in tables(found):
        held = list(rows)
        if held and (titles is None or title in titles):
            parts += [f"### {title}", table(header, held)]
    return parts


if __name__ == "__main__":
    sys.exit(main())
