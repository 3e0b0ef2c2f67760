"""Phone translators: freelancers who do short jobs of one agency's list on phones, behind exits of a few carriers."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from iolaus.simulate.accounts import COUNTRIES, ZONES, Columns, Traits, draw
from iolaus.simulate.crowds.individuals import CHAT
from iolaus.simulate.draws import mix
from iolaus.simulate.ground import Ground, Ints, Play
from iolaus.simulate.traffic import Population, alive, keep, lengths, plays, sessions, sticky_plays, talks

NAME = "phone_translators"
GUILTY = "prompt (two job templates), items (one list, dealt once each), ip and signup_ip (exits of few carriers)"
DECLARES = "nothing that a provider holds; hours and private chats of their own, and strangers on the same carriers"

JOB = (
    (Play("phrase", "ask_more", "phonetranslate", plain=True), 0.7),
    (Play("shortpair", "ask_more", "phonegrade", plain=True), 0.3),
)
WORK = 0.7
"""Share of conversations that are the agency's jobs."""

CHECKED, RECENT = 0.12, 300
"""Share of jobs that somebody else does again as a check, and among how many earlier ones those are."""

CARRIERS, EXITS = (0.5, 0.3, 0.2), 14
"""Share of the freelancers on each carrier, and the exits of one."""

SAME, WIRED = 0.6, 0.2
"""Share of addresses that are a carrier's known exits, the others beside one in its block; share of those at home."""


def build(ground: Ground, count: int) -> Population:
    """``count`` freelancers; jobs are dealt in order of time, whoever is at work."""
    rng = ground.generator()
    traits = Traits(apps=(("mobile", 0.88), ("web_chat", 0.12)), networks=(("mobile", 1.0),), card=0.4, device=0.9)
    columns = draw(ground, rng, count, NAME, traits)
    _on_carriers(ground, rng, columns)
    waking = columns | {"zone": columns["zone"] + rng.integers(-5, 6, count)}
    account, start = sessions(ground, rng, waking, 4.0, 0.6, weekend=0.9)
    number = len(account)
    made = talks(
        ground, columns, account, start, lengths(rng, number, 1.6), sticky_plays(ground, rng, columns, account, CHAT)
    )
    job = rng.random(number) < WORK
    place = _dealt(rng, start, job)
    item = mix(place, int(rng.integers(2**40)))
    made["play"] = np.where(job, plays(ground, rng, number, JOB)[place % number], made["play"])
    made["turns"] = np.where(job, 1, made["turns"])
    made["item"] = np.where(job, item, made["item"])
    made["author"] = np.where(job, item // np.uint64(7), made["author"])
    made["topic"] = ground.topics_of(made["author"], made["item"])
    return Population(columns, keep(made, alive(columns, account, start)))


def _dealt(rng: np.random.Generator, start: Ints, job: npt.NDArray[np.bool_]) -> Ints:
    """The place in the list of each conversation's job, in order of time; some are of a while ago, or of before."""
    order = np.argsort(start, kind="stable")
    again = rng.random(len(start)) < CHECKED
    newest = np.cumsum(job[order] & ~again[order]) - 1
    place = np.zeros(len(start), np.int64)
    place[order] = np.where(again[order], newest - rng.integers(0, RECENT, len(start)), newest)
    return place


def _on_carriers(ground: Ground, rng: np.random.Generator, columns: Columns) -> None:
    """Put each account behind the exits of one carrier of its country, which are strangers' exits too."""
    count = len(columns["created"])
    ground.exits(rng, "mobile", 1)
    known = np.sort(ground.shared["mobile"])
    first = rng.integers(0, len(known) - EXITS, len(CARRIERS))
    country = rng.integers(0, len(COUNTRIES), len(CARRIERS))
    carrier = rng.choice(len(CARRIERS), count, p=CARRIERS)
    columns["country"] = country[carrier]
    columns["zone"] = np.array(ZONES)[columns["country"]]
    held = columns["book_size"].astype(np.int64)
    book = known[np.repeat(first[carrier], held) + rng.integers(0, EXITS, int(held.sum()))]
    near = (book & np.uint32(0xFFFFFF00)) + rng.integers(1, 255, len(book)).astype(np.uint32)
    book = np.where(rng.random(len(book)) < SAME, book, near)
    at = np.cumsum(held) - held
    columns["signup_ip"] = book[at].astype(np.int64)
    book = np.where(rng.random(len(book)) < WIRED, ground.exits(rng, "home", len(book)), book)
    columns["book"] = ground.pool(book) + at
    columns["lease"] = rng.choice([4, 8, 24], count)
