"""A ticket desk: support staff with personal keys who answer a firm's tickets with one macro, behind one VPN exit."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from iolaus.simulate.accounts import Traits, draw
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import Ground, Ints, Play, addresses
from iolaus.simulate.traffic import OFFICE, Population, alive, keep, sessions, talks

NAME = "ticket_desk"
GUILTY = "prompt (one macro), items (one queue over all accounts), ip (one exit in a datacentre), hours of one office"
DECLARES = "nothing: no organization_id; but tickets come back and are asked again by whoever is on duty"

FIRST = Play("ticket", "ask_more", "ticketmacro", plain=True)
AGAIN = Play("ticket", "ask_more", "ticketmacro_again", plain=True)
"""The macro over a ticket, and over a ticket to which its customer has added a line."""

RETURNS, WAIT = 0.45, 80
"""Share of requests that are about a ticket of before; tickets that came between, in the mean."""

ADDED = 0.6
"""Share of tickets that come back with a line more; the others are asked as they were."""


def build(ground: Ground, count: int) -> Population:
    """``count`` people of one desk in office hours; a ticket goes to whoever is free, each time that it comes."""
    rng = ground.generator()
    columns = draw(
        ground, rng, count, NAME, Traits(apps=(("python_bare", 0.6), ("web_chat", 0.4)), new_share=0.05, suspended=0.0)
    )
    for name in ("zone", "country"):
        columns[name][:] = columns[name][0]
    egress = addresses(rng, "cloud", 2)
    columns["book"] = np.full(count, ground.pool(egress))
    columns["book_size"] = np.where(rng.random(count) < 0.3, 2, 1)
    columns["signup_ip"] = np.where(rng.random(count) < 0.6, int(egress[0]), columns["signup_ip"])
    account, start = sessions(ground, rng, columns, 9.0, 0.3, OFFICE, 0.05)
    number = len(account)
    ticket, back = _queue(rng, start)
    added = back & (rng.random(number) < ADDED)
    play = np.where(added, ground.play(AGAIN), ground.play(FIRST))
    made = talks(ground, columns, account, start, np.ones(number, np.int64), play)
    desk = int(rng.integers(2**40))
    made["item"] = mix(ticket, desk)
    made["author"] = mix(ticket, desk + 1)
    made["topic"] = ground.topics_of(mix(np.full(number, desk), 2), made["item"])
    return Population(columns, keep(made, alive(columns, account, start)))


def _queue(rng: np.random.Generator, start: Ints) -> tuple[Ints, npt.NDArray[np.bool_]]:
    """The ticket of each request, in order of time, and whether it came before; below 0: before the window."""
    order = np.argsort(start, kind="stable")
    back = rng.random(len(start)) < RETURNS
    newest = np.cumsum(~back[order]) - 1
    ticket = np.zeros(len(start), np.int64)
    ticket[order] = np.where(back[order], newest - rng.geometric(1 / WAIT, len(start)) + 1, newest)
    return ticket, back
