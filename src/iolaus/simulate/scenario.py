"""Scenario files: which crowds and campaigns a world holds, for how many days."""

from __future__ import annotations

import tomllib
from importlib import resources
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from iolaus.errors import InputError
from iolaus.simulate.crowds import crowds
from iolaus.simulate.lexicon import lexicon
from iolaus.simulate.possible import check_sizes
from iolaus.tables import closest

Dealing = Literal["random", "round_robin", "modulo", "sticky", "topic_shards", "topic_each"]
Pacing = Literal["lookalike", "queue", "synchronised", "paced"]
Share = Field(0.0, ge=0, le=1)


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Crowd(_Part):
    """One honest crowd: ``kind`` names its generator."""

    kind: str = Field(description="generator, one of docs/worlds.md")
    accounts: int = Field(ge=1, le=2_000_000, description="accounts at scale 1")
    groups: int = Field(1, ge=1, le=10_000, description="independent groups of that many accounts each")


class Template(_Part):
    """Part of a campaign's work: what is asked, in which words, for how much of it."""

    items: str = Field("maths", description="lexicon group of the work-list's items")
    more: str = Field("", description="lexicon group of later turns; empty takes one that fits the items")
    family: str = Field("", description="template family, or empty for none")
    wordings: int = Field(0, ge=0, description="paraphrases used; 0 takes all")
    share: float = Field(1.0, gt=0, le=1, description="share of the campaign's conversations")
    turns: float = Field(0.0, ge=0, le=60, description="mean turns of a conversation; 0 takes the look-alike's")
    from_day: float = Field(0, ge=0, description="first day of this phase")
    to_day: float = Field(10_000, ge=0, description="last day of this phase")
    strings: float = Field(0.0, ge=0, le=1, description="share with a string aimed at classifiers")
    replay: float = Field(0.0, ge=0, le=1, description="share that replays signed reasoning")


class Identity(_Part):
    """What the operator's accounts share."""

    shared_cards: float = Field(0.1, ge=0, le=1, description="share of accounts whose card others use too")
    card_group: int = Field(3, ge=2, description="accounts that one shared card pays for")
    shared_devices: float = Field(0.05, ge=0, le=1, description="share that signed up on a shared device")
    shared_referral: float = Field(0.0, ge=0, le=1, description="share that used vouchers which four others use too")
    burst_share: float = Field(0.15, ge=0, le=1, description="share signed up in bursts of an hour or two")
    bursts: int = Field(10, ge=1, description="number of bursts")
    aged_days: float = Field(0, ge=0, description="least age of an account; 0 takes the look-alike's ages")


class Network(_Part):
    """Where the operator's requests come from."""

    pool: int = Field(0, ge=0, description="addresses in the shared rotating pool; 0: each account has its own")
    kind: Literal["home", "mobile", "office", "cloud", "vpn"] = Field("home", description="kind of the pool")
    share: float = Field(0.5, ge=0, le=1, description="share of accounts on the pool")
    lease_hours: int = Field(
        0, ge=0, description="hours for which an account keeps an address of it; 0 takes the look-alike's habit"
    )


class Bans(_Part):
    """Scripted enforcement, and what the operator does next."""

    share: float = Field(0.0, ge=0, le=1, description="share of accounts banned in the window")
    from_day: float = Field(1, ge=0, description="first day of bans")
    waves: int = Field(3, ge=1, description="waves of bans")
    rounds: int = Field(1, ge=1, le=5, description="how often a successor is banned in turn")
    successor_hours: tuple[float, float] = Field((24, 72), description="delay until a successor works")
    reserve: float = Field(
        0.6, ge=0, le=1, description="share of successors that were signed up long before and kept in reserve"
    )


class Pivot(_Part):
    """Part of the traffic moves to a new model."""

    day: float = Field(ge=0, description="when the model is released")
    share: float = Field(0.5, ge=0, le=1, description="share of the campaign that moves within 24 hours")


class Apart(_Part):
    """Where the campaign's accounts stand apart by design: the gauge reads these columns, and does not fail them."""

    columns: list[str] = Field(
        min_length=1,
        description="columns of the gauge or patterns of them, or `volume`, or `program`: all that follow from it",
    )
    reason: str = Field(min_length=10, description="why, in words")
    everyone: bool = Field(True, description="also against the look-alike crowd, not only against all honest accounts")

    @field_validator("columns")
    @classmethod
    def _only_columns(cls, columns: list[str]) -> list[str]:
        if "trees" in columns:
            raise ValueError("'trees' is no column. Name what sets the accounts apart, and the trees do without it")
        return columns


