"""A campaign: accounts of a look-alike, one hand behind them, one list of work."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from iolaus.simulate import lookalikes, signup
from iolaus.simulate.accounts import Columns, programs
from iolaus.simulate.apps import APPS
from iolaus.simulate.dealing import assign, holder, topics
from iolaus.simulate.draws import mix, unit
from iolaus.simulate.ground import DAY, SECOND, Ground, Ints, Play, addresses
from iolaus.simulate.lookalikes import LOOKALIKES
from iolaus.simulate.scenario import Campaign, Template
from iolaus.simulate.succession import succession
from iolaus.simulate.traffic import Population, alive, compact, join, keep, lengths, salt, talk_columns

MORE = {
    "maths": "ask_more",
    "logic": "ask_more",
    "task": "step",
    "code": "code_more",
    "tooluse": "step",
    "dataask": "code_more",
}


def build(ground: Ground, campaign: Campaign, scale: float, copied: Columns | None = None) -> Population:
    """The campaign's own accounts and conversations. ``copied``: accounts of the honest crowd that it copies."""
    count = max(round(campaign.accounts * scale), 1)
    wanted = max(round(campaign.exchanges * scale), 1)
    people = lookalikes.people(ground, campaign, count)
    rng = ground.generator()
    columns = people.accounts
    if campaign.apps:
        columns["app"] = programs(rng, count, tuple(campaign.apps.items()))
    signup.identity(ground, rng, columns, campaign.identity)
    if copied is None:
        pool = signup.pool(ground, rng, campaign.network, scale)
    else:
        signup.copy(rng, columns, copied)
        people.talks["app"] = columns["app"][people.talks["account"]]
        pool = signup.neighbours(ground, rng, copied, round(campaign.network.pool * scale))
    signup.network(ground, rng, columns, campaign.network, pool)
    columns["retained"] &= rng.random(count) >= campaign.unretained
    if campaign.pivot is not None:
        signup.pivot(columns, campaign)
    slots = succession(ground, rng, people, campaign, pool)
    if campaign.mixing == 1:
        people.accounts["crowd"][:] = ground.crowd("concealed_reseller")
    if campaign.mixing:
        talks = _mixed(ground, rng, people, slots, campaign, wanted)
    else:
        number = round(wanted / _mean_turns(campaign, _habit(people)))
        talks = _work(ground, rng, people, slots, campaign, assign(ground, rng, people, slots, campaign, number))
    if campaign.honest_before:
        talks = join([_before(ground, people, campaign), talks])
    return Population(people.accounts, compact(talks))


def _before(ground: Ground, people: Population, campaign: Campaign) -> Columns:
    """What its accounts ask before the campaign's first day of work: what their look-alikes do, of their own taste."""
    account, start = people.talks["account"], people.talks["start"]
    early = start < ground.start + campaign.from_day * DAY
    return keep(people.talks, early & alive(people.accounts, account, start))


def _habit(people: Population) -> float:
    turns = people.talks["turns"]
    return float(turns.mean()) if len(turns) else 1.0


