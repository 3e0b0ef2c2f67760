"""From conversations to exchanges: when each turn is asked, and the order of them all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit, uint64

from iolaus.simulate.accounts import Columns
from iolaus.simulate.apps import APPS
from iolaus.simulate.draws import mix, mix_one
from iolaus.simulate.ground import SECOND, Ground, Ints

LEAST_GAP = 2.0
"""Seconds between the turns of a conversation, at least."""

FAILURES = ((200, 0.985), (400, 0.004), (429, 0.006), (500, 0.003), (529, 0.002))
"""Status and its share; the first is no failure, the second is not worth a retry, the last is an outage's."""

DOWN = 0.93
"""Share of requests that fail in an outage."""

RETRIES = 2
_WORTH = FAILURES[0][1] + FAILURES[1][1]


@dataclass(frozen=True)
class Timeline:
    """Exchanges in order of time: each is a turn of a conversation."""

    ts: Ints
    talk: npt.NDArray[np.int32]
    turn: npt.NDArray[np.int16]
    attempt: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.ts)


def timeline(ground: Ground, accounts: Columns, talks: Columns) -> Timeline:
    """Expand conversations to their turns, with retries of what failed, and sort them.

    What falls outside the window or a ban is left out.
    """
    gap = np.array([app.gap for app in APPS])[talks["app"]]
    ends = accounts["suspended"][talks["account"]].astype(np.int64)
    ends = np.where((ends < 0) | (ends > ground.shown), ground.shown, ends)
    total = int(talks["turns"].sum())
    room = total + total // 8 + 1_000
    ts = np.empty(room, np.int64)
    talk = np.empty(room, np.int32)
    turn = np.empty(room, np.int16)
    attempt = np.empty(room, np.int8)
    again = np.array([app.again.share for app in APPS])[talks["app"]]
    kept = _expand(
        talks["start"], talks["turns"], talks["item"], gap, again, ends, ground.seed, *ground.outage, total,
        ts, talk, turn, attempt,
    )  # fmt: skip
    del gap, again, ends
    order = np.argsort(ts[:kept], kind="stable")
    # One column after the other: a large world has no room for all of them twice.
    ts = ts[order]
    talk = talk[order]
    turn = turn[order]
    attempt = attempt[order]
    return Timeline(ts, talk, turn, attempt)


def drawn(talk: Ints, turn: Ints, attempt: Ints, seed: int) -> npt.NDArray[np.uint64]:
    """The draw on which all of an exchange rests; it has one for each attempt."""
    return mix(talk * 64 + turn + (attempt << 40), seed + 17)


@njit(cache=True)
def _expand(  # type: ignore[no-untyped-def]
    start, turns, item, gap, again, ends, seed, down, up, total, ts, talk, turn, attempt
):
    kept, more = 0, len(ts) - total
    for row in range(len(start)):
        now = float(start[row])
        for step in range(turns[row]):
            if step:
                state = mix_one(item[row], uint64(step * 2 + 700_001))
                near = (
                    float(state >> uint64(40)) * 2.0**-24 + float((state >> uint64(16)) & uint64(0xFFFFFF)) * 2.0**-24
                )
                now += (LEAST_GAP + gap[row] * np.exp((near - 1.0) * 2.4)) * SECOND
            for time in range(RETRIES + 1):
                if now >= ends[row]:
                    break
                ts[kept], talk[kept], turn[kept], attempt[kept] = int(now), row, step, time
                kept += 1
                draw = mix_one(uint64(row * 64 + step + (time << 40)), uint64(seed + 17))
                fails = _share(draw, 94) >= _WORTH or (down <= now < up and _share(draw, 90) < DOWN)
                if not fails or more == 0 or _share(draw, 89) >= again[row]:
                    break
                more -= 1
                now += (1.0 + 2.0**time * (0.5 + 3.0 * _share(draw, 85))) * SECOND
            if now >= ends[row]:
                break
    return kept


@njit(cache=True, inline="always")
def _share(draw, salt):  # type: ignore[no-untyped-def]
    """As ``draws.unit``."""
    return float(mix_one(draw, uint64(salt)) >> uint64(11)) * 2.0**-53