class Campaign(_Part):
    """One campaign, composed of mechanisms."""

    id: str = Field(description="campaign id in truth")
    look_like: str | dict[str, float] = Field(
        "developers", description="look-alike that every single field is drawn from, or several by weight"
    )
    accounts: int = Field(ge=1, le=100_000, description="accounts at any one time, at scale 1")
    exchanges: int = Field(
        ge=1, le=100_000_000, description="exchanges of the campaign at scale 1; customers' come on top"
    )
    templates: list[Template] = Field(default_factory=lambda: [Template()], description="what is asked, and how")
    languages: list[str] = Field(default_factory=list, description="languages of the items, evenly; empty: English")
    dealing: Dealing = Field("random", description="how items are dealt to accounts")
    pacing: Pacing = Field("lookalike", description="when requests are sent")
    answers: int = Field(
        1, ge=1, le=100, description="answers that are asked for to each item, by accounts that the dealing takes"
    )
    moved_retries: float = Field(0.0, ge=0, le=0.5, description="share of items asked again by another account")
    handed: float = Field(0.0, ge=0, le=1, description="share of conversations that go on in another account")
    replayed: int = Field(
        1, ge=1, le=100, description="conversations in which one signed reasoning is replayed, whoever holds them"
    )
    mixing: float = Field(
        0.0,
        ge=0,
        le=1,
        description="share of the accounts' traffic that is honest customers'; at 1 the exchanges are theirs",
    )
    hijacked: str = Field("", description="honest crowd whose keys are used, or empty")
    copies: str = Field(
        "",
        description="honest crowd whose programs and system prompts its accounts take, and in whose /24s its pool lies",
    )
    identity: Identity = Field(default_factory=Identity, description="what accounts share")
    network: Network = Field(default_factory=Network, description="where requests come from")
    bans: Bans = Field(default_factory=Bans, description="bans with successors")
    pivot: Pivot | None = Field(None, description="move to a new model")
    unretained: float = Field(0.0, ge=0, le=1, description="share of accounts without retained text")
    apps: dict[str, float] = Field(default_factory=dict, description="programs by weight, instead of the look-alike's")
    from_day: float = Field(0, ge=0, description="first day of work")
    to_day: float = Field(10_000, ge=0, description="last day of work")
    honest_before: bool = Field(
        False, description="whether its accounts do what their look-alikes do until the first day of work"
    )
    apart: list[Apart] = Field(default_factory=list, description="columns in which its accounts stand apart by design")

    @property
    def look_alikes(self) -> dict[str, float]:
        """Weights of its look-alikes, which add up to 1."""
        given = {self.look_like: 1.0} if isinstance(self.look_like, str) else self.look_like
        whole = sum(given.values()) or 1.0
        return {name: weight / whole for name, weight in given.items()}


class Enforcement(_Part):
    """Who bans: the scripts of the campaigns, or the verdicts of a judge (``iolaus.simulate.enforced``)."""

    mode: Literal["scripted", "verdicts"] = Field("scripted", description="scripted bans, or a judge's verdicts")
    every_days: float = Field(1.0, ge=0.25, description="days between two verdicts")


class Scenario(_Part):
    """A world to be."""

    name: str = Field(description="what it is called")
    about: str = Field("", description="one sentence")
    start: str = Field("2026-03-02", description="first day, UTC")
    days: int = Field(ge=1, le=120, description="length of the window")
    releases: dict[str, float] = Field(default_factory=dict, description="model -> day of its release")
    beside: str = Field("", description="shipped scenario whose crowds this world has too")
    crowd: list[Crowd] = Field(default_factory=list, description="honest crowds")
    campaign: list[Campaign] = Field(default_factory=list, description="campaigns")
    enforcement: Enforcement = Field(default_factory=Enforcement, description="who bans, and how often")


def shipped() -> list[str]:
    """Names of the scenarios that come with the package."""
    folder = resources.files("iolaus.simulate") / "scenarios"
    return sorted(entry.name.removesuffix(".toml") for entry in folder.iterdir() if entry.name.endswith(".toml"))