def _mixed(
    ground: Ground, rng: np.random.Generator, people: Population, slots: list[Ints], campaign: Campaign, wanted: float
) -> Columns:
    """Work and customers in the same sessions: of each account's conversations, its share is the campaign's.

    An account that serves the campaign at all serves it at least once.
    """
    own = 1.0 - campaign.mixing
    turns, theirs = _mean_turns(campaign, _habit(people)), _habit(people)
    whole = wanted / own if own else wanted
    number = round(whole * (own / turns + campaign.mixing / theirs))
    dealt = assign(ground, rng, people, slots, campaign, number)
    share = own / turns / (own / turns + campaign.mixing / theirs)
    order = np.lexsort((rng.random(len(dealt[0])), dealt[0]))
    sizes = np.unique(dealt[0], return_counts=True)[1]
    rank = np.arange(len(order)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    least = np.maximum(np.floor(share * sizes + rng.random(len(sizes))), 1 if own else 0)
    works = np.zeros(len(order), bool)
    works[order] = rank < np.repeat(least, sizes)
    work = _work(ground, rng, people, slots, campaign, tuple(part[works] for part in dealt))
    return join([work, _customers(ground, rng, people, slots, campaign, tuple(part[~works] for part in dealt))])


def hijack(ground: Ground, campaign: Campaign, scale: float, victims: Population) -> Columns:
    """Conversations of a campaign that uses keys of others, beside the owners' own traffic."""
    rng = ground.generator()
    count = max(round(campaign.accounts * scale), 1)
    volume = np.bincount(victims.talks["account"], minlength=victims.size)
    by_key = np.array([app.pathway != "web" for app in APPS])[victims.accounts["app"]]
    able = np.flatnonzero((volume > 0) & by_key & (victims.accounts["suspended"] < 0) & ~victims.accounts["hijacked"])
    stolen = np.sort(rng.permutation(able)[:count])
    victims.accounts["hijacked"][stolen] = True
    slots = [np.array([account]) for account in stolen]
    theirs = keep(victims.talks, np.isin(victims.talks["account"], stolen))
    theirs["account"] = np.searchsorted(stolen, theirs["account"])
    owners = replace(victims, talks=theirs)
    number = round(campaign.exchanges * scale / _mean_turns(campaign, _habit(owners)))
    talks = _work(ground, rng, owners, slots, campaign, assign(ground, rng, owners, slots, campaign, number))
    size = max(campaign.network.pool, 2)
    talks["place"][:] = ground.pool(addresses(rng, campaign.network.kind, size))
    talks["place_size"][:] = size
    return compact(talks)


def _mean_turns(campaign: Campaign, usual: float) -> float:
    whole = sum(t.share for t in campaign.templates)
    return sum(t.share * (t.turns or usual) for t in campaign.templates) / whole * (1 + campaign.moved_retries)


def _work(
    ground: Ground, rng: np.random.Generator, people: Population, slots: list[Ints], campaign: Campaign,
    dealt: tuple[Ints, ...],
) -> Columns:  # fmt: skip
    """The list of work in conversations that are dealt: account, start and turns of each."""
    ground.campaigns.append(campaign.id)
    account, start, turns = dealt
    number = len(start)
    queue = salt(campaign.id) ^ ground.seed
    phases, some, apps, retries, order = rng.spawn(5)
    place = np.arange(number)
    if campaign.answers > 1:
        place = order.permutation(place // campaign.answers)
    item = mix(place, queue)
    author = mix(item // np.uint64(5), queue + 1)
    topic = ground.topics_of(author, item)
    play = np.zeros(number, np.int64)
    chosen = _phase(ground, phases, campaign, start)
    for n, template in enumerate(campaign.templates):
        mine = np.flatnonzero(chosen == n)
        if template.turns:
            turns[mine] = lengths(some, len(mine), template.turns)
        play[mine] = _wordings(ground, campaign, template, item[mine])
    talks = talk_columns(
        account, start, turns, play, _app(apps, people, slots, account), item, author,
        topics(campaign, account, topic, len(slots), ground.lexicon.topics),
    )  # fmt: skip
    talks["campaign"][:] = len(ground.campaigns) - 1
    if campaign.replayed > 1:
        talks["signed"] = (queue % 1_000) * 1_000_000 + np.arange(number) // campaign.replayed
    if campaign.handed:
        talks["next"] = _next(retries.spawn(1)[0], people, slots, talks, campaign.handed)
    again = np.flatnonzero(retries.random(number) < campaign.moved_retries)
    return join([talks, _retries(retries, people, slots, talks, again)]) if len(again) else talks


def _app(rng: np.random.Generator, people: Population, slots: list[Ints], account: Ints) -> Ints:
    """The program of each conversation: one that the account's look-alike would have used in one of its own.

    Successors have the habits of the first account of their slot.
    """
    usual: Ints = people.accounts["app"][account].astype(np.int64)
    if not len(people.talks["account"]):
        return usual
    slot = np.zeros(people.size, np.int64)
    for number, chain in enumerate(slots):
        slot[chain] = number
    account = slot[account]
    order = np.argsort(people.talks["account"], kind="stable")
    owner = people.talks["account"][order]
    first, last = np.searchsorted(owner, account, "left"), np.searchsorted(owner, account, "right")
    pick = np.minimum(first + (rng.random(len(account)) * (last - first)).astype(np.int64), len(order) - 1)
    return np.where(last > first, people.talks["app"][order[pick]], usual)


def _retries(rng: np.random.Generator, people: Population, slots: list[Ints], talks: Columns, again: Ints) -> Columns:
    """Items that failed are asked again by another account."""
    retry = keep(talks, again)
    retry["start"] = retry["start"] + (rng.exponential(40, len(again)) * SECOND).astype(np.int64) + SECOND
    other = holder(people, slots, rng.integers(0, len(slots), len(again)), retry["start"])
    retry["account"], retry["app"] = other, people.accounts["app"][other]
    return keep(retry, other >= 0)


def _next(rng: np.random.Generator, people: Population, slots: list[Ints], talks: Columns, share: float) -> Ints:
    """The account in which each conversation goes on: for a share of them another of the campaign's, else -1."""
    other = holder(people, slots, rng.integers(0, len(slots), len(talks["start"])), talks["start"])
    return np.where((rng.random(len(other)) < share) & (other != talks["account"]), other, -1)


def _phase(ground: Ground, rng: np.random.Generator, campaign: Campaign, start: Ints) -> Ints:
    """Which template each conversation takes: by share, among those whose phase it is."""
    day = (start - ground.start) / DAY
    weight = np.array([[t.share] for t in campaign.templates]) * np.array(
        [(day >= t.from_day) & (day < t.to_day) for t in campaign.templates]
    )
    edge = np.cumsum(weight, axis=0)
    draw = rng.random(len(start)) * np.maximum(edge[-1], 1e-12)
    chosen: Ints = (draw[None, :] >= edge).sum(axis=0).clip(0, len(campaign.templates) - 1)
    return chosen


def _wordings(ground: Ground, campaign: Campaign, template: Template, item: np.ndarray) -> Ints:
    """The play of each item: its language, and the extras that some items carry."""
    languages = campaign.languages or ["en"]
    play = np.zeros(len(item), np.int64)
    pick = (unit(item, 61) * len(languages)).astype(np.int64)
    extra = (unit(item, 62) < template.strings).astype(np.int64) + 2 * (unit(item, 63) < template.replay)
    for n, language in enumerate(languages):
        for kind in range(4):
            mine = (pick == n) & (extra == kind)
            if not mine.any():
                continue
            spoken = _spoken(ground, template, language)
            tail = "classifier_strings" if kind & 1 else ""
            play[mine] = ground.play(replace(spoken, tail=tail, replay=bool(kind & 2)))
    return play


def _spoken(ground: Ground, template: Template, language: str) -> Play:
    """The template in a language; items of other languages are general, and its words follow where they exist."""
    other = language != "en"
    translated = f"{template.family}_{language}"
    return Play(
        opening=f"ask_{language}" if other else template.items,
        more=f"more_{language}" if other else template.more or MORE.get(template.items, "ask_more"),
        template=translated if translated in ground.lexicon.groups else template.family,
        wordings=template.wordings,
        plain=bool(template.family) or template.items in ("pair", "document"),
    )


def _customers(
    ground: Ground, rng: np.random.Generator, people: Population, slots: list[Ints], campaign: Campaign,
    dealt: tuple[Ints, ...],
) -> Columns:  # fmt: skip
    """Honest customers of a proxy: many unrelated persons, each request routed to any of the accounts.

    They chat, or do what the campaign's only look-alike does.
    """
    account, start, turns = dealt
    like = next(iter(campaign.look_alikes))
    kind = like if len(campaign.look_alikes) == 1 else "chat"
    customers = LOOKALIKES[kind](ground, max(len(start) // 10, 3), like)
    talks = keep(customers.talks, rng.permutation(len(customers.talks["start"])))
    talks = keep(talks, np.arange(len(start)) % len(talks["start"]))
    again = np.arange(len(start)) // len(customers.talks["start"])
    talks["item"] = np.where(again > 0, mix(talks["item"] + again.astype(np.uint64), 15), talks["item"])
    talks["account"], talks["start"], talks["turns"] = account, start, turns
    talks["app"] = _app(rng, people, slots, account)
    return keep(talks, alive(people.accounts, account, start))
