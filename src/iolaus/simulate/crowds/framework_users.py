"""Users of one popular coding agent: the same system prompt, tools and client, thousands of them."""

from __future__ import annotations

from iolaus.simulate.accounts import DEVELOPERS, draw
from iolaus.simulate.ground import Ground, Play
from iolaus.simulate.traffic import Population, alive, keep, lengths, sessions, sticky_plays, talks

NAME = "framework_users"
GUILTY = "system_prompt, tools, user_agent, tls_fingerprint, prompt (one scaffold), long conversations, output_tokens"
DECLARES = "nothing: each has projects of their own"

TASKS = (
    (Play("code", "code_more", "agentuser", plain=True), 0.35),
    (Play("task", "step", "agentuser", plain=True), 0.25),
    (Play("code", "code_more"), 0.2),
    (Play("task", "step"), 0.1),
    (Play("ownitem", "code_more", "agentuser", plain=True), 0.1),
)
TRAITS = DEVELOPERS.with_(apps=(("codecli", 0.8), ("agentkit", 0.2)))


def build(ground: Ground, count: int, crowd: str = NAME) -> Population:
    """``count`` developers who work on their own repositories, many turns a task."""
    rng = ground.generator()
    columns = draw(ground, rng, count, crowd, TRAITS)
    account, start = sessions(ground, rng, columns, 0.9, 0.9)
    turns = lengths(rng, len(account), 9.0)
    made = talks(ground, columns, account, start, turns, sticky_plays(ground, rng, columns, account, TASKS))
    return Population(columns, keep(made, alive(columns, account, start)))
