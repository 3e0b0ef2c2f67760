"""Which worlds are judged by ``make judge`` (a sample), ``make alarms`` (honest ones) and ``make figures`` (all)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

RARE = str(Path(__file__).with_name("rare.toml"))
"""A world with fewer than 0.2 % hostile accounts."""

HONEST = "honest"
CALIBRATION = 1000
"""First seed of the honest worlds on which thresholds are learnt."""

SCENARIOS = tuple(f"S{number}" for number in range(1, 16) if number != 11)
"""Scenarios with campaigns; S11 is ``honest``."""

REPLAYED = ("S2", "S5", "S12")
"""Scenarios that the sample replays: the short ones."""


@dataclass(frozen=True)
class Task:
    """One world to make and judge. ``scenario`` is a shipped name or a file."""

    scenario: str
    seed: int
    replay: bool = False
    baselines: bool = True

    @property
    def name(self) -> str:
        """Names its files."""
        return f"{Path(self.scenario).stem}-{self.seed}"


def sample() -> list[Task]:
    """Every scenario once, three honest worlds (one replayed) beside three that calibrate, and the rare world."""
    scenarios = [Task(name, 0, name in REPLAYED) for name in SCENARIOS]
    return [
        *_honest(range(CALIBRATION, CALIBRATION + 3)),
        Task(HONEST, 0, True),
        *_honest(range(1, 3)),
        *scenarios,
        Task(RARE, 0),
    ]


def whole() -> list[Task]:
    """Twenty seeds of every scenario, three of them replayed, and a hundred honest worlds (twenty) beside a hundred."""
    scenarios = [Task(name, seed, seed < 3) for seed in range(20) for name in SCENARIOS]
    honest = [*_honest(range(CALIBRATION, CALIBRATION + 100)), *(Task(HONEST, seed, seed < 20) for seed in range(100))]
    return [*honest, *scenarios, *(Task(RARE, seed) for seed in range(5))]


def honest() -> list[Task]:
    """A hundred honest worlds for the scan alone: how often does it accuse somebody where there is nobody to accuse?"""
    return [Task(HONEST, seed, baselines=False) for seed in range(100)]


def _honest(seeds: Iterable[int]) -> list[Task]:
    return [Task(HONEST, seed) for seed in seeds]
