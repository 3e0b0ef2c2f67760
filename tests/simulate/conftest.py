"""Small worlds, each made once a session."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from iolaus.simulate import World, simulate

MakeWorld = Callable[..., World]


@pytest.fixture(scope="session")
def make_world(tmp_path_factory: pytest.TempPathFactory) -> MakeWorld:
    held: dict[tuple[str, float, int], World] = {}

    def make(scenario: str | Path, scale: float = 1.0, seed: int = 0) -> World:
        key = (str(scenario), scale, seed)
        if key not in held:
            held[key] = simulate(scenario, tmp_path_factory.mktemp("world") / "w", scale=scale, seed=seed)
        return held[key]

    return make


@pytest.fixture
def demo(make_world: MakeWorld) -> World:
    return make_world("demo")
