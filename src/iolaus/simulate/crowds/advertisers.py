"""Advertisers: a spam ring of one hand that has advertisements written, many a day, for products of its own.

It is abuse, and one hand's, and it hides; but advertisements on a few topics are not worth training on. Truth calls
it not hostile, as everywhere hostile means distillation: a scan may ask about it and must not call it a campaign.
"""

from __future__ import annotations

import numpy as np

from iolaus.simulate import signup
from iolaus.simulate.accounts import DEVELOPERS, Columns, draw
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import DAY, HOUR, SECOND, Ground, Play
from iolaus.simulate.scenario import Identity, Network
from iolaus.simulate.traffic import Population, alive, jobs, keep, plays, talks

NAME = "advertisers"
GUILTY = "prompt (one template), ip and signup_ip (one proxy pool), payment_fingerprint, device_id, request rate"
DECLARES = "nothing: one hand that hides, and it is spam; but a few products' advertisements teach a rival nothing"

ADVERT = ((Play("product", "ask_more", "advert", plain=True), 1.0),)

PRODUCTS = 45
"""Products of the ring; its topics are four."""

EVERY_HOURS = 13
"""Hours between two sign-ups, by and large; the last fall into the window."""

SHARED = Identity(shared_cards=0.35, card_group=4, shared_devices=0.15, burst_share=0.0)
PROXIES = Network(pool=48, kind="home", share=0.95, lease_hours=8)


def build(ground: Ground, count: int) -> Population:
    """``count`` accounts fed by one hand: jobs of dozens of requests by its clock."""
    rng = ground.generator()
    traits = DEVELOPERS.with_(
        apps=(("python_bare", 0.7), ("js_sdk", 0.3)), tiers=(0.3, 0.5, 0.2, 0, 0), own_mail=0.05, suspended=0.1
    )
    columns = draw(ground, rng, count, NAME, traits)
    columns["zone"][:] = columns["zone"][0]
    signup.identity(ground, rng, columns, SHARED)
    signup.network(ground, rng, columns, PROXIES, signup.pool(ground, rng, PROXIES, 1.0))
    _stagger(ground, rng, columns)
    account, start = jobs(ground, rng, columns, 1.6, 0.5, 22.0)
    number = len(account)
    made = talks(ground, columns, account, start, np.ones(number, np.int64), plays(ground, rng, number, ADVERT))
    ring = int(rng.integers(2**40))
    made["author"] = mix(rng.integers(0, PRODUCTS, number), ring)
    made["topic"] = ground.topics_of(mix(np.full(number, ring), 1), made["author"])
    return Population(columns, keep(made, alive(columns, account, start)))


def _stagger(ground: Ground, rng: np.random.Generator, columns: Columns) -> None:
    """Sign accounts up one after the other, until two days into the window; none is suspended on its first day."""
    count = len(columns["created"])
    back = np.arange(count) * EVERY_HOURS * HOUR + (rng.random(count) * EVERY_HOURS * HOUR).astype(np.int64)
    columns["created"] = rng.permutation(ground.start + 2 * DAY - back)
    caught = columns["suspended"] > columns["created"] + DAY
    columns["suspended"] = np.where(caught, columns["suspended"], -1)
    columns["status"], columns["reason"] = caught.astype(np.int64), np.where(caught, 0, -1)
    columns["verified"] = columns["created"] + (rng.exponential(2.0, count) * HOUR).astype(np.int64) + 40 * SECOND
