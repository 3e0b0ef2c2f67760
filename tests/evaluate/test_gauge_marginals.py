"""Whether a world's tenants and tokens are like real ones, as the gauge prints it."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from iolaus.evaluate.gauge import Reading, gauge
from iolaus.evaluate.gauge_tenants import Tenants, figures, holds, of_servegen, range_of
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
    assert len(found) == 5 and min(len(one) for one in found) == 35
    (low, high), (least, most) = range_of("cv_median"), range_of("top_share")
    assert low > 1.2 and high < 1.7
    assert least > 0.13 and most < 0.53


@pytest.mark.parametrize(("burstiness", "wrong"), [(1.0, {"cv_median", "cv_p90"}), (6.0, {"cv_median"})])
def test_few_tenants_fail_where_they_are_plainly_unreal(burstiness: float, wrong: set[str]) -> None:
    """Tenants that ask at random (CV 1), or all in bursts, are told apart from real ones even where they are 15."""
    rng = np.random.default_rng(1)
    made = Tenants(burstiness * rng.uniform(0.9, 1.1, 15), np.r_[14.0, np.ones(14) * 2], np.full(15, 0.6))
    assert {one.what for one in figures(made) if not holds(one)} == wrong | {"active_share"}


@pytest.mark.parametrize("model", sorted(of_servegen()))
def test_a_few_tenants_of_a_real_model_are_real(model: str) -> None:
    """Figures of 26 tenants drawn from a model often lie outside the range of the five; their intervals seldom do."""
    whole, rng, runs = of_servegen()[model], np.random.default_rng(2), 60
    outside = missed = 0
    for _ in range(runs):
        some = rng.integers(0, len(whole), 26)
        for one in figures(Tenants(whole.cv[some], whole.uses[some], whole.active[some])):
            if one.what in ("cv_median", "cv_p90"):
                low, high = range_of(one.what)
                outside += not low <= one.value <= high
                missed += not holds(one)
    assert outside > 0.3 * 2 * runs
    assert missed < 0.1 * 2 * runs


@pytest.mark.parametrize("name", ["cv_median", "cv_p90", "top_share", "active_share"])
def test_tenants_are_within_the_range_of_real_models(readings: list[Reading], name: str) -> None:
    found = next(r for r in readings if r.check == "tenants" and r.what.split()[0] == name)
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
