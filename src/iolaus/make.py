"""What keyed sketches were made with: those of another make cannot be compared with this deployment's."""

from __future__ import annotations

import re
from typing import NamedTuple

from iolaus.errors import InputError

VERSION = 2
"""Rises with every change of what the columns of a sketch mean."""

ALIKE = "alike"
"""Weights of a deployment that weighs every word the same."""

SETTINGS = ("least", "rate", "edge_words", "edge_rate")
"""Settings of the sketch that shape what is kept of a text."""

TOPIC_BYTES, SCORES_BYTES = 160, 64
"""Bytes of the columns ``topic`` and ``scores``."""

_ID, _NUMBER = "[0-9a-f]{16}", "[0-9.e-]{1,16}"
_FORM = re.compile(f"([0-9]{{1,4}}):({_ID}):({_NUMBER}(?:,{_NUMBER}){{3}}):({_ID}):({ALIKE}|{_ID})")


class Make(NamedTuple):
    """Version, id of the key, values of ``SETTINGS``, id of the content model, id of the weights of words."""

    version: int
    key_id: str
    settings: tuple[float, ...]
    model: str
    weights: str

    @property
    def text(self) -> str:
        """As it stands in the column ``sketch``."""
        settings = ",".join(f"{value:g}" for value in self.settings)
        return f"{self.version}:{self.key_id}:{settings}:{self.model}:{self.weights}"


def parse(text: str) -> Make | None:
    """What :attr:`Make.text` says; None for anything else."""
    found = _FORM.fullmatch(text)
    if found is None:
        return None
    try:
        settings = tuple(float(value) for value in found[3].split(","))
    except ValueError:
        return None
    return Make(int(found[1]), found[2], settings, found[4], found[5])


def refuse_unreadable(found: Make, key_id: str, place: str) -> None:
    """Raise InputError where a sketch has another version, or was made under another key: no hash of it agrees."""
    if found.version != VERSION:
        raise InputError(
            f"{place}: keyed sketches of version {found.version}; this one reads version {VERSION}."
            " Run 'iolaus sketch' and 'iolaus scan' of one version."
        )
    if found.key_id != key_id:
        raise InputError(
            f"{place}: sketched under key {found.key_id}, this deployment's is {key_id}."
            " Set sketch.key_file to the key that 'iolaus sketch' had."
        )


def refuse_other(found: Make, wanted: Make, place: str) -> None:
    """Raise InputError where a sketch was made with other settings, another content model or other weights."""
    refuse_unreadable(found, wanted.key_id, place)
    for name, had, has in zip(SETTINGS, found.settings, wanted.settings, strict=True):
        if had != has:
            raise InputError(
                f"{place}: sketched with sketch.{name} = {had:g}, here it is {has:g}."
                " Give both commands the same settings."
            )
    if found.model != wanted.model:
        raise InputError(
            f"{place}: sketched with content model {found.model}, here it is {wanted.model}."
            " Give both commands the same link.content_model, or one version."
        )
    if found.weights != wanted.weights:
        raise InputError(
            f"{place}: sketched with weights of words {found.weights}, here they are {wanted.weights}."
            " Set sketch.weights to the file that 'iolaus sketch' had; with --state, to that of the state."
        )
