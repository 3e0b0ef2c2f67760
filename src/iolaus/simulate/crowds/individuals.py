"""Individuals: people who chat, and people who write code, alone."""

from __future__ import annotations

import numpy as np

from iolaus.simulate.accounts import DEVELOPERS, Traits, draw
from iolaus.simulate.apps import NUMBER
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import (
    Population,
    alive,
    jobs,
    join,
    keep,
    lengths,
    sessions,
    sticky_plays,
    talks,
)  # fmt: skip

NAME = "individuals"
GUILTY = "prompt (viral templates with reasoning words), ip (mobile and VPN exits are shared), created_at"
DECLARES = "nothing: they are unrelated, and only their tastes say so"

CHAT = (
    (Play("ask"), 0.46),
    (Play("pasted", "ask_more"), 0.24),
    (Play("code", "code_more"), 0.12),
    (Play("maths", "ask_more"), 0.03),
    (Play("ask", "ask_more", "viral_expert", plain=True), 0.04),
    (Play("ask", "ask_more", "viral_tutor", plain=True), 0.03),
    (Play("answer", "ask_more", "viral_critic", plain=True), 0.03),
    (Play("ask", "ask_more", "viral_chain", plain=True), 0.03),
    (Play("sensitive", "ask_more"), 0.02),
    (Play("smalltalk", "ask_more"), 0.02),
)
SCRIPTS = (
    (Play("code", "code_more"), 0.14),
    (Play("ownitem", "ask_more", "owntemplate", plain=True), 0.2),
    (Play("code", "code_more", "owntemplate", plain=True), 0.12),
    (Play("maths", "ask_more", "owntemplate", plain=True), 0.1),
    (Play("answer", "ask_more", "owntemplate", plain=True), 0.06),
    (Play("ask"), 0.1),
    (Play("dataask", "code_more"), 0.06),
    (Play("maths", "ask_more"), 0.05),
    (Play("pair", "ask_more", plain=True), 0.05),
    (Play("tooluse", "ask_more"), 0.06),
    (Play("task", "step"), 0.05),
    (Play("ask", "ask_more", "viral_json", plain=True), 0.04),
    (Play("ask", "ask_more", "viral_expert", plain=True), 0.03),
    (Play("document", "ask_more", plain=True), 0.02),
)


def build(ground: Ground, count: int) -> Population:
    """Two in three chat; the others call the API from scripts."""
    chatters = round(count * 0.62)
    people = chat(ground, chatters, NAME)
    coders = developers(ground, count - chatters, "developers")
    coders.talks["account"] = coders.talks["account"] + people.size
    return Population(join([people.accounts, coders.accounts]), join([people.talks, coders.talks]))


def chat(ground: Ground, count: int, crowd: str, traits: Traits | None = None, daily: float = 0.95) -> Population:
    """People in a browser or on a phone."""
    rng = ground.generator()
    columns = draw(ground, rng, count, crowd, traits or Traits())
    account, start = sessions(ground, rng, columns, daily, 1.1)
    turns = lengths(rng, len(account), 2.6)
    app = np.where(
        rng.random(len(account)) < 0.8,
        columns["app"][account],
        np.where(rng.random(len(account)) < 0.5, NUMBER["web_chat"], NUMBER["mobile"]),
    )
    if traits is not None:
        app = columns["app"][account]
    play = sticky_plays(ground, rng, columns, account, CHAT)
    made = talks(ground, columns, account, start, turns, play, app)
    return Population(columns, keep(made, alive(columns, account, start)))


def developers(
    ground: Ground, count: int, crowd: str, traits: Traits = DEVELOPERS, daily: float = 0.5, length: float = 8.0
) -> Population:
    """People whose scripts call the API: jobs of many requests beside single tries."""
    rng = ground.generator()
    columns = draw(ground, rng, count, crowd, traits)
    tries = sessions(ground, rng, columns, 0.7, 0.8)
    runs = jobs(ground, rng, columns, daily, 1.1, length)
    account = np.concatenate([tries[0], runs[0]])
    start = np.concatenate([tries[1], runs[1]])
    agentic = np.isin(columns["app"][account], [NUMBER["codecli"], NUMBER["ide"], NUMBER["agentkit"]])
    turns = np.where(agentic, lengths(rng, len(account), 7.0), lengths(rng, len(account), 1.35))
    play = sticky_plays(ground, rng, columns, account, SCRIPTS)
    made = talks(ground, columns, account, start, turns, play)
    return Population(columns, keep(made, alive(columns, account, start)))
