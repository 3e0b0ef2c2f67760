"""Whether a world's tenants and tokens are like real ones, as the gauge prints it."""

from __future__ import annotations

from pathlib import Path

import pytest

from iolaus.evaluate.gauge import Reading, gauge
from iolaus.evaluate.gauge_tenants import of_servegen
from iolaus.simulate import simulate

PLAN = """
name = "tenants"
days = 7
[[crowd]]
kind = "saas"
accounts = 50
[[crowd]]
kind = "agent_tenants"
accounts = 25
[[crowd]]
kind = "individuals"
accounts = 120
"""


@pytest.fixture(scope="module")
def readings(tmp_path_factory: pytest.TempPathFactory) -> list[Reading]:
    place = tmp_path_factory.mktemp("marginals")
    (place / "tenants.toml").write_text(PLAN)
    return gauge(simulate(place / "tenants.toml", place / "w", seed=5).path).readings


def test_servegens_models_are_as_published() -> None:
    """ServeGen: the CV of gaps has a median of 1.3 to 1.6 by model, and one client is 14 to 52 % of the load."""
    found = of_servegen().values()
    assert min(one.cv_median for one in found) > 1.2 and max(one.cv_median for one in found) < 1.7
    assert min(one.top_share for one in found) > 0.13 and max(one.top_share for one in found) < 0.53


@pytest.mark.parametrize("name", ["cv_median", "cv_p90", "top_share", "active_share"])
def test_tenants_are_within_the_range_of_real_models(readings: list[Reading], name: str) -> None:
    found = next(r for r in readings if r.check == "tenants" and r.what == name)
    assert found.verdict == "holds", found


@pytest.mark.parametrize("side", ["input_tokens", "output_tokens"])
@pytest.mark.parametrize("what", ["p10", "p50", "p90", "tenants"])
def test_tokens_are_as_long_as_real_ones(readings: list[Reading], side: str, what: str) -> None:
    found = next(r for r in readings if r.check == "tokens" and r.what.startswith(side) and what in r.what)
    assert found.verdict == "holds", found


def test_too_few_tenants_are_not_measurable(tmp_path: Path) -> None:
    (tmp_path / "few.toml").write_text('name = "few"\ndays = 2\n[[crowd]]\nkind = "saas"\naccounts = 5\n')
    found = gauge(simulate(tmp_path / "few.toml", tmp_path / "w").path).readings
    assert {r.verdict for r in found if r.check == "tenants"} == {"not measurable"}
