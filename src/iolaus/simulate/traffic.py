"""Conversations by the column, and the clocks that start them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from iolaus.simulate.accounts import Columns
from iolaus.simulate.draws import Seeds, mix
from iolaus.simulate.ground import DAY, HOUR, SECOND, Ground, Ints, Play, arrays

HOURS = np.array([4, 2.5, 1.5, 1, 1, 1.2, 2, 4, 7, 9.5, 10, 10, 8.5, 9, 10, 10, 9.5, 8.5, 7.5, 8, 9, 9, 8, 6])
OFFICE = np.array([0.4, 0.2, 0.1, 0.1, 0.1, 0.2, 0.8, 3, 8, 11, 12, 11, 6, 9, 11, 11, 10, 7, 3, 2, 1.5, 1.2, 1, 0.6])
"""Relative starts by local hour: of people at home, and of people at work."""

SPORADIC, UNEQUAL = 0.04, 0.4
"""Share of tenants that work now and then; spread of the logarithm of what the others send."""

TOP = (0.35, 0.6)
"""What the largest tenant sends, as a share of what all others do: between these."""

BURSTY, FULL = 2.2, 100.0
"""CV of gaps from which a tenant is thinned by whole bins, and the requests that a bin then holds at least."""

SKEWED, MORE_SKEWED, LEAST_SHAPE = 1.28, 1.6, 0.01
"""The CV of a bin is skewed: its median lies under the root of its mean square by about this factor, by more where
gaps are bursty. Least shape."""


@dataclass
class Population:
    """Accounts and their conversations; ``talks['account']`` indexes the rows of ``accounts``."""

    accounts: Columns
    talks: Columns

    @property
    def size(self) -> int:
        """How many accounts."""
        return len(self.accounts["created"])


def talks(
    ground: Ground,
    population: Columns,
    account: Ints,
    start: Ints,
    turns: Ints,
    play: Ints,
    app: Ints | None = None,
) -> Columns:
    """Conversations written by their own accounts about their own things."""
    rng = ground.generator()
    item = rng.integers(0, 2**62, len(account)).astype(np.uint64)
    author = population["taste"][account].astype(np.uint64)
    columns = population["app"][account] if app is None else app
    return talk_columns(account, start, turns, play, columns, item, author, ground.topics_of(author, item))


def talk_columns(
    account: Ints, start: Ints, turns: Ints, play: Ints, app: Ints, item: Seeds, author: Seeds, topic: Ints
) -> Columns:
    """The columns of conversations; none of a campaign, all from the account's own addresses.

    ``next``: account in which a conversation goes on, -1 where it stays. ``skip``: turns that were another's.
    ``signed``: number of the reasoning that it replays where it replays any, -1 for one of its own.
    """
    return {
        "account": account,
        "start": start,
        "turns": turns,
        "play": play,
        "app": app,
        "item": item,
        "author": author,
        "topic": topic,
        "campaign": np.full(len(account), -1),
        "place": np.full(len(account), -1),
        "place_size": np.zeros(len(account), np.int64),
        "next": np.full(len(account), -1),
        "skip": np.zeros(len(account), np.int64),
        "signed": np.full(len(account), -1),
    }


_NARROW = {
    "account": np.int32, "turns": np.int16, "play": np.int16, "app": np.int16, "topic": np.int16,
    "campaign": np.int16, "place": np.int32, "place_size": np.int32, "next": np.int32, "skip": np.int16,
    "signed": np.int32,
}  # fmt: skip


def compact(talks: Columns) -> Columns:
    """The same in as few bytes as a world of any size allows."""
    return {name: values.astype(_NARROW.get(name, values.dtype)) for name, values in talks.items()}


def alive(population: Columns, account: Ints, start: Ints) -> npt.NDArray[np.bool_]:
    """Which conversations start while their account is open."""
    ends = population["suspended"][account]
    return (start >= population["created"][account]) & ((ends < 0) | (start < ends))


def sessions(
    ground: Ground,
    rng: np.random.Generator,
    columns: Columns,
    daily: float,
    spread: float,
    hours: npt.NDArray[np.float64] = HOURS,
    weekend: float = 0.7,
) -> tuple[Ints, Ints]:
    """A session model of individuals: account and start of each conversation.

    Sessions an account and day are Poisson around a log-normal habit; a session holds a geometric number
    of conversations, minutes apart; hours follow the local day.
    """  # fmt: skip
    count = len(columns["created"])
    habit = daily * np.exp(rng.normal(-spread * spread / 2, spread, count))
    days = _day_weights(ground, weekend)
    number = rng.poisson(habit * days.sum())
    account = np.repeat(np.arange(count), number)
    day = rng.choice(ground.days, len(account), p=days / days.sum())
    hour = rng.choice(24, len(account), p=hours / hours.sum()) - columns["zone"][account]
    shift = (columns["variant"][account] >> 20) % 5 - 2
    begin = ground.start + day * DAY + ((hour + shift) % 24) * HOUR + rng.integers(0, HOUR, len(account))
    inside = rng.geometric(0.6, len(account))
    account, begin = np.repeat(account, inside), np.repeat(begin, inside)
    rank = _rank(inside)
    begin = begin + (rank * rng.exponential(9 * 60, len(rank)) * SECOND).astype(np.int64)
    return account.astype(np.int64), begin


def jobs(
    ground: Ground, rng: np.random.Generator, columns: Columns, daily: float, spread: float, length: float
) -> tuple[Ints, Ints]:
    """Scripts of developers: bursts of requests seconds apart, at any hour but mostly by day."""
    count = len(columns["created"])
    habit = daily * np.exp(rng.normal(-spread * spread / 2, spread, count))
    number = rng.poisson(habit * ground.days)
    account = np.repeat(np.arange(count), number)
    flat = rng.random(len(account)) < 0.35
    hour = np.where(flat, rng.integers(0, 24, len(account)), rng.choice(24, len(account), p=OFFICE / OFFICE.sum()))
    day = rng.integers(0, ground.days, len(account))
    begin = ground.start + day * DAY + ((hour - columns["zone"][account]) % 24) * HOUR
    begin = begin + rng.integers(0, HOUR, len(account))
    inside = np.minimum(rng.geometric(1 / length, len(account)), 400)
    pause = np.exp(rng.normal(2.6, 0.9, len(account)))
    account, begin, pause = np.repeat(account, inside), np.repeat(begin, inside), np.repeat(pause, inside)
    gaps = pause * np.exp(rng.normal(0, 0.9, len(account))) * SECOND
    return account.astype(np.int64), begin + _running(gaps, inside)


def tenant(ground: Ground, rng: np.random.Generator, count: int, wanted: int) -> tuple[Ints, Ints]:
    """Software of tenants: rates and burstiness by 600-second bin of real cloud tenants.

    ``count`` tenants that share about ``wanted`` requests; returns tenant and time of each request. Some are small
    tenants that work now and then, with every request where that is not too much; the others work around the clock
    and are thinned. Few tenants are spread evenly over how bursty real ones are, and one of them sends a large part
    of it all, as the first client of each real model does.
    """
    rates, bursts = _servegen()
    width = 144 * ground.days
    daily = rates.sum(axis=1) * 144 / rates.shape[1]
    active = (rates > 0).mean(axis=1)
    usual = np.array([np.median(row[busy]) for row, busy in zip(bursts, rates > 0, strict=True)])
    sporadic = np.zeros(count, bool)
    sporadic[rng.permutation(count)[: round(count * SPORADIC)]] = True
    chosen = np.empty(count, np.int64)
    for mine, able in ((sporadic, daily < 700), (~sporadic, active > 0.5)):
        chosen[mine] = _evenly(rng, np.flatnonzero(able), usual, int(mine.sum()))
    place = (np.arange(width)[None, :] + rng.integers(0, 2016, count)[:, None] // 144 * 144) % 2016
    level = np.take_along_axis(rates[chosen], place, axis=1)
    cv = np.take_along_axis(bursts[chosen], place, axis=1)
    share = np.exp(rng.normal(0, UNEQUAL, count)) * np.where(sporadic, 0.5, 1.0)
    largest = int(np.argmax(level.sum(axis=1)))
    share[largest] = rng.uniform(*TOP) * share.sum()
    share *= wanted / share.sum()
    kept = np.minimum(share / np.maximum(level.sum(axis=1), 1e-9), 1.0)
    level *= kept[:, None]
    number = rng.poisson(_whole_bins(rng, level, usual[chosen])).ravel()
    return _arrivals(ground, rng, number, np.maximum(cv.ravel(), 0.3), width)


def _whole_bins(
    rng: np.random.Generator, level: npt.NDArray[np.float64], usual: npt.NDArray[np.float64]
) -> npt.NDArray[np.float64]:
    """Requests expected by tenant and bin, where bursty tenants were thinned by whole bins and not within them.

    A burst that is thinned is none: so that its CV can show, a bin that is left holds ``FULL`` requests at least.
    """
    busy = level.sum(axis=1) / np.maximum((level > 0).sum(axis=1), 1)
    more = np.where(usual > BURSTY, np.maximum(FULL / np.maximum(busy, 1e-9), 1.0), 1.0)[:, None]
    return np.where(rng.random(level.shape) * more < 1.0, level * more, 0.0)


def _evenly(rng: np.random.Generator, able: Ints, usual: npt.NDArray[np.float64], count: int) -> Ints:
    """``count`` of the tenants ``able``, one from each of as many equal parts of them by ``usual`` burstiness."""
    ranked = able[np.argsort(usual[able], kind="stable")]
    drawn = ((np.arange(count) + rng.random(count)) / max(count, 1) * len(ranked)).astype(np.int64)
    return rng.permutation(ranked[drawn])


def _servegen() -> tuple[npt.NDArray[np.float64], npt.NDArray[np.float64]]:
    """Requests and CV of gaps by tenant and bin; tenants of one day repeat it for two weeks."""
    data = arrays("world_tenants.npz")
    rate = np.where(data["rate"] > 0, 10 ** ((data["rate"].astype(np.float64) - 1) / 24.0), 0.0)
    cv = 10 ** ((data["cv"].astype(np.float64) - 1) / 40.0) / 20
    day = np.flatnonzero((rate[:, :144] > 0).any(axis=1) & ~(rate[:, 144:] > 0).any(axis=1))
    rate[day], cv[day] = np.tile(rate[day, :144], 14), np.tile(cv[day, :144], 14)
    return rate, cv


def _arrivals(
    ground: Ground, rng: np.random.Generator, number: Ints, cv: npt.NDArray[np.float64], width: int
) -> tuple[Ints, Ints]:
    """Requests within their bins: gamma gaps whose shape lets each bin show its CV.

    Among m gaps of one bin the squared CV is (m - 1) / (m a + 1) in the mean, a being the shape: few gaps show less
    than is true.
    """
    cell = np.repeat(np.arange(len(number)), number)
    gaps_within = np.maximum(number - 1, 2)
    shown = np.where(cv > BURSTY, MORE_SKEWED, SKEWED) * cv
    least = np.maximum(((gaps_within - 1) / shown**2 - 1) / gaps_within, LEAST_SHAPE)
    shape = least[cell]
    gaps = rng.gamma(shape) + 1e-9
    ends = _running(gaps * 1e6, number).astype(np.float64) / 1e6
    tail = rng.gamma(least) + 1e-9
    whole_bin = np.bincount(cell, weights=gaps, minlength=len(number)) + tail
    start = ground.start + (cell % width) * 600 * SECOND + (ends / whole_bin[cell] * 600 * SECOND).astype(np.int64)
    return cell // width, start


def lengths(rng: np.random.Generator, count: int, mean: float, most: int = 60) -> Ints:
    """Turns of each conversation: geometric with a heavier tail."""
    base = rng.geometric(1.0 / max(mean, 1.0), count)
    return np.minimum(np.where(rng.random(count) < 0.05, base * 3, base), most)


def plays(ground: Ground, rng: np.random.Generator, count: int, choices: tuple[tuple[Play, float], ...]) -> Ints:
    """A play for each conversation, by weight."""
    weights = np.array([weight for _, weight in choices])
    numbers = np.array([ground.play(play) for play, _ in choices])
    return numbers[rng.choice(len(choices), count, p=weights / weights.sum())]


def sticky_plays(
    ground: Ground, rng: np.random.Generator, columns: Columns, account: Ints, choices: tuple[tuple[Play, float], ...]
) -> Ints:
    """As :func:`plays`, but people keep to what they like: most conversations take the account's own."""
    mine = plays(ground, rng, len(columns["created"]), choices)
    return np.where(rng.random(len(account)) < 0.7, mine[account], plays(ground, rng, len(account), choices))


