"""A benchmark evaluator: a sweep over a public benchmark under one template, openly."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import DEVELOPERS, draw
from iolaus.simulate.crowds.enterprise import company
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import DAY, SECOND, Ground, Play
from iolaus.simulate.traffic import Population, plays, talks

NAME = "benchmark_evaluator"
GUILTY = "prompt (one template), items (every problem once), pacing of a script, seed, temperature 0"
DECLARES = "organization_id, legal_entity_id, verification business"

SWEEP = (
    (Play("maths", "ask_more", "benchmark", plain=True), 0.5),
    (Play("logic", "ask_more", "benchmark", plain=True), 0.3),
    (Play("code", "code_more", "benchmark", plain=True), 0.2),
)


def build(ground: Ground, count: int) -> Population:
    """``count`` accounts of one house; each sweeps the benchmark once or twice, against several models."""
    rng = ground.generator()
    columns = draw(
        ground, rng, count, NAME, DEVELOPERS.with_(apps=(("python_bare", 1.0),), new_share=0.0, suspended=0.0)
    )
    company(ground, rng, columns)
    each = 350
    account = np.repeat(np.arange(count), each)
    place = np.tile(np.arange(each), count)
    begin = ground.start + (rng.random(count) * (ground.days - 0.6) * DAY).astype(np.int64)
    start = begin[account] + (place * 4 * SECOND + rng.exponential(2.0, len(account)) * SECOND).astype(np.int64)
    made = talks(
        ground, columns, account, start, np.ones(len(account), np.int64), plays(ground, rng, len(account), SWEEP)
    )
    made["item"] = mix(place, 50_001)
    made["author"] = mix(place // 5, 50_002)
    made["topic"] = ground.topics_of(made["author"], made["item"])
    made["play"] = plays(ground, np.random.default_rng(ground.seed), each, SWEEP)[place]
    return Population(columns, made)
