"""Status, tokens and durations of exchanges, with the token lengths of real services."""

from __future__ import annotations

import functools
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
from scipy.special import ndtr

from iolaus.simulate.accounts import Columns
from iolaus.simulate.apps import APPS
from iolaus.simulate.draws import below, choose, mix, normal, unit
from iolaus.simulate.ground import Ground, Ints, arrays
from iolaus.simulate.timeline import DOWN, FAILURES

HABIT = 0.5
"""Correlation of the lengths of one account's requests, on the normal scale."""

Floats = npt.NDArray[np.float64]
Draws = npt.NDArray[np.uint64]


def failed(ground: Ground, draw: Draws, ts: Ints) -> Ints:
    """What became of each exchange: 0 answered, else the number of its failure in ``FAILURES``."""
    begin, end = ground.outage
    status = choose(draw, 94, [weight for _, weight in FAILURES])
    return np.where((ts >= begin) & (ts < end) & (unit(draw, 90) < DOWN), len(FAILURES) - 1, status)


def sizes(
    talks: Columns, variant: npt.NDArray[Any], turn: Ints, draw: Draws, made: dict[str, Any], status: Ints
) -> dict[str, Any]:
    """Tokens and durations by row; contexts grow with the turns, and each account has lengths of its own.

    Inputs and answers are drawn from the quantiles of Azure's conversation service, those of tenants' software also
    from ServeGen's mean lengths by tenant. What agents read before they ask is an assumption: no public log says it.
    """
    app = talks["app"].astype(np.int64)
    context, growth, share = np.array([a.sizes for a in APPS], np.float64)[app].T
    asked, answered = _quantiles()
    offsets = np.frombuffer(made["prompt"].buffers()[1], np.int64)
    words = np.diff(offsets[: len(turn) + 1]) / 4.2
    first = _drawn_from(asked, normal(variant, 92), normal(talks["item"], 92)) * context
    output = _drawn_from(answered, normal(variant, 91), normal(draw, 95)) * share
    serves = np.array([a.end_users for a in APPS])[app]
    if serves.any():
        means = _tenants()[below(variant, 88, len(_tenants()))]
        first = np.where(serves, _alone(asked, draw, 87) * means[:, 0] / asked.mean(), first)
        output = np.where(serves, _alone(answered, draw, 86) * means[:, 1] / answered.mean(), output)
    before = first * (1 + turn * growth * np.exp(0.3 * normal(talks["item"], 93)))
    inputs = np.minimum(np.maximum(words, before), 190_000).astype(np.int32) + 3
    thinking = made["thinking_budget"].is_valid().to_numpy(False)
    fails = status > 0
    output = np.where(fails, 0, output + 1)
    limit = made["max_tokens"].fill_null(16_384).to_numpy(False)
    cut = output > limit
    output = np.minimum(output, limit).astype(np.int32)
    reasoning = np.where(thinking & ~fails, output * (0.2 + 0.5 * unit(draw, 96)), 0).astype(np.int32)
    tools = np.array([bool(a.tools) for a in APPS])[app] & (unit(draw, 97) < 0.75)
    finish = np.where(cut, 1, np.where(tools, 2, 0))
    cached = np.where((turn > 0) & (unit(draw, 98) < 0.8), before * 0.8, 0).astype(np.int32)
    speed = 350 + output * 9.0 * np.exp(0.3 * normal(draw, 99))
    ends = pa.array(["stop", "length", "tool_use"])
    return {
        "status": np.array([code for code, _ in FAILURES], np.int16)[status],
        "finish_reason": pa.DictionaryArray.from_arrays(pa.array(finish.astype(np.int32), mask=fails), ends),
        "duration_ms": speed.astype(np.int32),
        "input_tokens": inputs,
        "cached_input_tokens": np.minimum(cached, inputs),
        "output_tokens": output,
        "reasoning_tokens": reasoning,
    }


@functools.cache
def _quantiles() -> tuple[Floats, Floats]:
    """Input and output tokens of Azure's conversation service, 513 quantiles each."""
    data = arrays("world_tenants.npz")
    return data["conv_input_tokens"].astype(np.float64), data["conv_output_tokens"].astype(np.float64)


@functools.cache
def _tenants() -> Floats:
    """Mean input and output tokens of each ServeGen tenant that states both."""
    tokens = arrays("world_tenants.npz")["tokens"].astype(np.float64)
    return np.asarray(tokens[(tokens > 0).all(axis=1)])


def _drawn_from(quantiles: Floats, usual: Floats, this: Floats) -> Floats:
    """Draws whose distribution is that of ``quantiles``, those of one account (``usual``) alike: a Gaussian copula."""
    return _at(quantiles, ndtr(HABIT * usual + np.sqrt(1 - HABIT * HABIT) * this))


def _alone(quantiles: Floats, draw: Draws, salt: int) -> Floats:
    return _at(quantiles, unit(mix(draw, salt), salt))


def _at(quantiles: Floats, share: Floats) -> Floats:
    place = share * (len(quantiles) - 1)
    low = place.astype(np.int64).clip(0, len(quantiles) - 2)
    return np.asarray(quantiles[low] + (place - low) * (quantiles[low + 1] - quantiles[low]))
