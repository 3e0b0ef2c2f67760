"""Tenants whose software is an agent: long conversations, one scaffold, growing contexts, tool results."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import draw
from iolaus.simulate.crowds.saas import TRAITS
from iolaus.simulate.ground import SECOND, Ground, Play
from iolaus.simulate.traffic import Population, lengths, plays, talks, tenant

NAME = "agent_tenants"
GUILTY = "tools, system_prompt, conversations of many turns, output_tokens, reasoning_tokens, request rate"
DECLARES = "organization_id, verification business; each works for customers of its own"

WORK = ((Play("tooluse", "step", plain=True), 0.6), (Play("dataask", "code_more"), 0.4))

DAILY = 56
"""Conversations a tenant and day."""
AT_ONCE, MOST = 3, 40
"""Conversations that one call of a customer starts, about the mean and at most: agents hand work on to others."""


def build(ground: Ground, count: int) -> Population:
    """``count`` agents at work for their customers."""
    rng = ground.generator()
    traits = TRAITS.with_(apps=(("agentkit", 0.8), ("vision", 0.2)))
    columns = draw(ground, rng, count, NAME, traits)
    columns["org"] = ground.fresh(count)
    columns["verification"] = np.where(rng.random(count) < 0.7, 4, columns["verification"])
    account, start = tenant(ground, rng, count, count * DAILY // AT_ONCE * ground.days)
    fans = np.minimum(rng.zipf(1.9, len(account)), MOST)
    account, start = np.repeat(account, fans), np.repeat(start, fans)
    start = start + (rng.exponential(4.0, len(start)) * SECOND).astype(np.int64)
    work = plays(ground, rng, count, WORK)[account]
    made = talks(ground, columns, account, start, lengths(rng, len(account), 8.0), work)
    made["author"] = np.asarray(made["author"] + made["item"] % np.uint64(40), np.uint64)
    return Population(columns, made)
