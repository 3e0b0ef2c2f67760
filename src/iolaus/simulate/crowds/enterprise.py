"""An enterprise: seats of one company behind one address, paid by one card."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits, draw
from iolaus.simulate.ground import Ground, Play, addresses
from iolaus.simulate.traffic import OFFICE, Population, alive, keep, lengths, plays, sessions, sticky_plays, talks

NAME = "enterprise"
GUILTY = "payment_fingerprint, ip, email_domain, organization_id (all one), created_at (rolled out in a week)"
DECLARES = "organization_id, legal_entity_id, verification business, accounts older than the traffic"

WORK = (
    (Play("ask"), 0.25),
    (Play("pasted", "ask_more"), 0.2),
    (Play("ownitem", "ask_more"), 0.25),
    (Play("code", "code_more"), 0.15),
    (Play("dataask", "ask_more"), 0.1),
    (Play("ask", "ask_more", "viral_critic", plain=True), 0.05),
)


def build(ground: Ground, count: int) -> Population:
    """``count`` seats; twenty of them (or a tenth) work over one confidential document."""
    rng = ground.generator()
    columns = draw(
        ground, rng, count, NAME, Traits(apps=(("web_chat", 0.7), ("ide", 0.15), ("python_sdk", 0.15)), new_share=0.03)
    )
    company(ground, rng, columns)
    account, start = sessions(ground, rng, columns, 1.8, 0.7, OFFICE, 0.08)
    made = talks(
        ground,
        columns,
        account,
        start,
        lengths(rng, len(account), 2.6),
        sticky_plays(ground, rng, columns, account, WORK),
    )
    secret = (account < max(min(20, count // 10), 2)) & (rng.random(len(account)) < 0.5)
    made["play"] = np.where(secret, plays(ground, rng, len(account), ((Play("conf"), 1.0),)), made["play"])
    made["author"] = np.where(secret, made["author"][0] if len(account) else 0, made["author"])
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return Population(columns, keep(made, alive(columns, account, start)))


def company(ground: Ground, rng: np.random.Generator, columns: dict[str, np.ndarray], verified: bool = True) -> None:
    """Make accounts one company's: one organisation, card, mail domain and egress address."""
    count = len(columns["created"])
    org, legal, card, mail = ground.fresh(4)
    columns["org"] = np.full(count, org)
    columns["card"] = np.full(count, card)
    columns["mail"] = np.full(count, 1_000 + mail)
    if verified:
        columns["legal"] = np.full(count, legal)
        columns["verification"] = np.full(count, 4)
    columns["zone"] = np.full(count, columns["zone"][0])
    columns["country"] = np.full(count, columns["country"][0])
    columns["tier"] = np.maximum(columns["tier"], 2)
    rolled = ground.start - int(rng.integers(60, 400)) * 86_400_000_000
    columns["created"] = np.where(
        columns["created"] < ground.start, rolled + rng.integers(0, 6 * 86_400_000_000, count), columns["created"]
    )
    columns["verified"] = np.where(columns["created"] < ground.start, columns["created"], rolled)
    egress = ground.pool(addresses(rng, "office", 2))
    columns["book"] = np.full(count, egress)
    columns["book_size"] = np.where(rng.random(count) < 0.2, 2, 1)
    columns["signup_ip"] = np.full(count, int(ground.pools[-1][0]))
