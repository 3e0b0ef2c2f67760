"""Adaptive steps of an operator: each is the base scenario with a few of its fields changed."""

from __future__ import annotations

import copy
import hashlib
import json
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

BASE = Path(__file__).with_name("evasion.toml")
"""The campaign that no step was taken for."""


@dataclass(frozen=True)
class Step:
    """One step. ``changes``: field of the base -> its value; a list on the way there stands for each of its items."""

    name: str
    means: str
    changes: Mapping[str, Any] = field(default_factory=dict)


_PARAPHRASE = {"campaign.templates.family": "wrapper_many", "campaign.templates.wordings": 0}
_NO_TEMPLATE = {"campaign.templates.family": "", "campaign.templates.wordings": 0}
_PADDING = {"campaign.mixing": 0.5}
_TOPIC_EACH = {"campaign.dealing": "topic_each"}
_HOURS = {"campaign.pacing": "lookalike"}
_UNIQUE = {
    "campaign.identity": {"shared_cards": 0.0, "shared_devices": 0.0, "burst_share": 0.0},
    "campaign.network": {},
}
_SLOWER = {"campaign.exchanges": 2520}

STEPS = (
    Step("base", "one wording of two templates, dealt at random by the operator's clock; shared addresses, few cards"),
    Step("paraphrase", "many thousand wordings around each item instead of a template", _PARAPHRASE),
    Step("no_template", "bare items without any wrapper", _NO_TEMPLATE),
    Step("padding", "for each exchange of the campaign one that is an unrelated customer's", _PADDING),
    Step("topic_shards", "the list is dealt in twelve shards of topics", {"campaign.dealing": "topic_shards"}),
    Step("topic_each", "each account asks about one topic of its own", _TOPIC_EACH),
    Step("sticky", "six items in a row go to one account", {"campaign.dealing": "sticky"}),
    Step("answers", "four answers are asked for to each item, by accounts at random", {"campaign.answers": 4}),
    Step("hours", "each account works in the sessions of the person it looks like, not by a queue's clock", _HOURS),
    Step("unique", "no shared card, device or address, no sign-ups together", _UNIQUE),
    Step("slower", "a quarter of the exchanges an account a day", _SLOWER),
    Step("smaller", "a quarter of the accounts at the same pace", {"campaign.accounts": 30, **_SLOWER}),
    Step("no_text", "all accounts on a pathway that retains no text", {"campaign.unretained": 1.0}),
    Step("paraphrase_unique", "paraphrase and unique", _PARAPHRASE | _UNIQUE),
    Step("paraphrase_hours", "paraphrase and hours", _PARAPHRASE | _HOURS),
    Step("hours_unique", "hours and unique", _HOURS | _UNIQUE),
    Step("cheap", "paraphrase, topic_each, hours and unique together", _PARAPHRASE | _TOPIC_EACH | _HOURS | _UNIQUE),
    Step(
        "all", "no_template, padding, topic_each, hours, unique, slower and smaller together",
        _NO_TEMPLATE | _PADDING | _TOPIC_EACH | _HOURS | _UNIQUE
        | {"campaign.accounts": 30, "campaign.exchanges": 630},
    ),
)  # fmt: skip
"""In the order of the table. ``all`` keeps its text: without any, nothing else that it does could be seen."""


def scenario_text(step: Step) -> str:
    """The base scenario as TOML with the step's fields changed."""
    plan = tomllib.loads(BASE.read_text("utf-8"))
    for path, value in step.changes.items():
        _change(plan, path.split("."), value)
    return "".join(f"{key} = {_toml(value)}\n" for key, value in plan.items())


def scenario_file(step: Step, folder: Path) -> Path:
    """Write the step's scenario into ``folder`` under a name that changes with its text, and return the file."""
    text = scenario_text(step)
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / f"{step.name}-{hashlib.blake2b(text.encode(), digest_size=4).hexdigest()}.toml"
    path.write_text(text, "utf-8")
    return path


def _change(place: Any, path: list[str], value: Any) -> None:
    if isinstance(place, list):
        for item in place:
            _change(item, path, value)
    elif len(path) == 1:
        place[path[0]] = copy.deepcopy(value)
    else:
        _change(place[path[0]], path[1:], value)


def _toml(value: Any) -> str:
    """A value on one line; TOML writes text and numbers as JSON does."""
    if isinstance(value, dict):
        return "{" + ", ".join(f"{key} = {_toml(each)}" for key, each in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ", ".join(map(_toml, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
