"""From conversations to exchanges: when each turn is asked, and the order of them all."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit, uint64

from iolaus.simulate.accounts import Columns
from iolaus.simulate.apps import APPS
from iolaus.simulate.draws import mix_one
from iolaus.simulate.ground import SECOND, Ground, Ints

LEAST_GAP = 2.0
"""Seconds between the turns of a conversation, at least."""


@dataclass(frozen=True)
class Timeline:
    """Exchanges in order of time: each is a turn of a conversation."""

    ts: Ints
    talk: npt.NDArray[np.int32]
    turn: npt.NDArray[np.int16]

    def __len__(self) -> int:
        return len(self.ts)


def timeline(ground: Ground, accounts: Columns, talks: Columns) -> Timeline:
    """Expand conversations to their turns and sort them; what falls outside the window or a ban is left out."""
    gap = np.array([app.gap for app in APPS])[talks["app"]]
    ends = accounts["suspended"][talks["account"]].astype(np.int64)
    ends = np.where((ends < 0) | (ends > ground.shown), ground.shown, ends)
    total = int(talks["turns"].sum())
    ts = np.empty(total, np.int64)
    talk = np.empty(total, np.int32)
    turn = np.empty(total, np.int16)
    kept = _expand(talks["start"], talks["turns"], talks["item"], gap, ends, ts, talk, turn)
    ts, talk, turn = ts[:kept], talk[:kept], turn[:kept]
    order = np.argsort(ts, kind="stable")
    return Timeline(ts[order], talk[order], turn[order])


@njit(cache=True)
def _expand(start, turns, item, gap, ends, ts, talk, turn):  # type: ignore[no-untyped-def]
    kept = 0
    for row in range(len(start)):
        now = float(start[row])
        for step in range(turns[row]):
            if step:
                state = mix_one(item[row], uint64(step * 2 + 700_001))
                near = (
                    float(state >> uint64(40)) * 2.0**-24 + float((state >> uint64(16)) & uint64(0xFFFFFF)) * 2.0**-24
                )
                now += (LEAST_GAP + gap[row] * np.exp((near - 1.0) * 2.4)) * SECOND
            if now >= ends[row]:
                break
            ts[kept] = int(now)
            talk[kept] = row
            turn[kept] = step
            kept += 1
    return kept