def load(scenario: str | Path) -> Scenario:
    """A scenario by name or from a TOML file.

    Raises InputError with one line that says where, what, and the nearest right name.
    """
    place, text = _read(scenario)
    try:
        written = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        raise InputError(f"{place}: is no TOML ({error}). Mend the file, then run again.") from None
    try:
        made = Scenario.model_validate(written)
    except ValidationError as error:
        raise InputError(_complaint(place, error)) from None
    if made.beside:
        _known(place, "beside", made.beside, shipped())
        made = made.model_copy(update={"crowd": [*load(made.beside).crowd, *made.crowd]})
    _check_names(place, made)
    check_sizes(place, made)
    return made


def _read(scenario: str | Path) -> tuple[str, str]:
    if str(scenario) in shipped():
        return f"{scenario}.toml", (resources.files("iolaus.simulate") / "scenarios" / f"{scenario}.toml").read_text(
            "utf-8"
        )
    path = Path(scenario)
    if not path.is_file():
        near = closest(str(scenario), shipped())
        raise InputError(f"{scenario}: no such scenario or file.{near} Shipped: {', '.join(shipped())}.")
    try:
        return str(scenario), path.read_text("utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise InputError(f"{scenario}: cannot be read ({type(error).__name__}). Give a TOML file in UTF-8.") from None


def _complaint(place: str, error: ValidationError) -> str:
    found = error.errors()
    first = next((one for one in found if one["type"] == "extra_forbidden"), found[0])
    where = ".".join(str(part) for part in first["loc"])
    if first["type"] != "extra_forbidden":
        given = "" if first["type"] == "missing" else f" (found {str(first['input'])[:40]!r})"
        return f"{place}: {where}: {first['msg']}{given}. See docs/worlds.md."
    model: Any = Scenario
    for part in first["loc"][:-1]:
        if isinstance(part, str):
            model = _PARTS[part]
    return f"{place}: unknown key '{where}'.{closest(str(first['loc'][-1]), model.model_fields)} See docs/worlds.md."


_PARTS: dict[str, type[_Part]] = {
    "crowd": Crowd, "campaign": Campaign, "templates": Template, "identity": Identity, "network": Network,
    "bans": Bans, "pivot": Pivot, "apart": Apart, "enforcement": Enforcement,
}  # fmt: skip


def _check_names(place: str, made: Scenario) -> None:
    from iolaus.simulate.apps import NUMBER
    from iolaus.simulate.lookalikes import LOOKALIKES

    words = lexicon()
    languages = [name.removeprefix("ask_") for name in words.groups if name.startswith("ask_") and len(name) == 6]
    for n, crowd in enumerate(made.crowd):
        _known(place, f"crowd.{n}.kind", crowd.kind, list(crowds()))
    for n, campaign in enumerate(made.campaign):
        for name in campaign.look_alikes:
            _known(place, f"campaign.{n}.look_like", name, list(LOOKALIKES))
        for key, kind in (("hijacked", campaign.hijacked), ("copies", campaign.copies)):
            if kind:
                _known(place, f"campaign.{n}.{key}", kind, [c.kind for c in made.crowd])
        for app in campaign.apps:
            _known(place, f"campaign.{n}.apps", app, list(NUMBER))
        for language in campaign.languages:
            _known(place, f"campaign.{n}.languages", language, ["en", *languages])
        for m, template in enumerate(campaign.templates):
            _known(place, f"campaign.{n}.templates.{m}.items", template.items, list(words.groups))
            _known(place, f"campaign.{n}.templates.{m}.more", template.more or "step", list(words.groups))
            if template.family and template.family not in words.groups:
                _known(place, f"campaign.{n}.templates.{m}.family", template.family, list(words.families))
    ids = [campaign.id for campaign in made.campaign]
    if len(set(ids)) < len(ids):
        raise InputError(f"{place}: campaign.id: two campaigns have one id. Give each its own.")
    if not made.crowd and not made.campaign:
        raise InputError(f"{place}: crowd: the world is empty. Add a [[crowd]] or a [[campaign]].")


def _known(place: str, where: str, name: str, known: list[str]) -> None:
    if name not in known:
        near = closest(name, known) or f" Known: {', '.join(sorted(known)[:24])}."
        raise InputError(f"{place}: {where}: unknown name '{name}'.{near}")