def keep(columns: Columns, chosen: npt.NDArray[Any]) -> Columns:
    """Rows of columns by mask or index."""
    return {name: values[chosen] for name, values in columns.items()}


def join(parts: list[Columns]) -> Columns:
    """Columns one below the other."""
    return {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}


def salt(text: str) -> int:
    """A number for a word, the same in every run."""
    return int(mix(np.array([int.from_bytes(text.encode()[:7].ljust(7), "little")]), len(text))[0] >> np.uint64(2))


def _day_weights(ground: Ground, weekend: float) -> npt.NDArray[np.float64]:
    first = (ground.start // DAY + 3) % 7
    return np.array([weekend if (first + day) % 7 >= 5 else 1.0 for day in range(ground.days)])


def _rank(sizes: Ints) -> Ints:
    first = np.cumsum(sizes) - sizes
    return np.arange(int(sizes.sum())) - np.repeat(first, sizes)


def _running(gaps: npt.NDArray[np.float64], sizes: Ints) -> Ints:
    """Running sums of gaps within consecutive groups, without each group's first gap."""
    total = np.cumsum(gaps.astype(np.int64))
    first = (np.cumsum(sizes) - sizes)[sizes > 0]
    return total - np.repeat(total[first], sizes[sizes > 0]) if len(total) else total
