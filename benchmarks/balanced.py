"""The shipped scenario ``february`` with as much honest traffic as its campaigns make: 33 million exchanges in all."""

from __future__ import annotations

import re
from importlib import resources
from pathlib import Path

from benchmarks.child import checked
from benchmarks.child import simulate as simulate_command

SCENARIO = "february"

HONEST = 0.573
"""Share of the scenario's crowds at which they make as many exchanges as its campaigns."""


def make(world: Path, scale: float, seed: int = 3) -> None:
    """Simulate the world at a scale; its scenario file is written beside it."""
    plan = world.with_suffix(".toml")
    plan.write_text(balanced(_shipped()), "utf-8")
    checked(simulate_command(plan, "--scale", scale, "--seed", seed, "--out", world))


def balanced(scenario: str) -> str:
    """The text of a scenario with :data:`HONEST` of each crowd: of its groups where it has some."""
    return "".join(_smaller(part) for part in re.split(r"(?=^\[\[)", scenario, flags=re.MULTILINE))


def _smaller(part: str) -> str:
    if not part.startswith("[[crowd]]"):
        return part
    counted = "groups" if "groups" in part else "accounts"
    return re.sub(
        rf"^{counted} = (\d+)", lambda found: f"{counted} = {max(1, round(int(found[1]) * HONEST))}", part, flags=re.M
    )


def _shipped() -> str:
    return (resources.files("iolaus.simulate") / "scenarios" / f"{SCENARIO}.toml").read_text("utf-8")
