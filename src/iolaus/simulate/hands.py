"""Conversations that go on in another account: later turns, and what failed, are asked by the next key.

Whoever works through many keys moves when one is limited, failing or banned; some pick a key for each request. Honest
people move too: to their second account, or to a friend or a colleague whom they sent the conversation.
"""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iolaus.simulate.accounts import Columns
from iolaus.simulate.draws import mix, unit
from iolaus.simulate.ground import SECOND, Ground, Ints
from iolaus.simulate.sizes import failed
from iolaus.simulate.timeline import Timeline, drawn
from iolaus.simulate.traffic import Population, keep

SWITCH = (3.0, 55.0)
"""Seconds until a request that failed is asked with another key: between these."""


def move(ground: Ground, population: Population, line: Timeline) -> tuple[Population, Timeline]:
    """The same world, in which conversations that have a ``next`` account go on there.

    Turns from a drawn one on are asked by the next account; so is, once more, a request that failed before it and that
    nobody tried again. Of conversations with a ``skip`` only the turns from there on are asked: they go on from a link.
    Where there is neither nothing changes.
    """
    talks = population.talks
    moving = np.flatnonzero(talks["next"] >= 0)
    if not len(moving) and not talks["skip"].any():
        return population, line
    other = keep(talks, moving)
    other["account"], other["next"] = other["next"], np.full(len(moving), -1, other["next"].dtype)
    there = np.full(len(talks["start"]), -1)
    there[moving] = len(talks["start"]) + np.arange(len(moving))
    turns = talks["turns"].astype(np.int64)
    from_turn = 1 + (unit(mix(talks["item"], 811), 3) * np.maximum(turns - 1, 1)).astype(np.int64)
    talk, turn = line.talk.astype(np.int64), line.turn.astype(np.int64)
    later = (there[talk] >= 0) & (turn >= from_turn[talk])
    moved = np.where(later, there[talk], talk)
    again = _given_up(ground, line, talk, (there[talk] >= 0) & ~later)
    low, high = SWITCH
    late = (low + (high - low) * unit(mix(talk[again] * 64 + turn[again], 812), 4)) * SECOND
    ts = np.concatenate([line.ts, line.ts[again] + late.astype(np.int64)])
    whole = {name: np.concatenate([values, other[name]]) for name, values in talks.items()}
    found = Timeline(
        ts,
        np.concatenate([moved, there[talk[again]]]).astype(line.talk.dtype),
        np.concatenate([line.turn, line.turn[again]]),
        np.concatenate([line.attempt, np.zeros(len(again), line.attempt.dtype)]),
    )
    return replace(population, talks=whole), _shown(ground, population, whole, found)


def _shown(ground: Ground, population: Population, talks: Columns, line: Timeline) -> Timeline:
    """Exchanges of the window, while their account is open, from the turn on at which it joined; in order of time."""
    ends = population.accounts["suspended"][talks["account"]].astype(np.int64)
    ends = np.where((ends < 0) | (ends > ground.shown), ground.shown, ends)
    kept = np.flatnonzero((line.ts < ends[line.talk]) & (line.turn >= talks["skip"][line.talk]))
    order = kept[np.argsort(line.ts[kept], kind="stable")]
    return Timeline(line.ts[order], line.talk[order], line.turn[order], line.attempt[order])


def _given_up(ground: Ground, line: Timeline, talk: Ints, able: np.ndarray) -> Ints:
    """Rows of failures that nobody tried again in the account in which they failed."""
    rows = np.flatnonzero(able)
    draw = drawn(talk[rows], line.turn[rows].astype(np.int64), line.attempt[rows].astype(np.int64), ground.seed)
    rows = rows[failed(ground, draw, line.ts[rows]) > 1]
    tries = talk * 256 + line.turn.astype(np.int64) * 4 + line.attempt
    known = np.sort(tries[able])
    following = np.searchsorted(known, tries[rows] + 1)
    last = (following == len(known)) | (known[np.minimum(following, len(known) - 1)] != tries[rows] + 1)
    found: Ints = rows[last]
    return found
