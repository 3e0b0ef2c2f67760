from __future__ import annotations

from pathlib import Path

import pytest

from iolaus.errors import InputError
from iolaus.simulate import scenario, shipped
from simulate.conftest import MakeWorld

SMALL = """
name = "mine"
days = 2
[[crowd]]
kind = "individuals"
accounts = 20
[[campaign]]
id = "c"
accounts = 5
exchanges = 100
"""


@pytest.mark.parametrize("name", shipped())
def test_every_shipped_scenario_is_valid(name: str) -> None:
    made = scenario.load(name)
    assert made.name == name
    assert made.about


@pytest.mark.parametrize("name", [n for n in shipped() if n not in ("february", "june", "crowds2000")])
def test_every_scenario_makes_a_world(name: str, make_world: MakeWorld) -> None:
    world = make_world(name, 0.06)
    assert world.exchanges > 500
    assert (world.hostile > 0) == (name not in ("S11", "honest", "handfuls", "shared_work"))


@pytest.mark.parametrize("name", ["february", "june"])
def test_the_large_ones_have_the_reported_sizes(name: str) -> None:
    made = scenario.load(name)
    accounts = sum(c.accounts for c in made.campaign)
    exchanges = sum(c.exchanges for c in made.campaign)
    assert (accounts, exchanges, made.days) == {
        "february": (21_000, 16_550_000, 30),
        "june": (25_000, 28_800_000, 45),
    }[name]


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        (("accounts = 20", "acounts = 20"), r"mine.toml: unknown key 'crowd.0.acounts'. Did you mean 'accounts'"),
        (("days = 2", "days = 0"), r"mine.toml: days: .*greater than or equal to 1 \(found '0'\)"),
        (("exchanges = 100", "exchanges = -4"), r"mine.toml: campaign.0.exchanges: .*\(found '-4'\)"),
        (('"individuals"', '"individual"'), r"crowd.0.kind: unknown name 'individual'. Did you mean 'individuals'"),
        (('id = "c"', 'id = "c"\nlook_like = "develpers"'), r"look_like: unknown name 'develpers'. Did you mean 'dev"),
        (
            ("exchanges = 100", 'exchanges = 100\n[[campaign.apart]]\ncolumns = ["trees"]\nreason = "because of it"'),
            r"mine.toml: campaign.0.apart.0.columns: .*'trees' is no column. Name what sets the accounts apart",
        ),
        (('id = "c"', 'id = "c"\nlanguages = ["xx"]'), r"languages: unknown name 'xx'"),
        (('id = "c"', 'id = "c"\nhijacked = "saas"'), r"hijacked: unknown name 'saas'. Known: individuals"),
        (
            ("exchanges = 100", 'exchanges = 100\n[campaign.network]\nkind = "hom"'),
            r"campaign.0.network.kind: .*'home'",
        ),
        (("[[crowd]]", "[[crowd]"), r"mine.toml: is no TOML"),
        (("exchanges = 100", "exchanges = 100\n[campaign.network]\nshare = 0.5"), r"0.network.pool: is missing.*100"),
        (
            ("exchanges = 100", "exchanges = 100\n[campaign.bans]\nsuccessor_hours = [9, 2]"),
            r"0.bans.successor_hours: \[9, 2\] is no span.*shorter delay first",
        ),
        (
            ("exchanges = 100", "exchanges = 100\n[campaign.pivot]\nday = 5"),
            r"0.pivot.day: day 5 is outside the window",
        ),
        (("exchanges = 100", "exchanges = 100\nfrom_day = 3"), r"0.from_day: day 3 is not before the end, day 2"),
        (("exchanges = 100", "exchanges = 100\nlook_like = {chat = -1.0}"), r"0.look_like: weights must not be negat"),
        (("accounts = 5", "accounts = 5000000"), r"campaign.0.accounts: .*less than or equal to 100000"),
        (("days = 2", "days = 2\n[releases]\norion = 9"), r"releases.orion: day 9 is outside the window of 2 days"),
    ],
)
def test_a_wrong_file_is_answered_in_one_line(wrong: tuple[str, str], right: str, tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SMALL.replace(*wrong, 1))
    with pytest.raises(InputError, match=right) as caught:
        scenario.load(path)
    assert "\n" not in str(caught.value)


def test_an_unknown_scenario_names_the_closest() -> None:
    with pytest.raises(InputError, match="Did you mean 'honest'"):
        scenario.load("honst")


def test_two_campaigns_of_one_id_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(SMALL + '\n[[campaign]]\nid = "c"\naccounts = 5\nexchanges = 9\n')
    with pytest.raises(InputError, match="two campaigns have one id"):
        scenario.load(path)
