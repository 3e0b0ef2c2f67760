"""Software of tenants: one template at high volume, with the rates of real cloud tenants."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import DEVELOPERS, draw
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import Population, plays, talks, tenant

NAME = "saas"
GUILTY = "request rate, bursts, prompt (one template), response_format, reasoning words, temperature 0"
DECLARES = "organization_id, verification business, client_user (many end users), tier"

PRODUCTS = (
    (Play("document", "ask_more", "saasextract", plain=True), 0.35),
    (Play("ticket", "ask_more", "saassupport", plain=True), 0.4),
    (Play("answer", "ask_more", "saasscore", plain=True), 0.25),
)
TRAITS = DEVELOPERS.with_(
    apps=(("saas", 1.0),), tiers=(0, 0, 0.2, 0.4, 0.4), new_share=0.0, suspended=0.0, own_mail=1.0, age_days=320.0,
    networks=(("cloud", 0.9), ("office", 0.1)),
)  # fmt: skip
DAILY = 420
"""Requests a tenant and day: small tenants, so that no single one fills a world."""


def build(ground: Ground, count: int) -> Population:
    """``count`` tenants, each with one product and many end users."""
    rng = ground.generator()
    columns = draw(ground, rng, count, NAME, TRAITS)
    columns["org"] = ground.fresh(count)
    columns["legal"] = np.where(rng.random(count) < 0.8, ground.fresh(count), -1)
    columns["verification"] = np.where(columns["legal"] >= 0, 4, 3)
    account, start = tenant(ground, rng, count, count * DAILY * ground.days)
    product = plays(ground, rng, count, PRODUCTS)[account]
    made = talks(ground, columns, account, start, np.ones(len(account), np.int64), product)
    made["author"] = np.asarray(made["author"] + made["item"] % np.uint64(300), np.uint64)
    return Population(columns, made)
