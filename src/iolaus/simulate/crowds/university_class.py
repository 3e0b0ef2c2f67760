"""A university class: one worksheet, one campus network, one deadline."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import Traits, draw
from iolaus.simulate.crowds.individuals import CHAT
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import DAY, HOUR, Ground, Play, addresses
from iolaus.simulate.traffic import Population, alive, keep, lengths, plays, sessions, sticky_plays, talks

NAME = "university_class"
GUILTY = "prompt (one worksheet: the same items by everybody), ip, created_at (a sign-up burst), email_domain"
DECLARES = "programme education, email_domain, organization_id"

SHEET = ((Play("maths", "ask_more", "worksheet", plain=True), 1.0),)


def build(ground: Ground, count: int) -> Population:
    """``count`` students; a dozen questions, asked by most of them before the deadline."""
    rng = ground.generator()
    traits = Traits(programme="education", card=0.15, tiers=(0.8, 0.2, 0, 0, 0), new_share=0.0)
    columns = draw(ground, rng, count, NAME, traits)
    org, mail = ground.fresh(2)
    columns["org"][:] = org
    columns["mail"][:] = 10_000_000 + mail
    columns["verification"] = np.maximum(columns["verification"], 1)
    columns["created"] = (
        ground.start - 20 * DAY + (rng.exponential(1.5, count) * DAY).astype(np.int64).clip(0, 18 * DAY)
    )
    columns["verified"] = columns["created"] + HOUR
    columns["zone"][:] = columns["zone"][0]
    campus = ground.pool(addresses(rng, "campus", 6))
    on_site = rng.random(count) < 0.7
    columns["book"] = np.where(on_site, campus + rng.integers(0, 4, count), columns["book"])
    columns["book_size"] = np.where(on_site, 2, columns["book_size"])
    account, start = sessions(ground, rng, columns, 1.2, 0.6)
    play = sticky_plays(ground, rng, columns, account, CHAT)
    made = talks(ground, columns, account, start, lengths(rng, len(account), 2.2), play)
    sheet = rng.random(len(account)) < 0.45
    deadline = ground.start + (ground.days - 1) * DAY
    rush = deadline - (rng.exponential(1.2, len(account)) * DAY).astype(np.int64)
    made["start"] = np.where(sheet, np.maximum(rush, ground.start), start)
    question = mix(rng.integers(0, 12, len(account)), int(org))
    made["play"] = np.where(sheet, plays(ground, rng, len(account), SHEET), play)
    made["item"] = np.where(sheet, question, made["item"])
    made["author"] = np.where(sheet, mix(np.full(len(account), int(org)), 2), made["author"])
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return Population(columns, keep(made, alive(columns, account, made["start"])))
