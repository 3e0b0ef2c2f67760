"""Accounts by the column: who signed up, with what, and from where."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt

from iolaus.simulate.apps import NUMBER
from iolaus.simulate.ground import DAY, HOUR, SECOND, Ground, Ints

Columns = dict[str, npt.NDArray[Any]]
Weights = tuple[tuple[str, float], ...]

PROGRAMMES = ("standard", "education", "security_research", "startup")
VERIFICATIONS = ("none", "email", "phone", "card", "business", "government_id")
TIERS = ("free", "tier-1", "tier-2", "tier-3", "tier-4")
LIMITS = (20, 60, 500, 2000, 10000)
WEBMAIL = ("gmail.com", "outlook.com", "hotmail.com", "yahoo.com", "icloud.com", "proton.me", "gmx.net", "qq.com",
           "163.com", "mail.ru", "web.de", "naver.com")  # fmt: skip
WEBMAIL_SHARE = (0.46, 0.13, 0.09, 0.07, 0.08, 0.04, 0.03, 0.03, 0.02, 0.02, 0.02, 0.01)
NETWORKS = ("home", "mobile", "office", "vpn", "cloud", "relay")
"""Kinds of network that accounts mainly use."""

OWN_MAIL = 1_000
CAMPUS_MAIL = 10_000_000
"""Numbers of mail domains: below OWN_MAIL webmail, then companies' own, then universities'."""

COUNTRIES = ("US", "IN", "GB", "DE", "BR", "FR", "CN", "JP", "KR", "SG", "CA", "NL", "VN", "ID", "PL", "ES", "TR",
             "HK", "AU", "RU")  # fmt: skip
COUNTRY_SHARE = (0.24, 0.13, 0.06, 0.06, 0.05, 0.04, 0.07, 0.05, 0.04, 0.03, 0.03, 0.02, 0.03, 0.03, 0.02, 0.02, 0.02,
                 0.03, 0.02, 0.01)  # fmt: skip
ZONES = (-6, 5, 0, 1, -3, 1, 8, 9, 9, 8, -5, 1, 7, 7, 1, 1, 3, 8, 10, 3)


@dataclass(frozen=True)
class Traits:
    """Distributions from which a population's accounts are drawn. A campaign takes its look-alike's."""

    age_days: float = 160.0
    age_spread: float = 1.3
    new_share: float = 0.12
    tiers: tuple[float, ...] = (0.25, 0.4, 0.22, 0.1, 0.03)
    verifications: tuple[float, ...] = (0.04, 0.28, 0.3, 0.34, 0.03, 0.01)
    own_mail: float = 0.18
    campus_mail: float = 0.03
    card: float = 0.72
    device: float = 0.8
    phone: float = 0.7
    referral: float = 0.12
    networks: Weights = (
        ("home", 0.66),
        ("mobile", 0.1),
        ("office", 0.08),
        ("vpn", 0.06),
        ("cloud", 0.08),
        ("relay", 0.02),
    )
    apps: Weights = (("web_chat", 0.6), ("mobile", 0.4))
    retained: float = 0.97
    suspended: float = 0.012
    second: float = 0.05
    programme: str = "standard"

    def with_(self, **changes: object) -> Traits:
        """The same with some traits changed."""
        return replace(self, **changes)  # type: ignore[arg-type]


DEVELOPERS = Traits(
    own_mail=0.34,
    tiers=(0.12, 0.38, 0.3, 0.15, 0.05),
    card=0.9,
    networks=(("home", 0.5), ("office", 0.12), ("vpn", 0.08), ("cloud", 0.24), ("mobile", 0.05), ("relay", 0.01)),
    apps=(("python_sdk", 0.3), ("python_bare", 0.2), ("js_sdk", 0.18), ("go_client", 0.06), ("codecli", 0.1),
          ("ide", 0.06), ("cloud_sdk", 0.07), ("batch", 0.03)),
)  # fmt: skip


def draw(ground: Ground, rng: np.random.Generator, count: int, crowd: str, traits: Traits) -> Columns:
    """``count`` accounts of a crowd as columns."""
    age = traits.age_days * DAY * np.exp(rng.normal(0, traits.age_spread, count))
    created = ground.start - np.minimum(age, 1200 * DAY).astype(np.int64) - rng.integers(0, DAY, count)
    new = rng.random(count) < traits.new_share
    created[new] = ground.start + ((rng.random(count) * 1.3 - 0.5) * ground.days * DAY).astype(np.int64)[new]
    country = rng.choice(len(COUNTRIES), count, p=np.array(COUNTRY_SHARE) / sum(COUNTRY_SHARE))
    zone = np.array(ZONES)[country]
    hour = (created // HOUR + zone) % 24
    created = np.where(hour < 7, created + 9 * HOUR, created)
    created = np.minimum(created, ground.end - 30 * HOUR)
    verification = rng.choice(6, count, p=_even(traits.verifications))
    tier = rng.choice(5, count, p=_even(traits.tiers))
    tier = np.where(created > ground.start - 14 * DAY, np.minimum(tier, 2), tier)
    columns: Columns = {
        "crowd": np.full(count, ground.crowd(crowd)),
        "hijacked": np.zeros(count, bool),
        "created": created,
        "starts": np.zeros(count, np.int64),
        "parent": np.full(count, -1),
        "org": np.full(count, -1),
        "legal": np.full(count, -1),
        "programme": np.full(count, PROGRAMMES.index(traits.programme)),
        "verification": verification,
        "verified": created + (rng.exponential(2.0, count) * HOUR).astype(np.int64) + 40 * SECOND,
        "tier": tier,
        "credit": np.where(tier == 0, 5.0, np.where(rng.random(count) < 0.2, 5.0, 0.0)),
        "referral": np.where(rng.random(count) < traits.referral, rng.integers(0, 400, count), -1),
        "mail": _mail(ground, rng, count, traits),
        "phone": np.where(rng.random(count) < traits.phone, rng.integers(0, 900, count), -1),
        "card": np.where(rng.random(count) < traits.card, ground.fresh(count), -1),
        "device": np.where(rng.random(count) < traits.device, ground.fresh(count), -1),
        "country": country,
        "zone": zone,
        "retained": rng.random(count) < traits.retained,
        "status": np.zeros(count, np.int64),
        "suspended": np.full(count, -1),
        "reason": np.full(count, -1),
        "variant": rng.integers(0, 2**62, count),
        "taste": rng.integers(0, 2**62, count),
        "app": programs(rng, count, traits.apps),
        "adopts": rng.integers(0, 1000, count),
    }  # fmt: skip
    columns |= _network(ground, rng, count, traits)
    _second_accounts(rng, columns, traits.second)
    _suspend_some(ground, rng, columns, traits.suspended)
    return columns


def programs(rng: np.random.Generator, count: int, apps: Weights) -> npt.NDArray[np.int64]:
    """The number of each account's usual program, by weight."""
    numbers = np.array([NUMBER[name] for name, _ in apps])
    return np.asarray(numbers[rng.choice(len(apps), count, p=_even([weight for _, weight in apps]))])


def _even(weights: object) -> npt.NDArray[np.float64]:
    values = np.array(weights, np.float64)
    return np.asarray(values / values.sum())


def _mail(ground: Ground, rng: np.random.Generator, count: int, traits: Traits) -> npt.NDArray[np.int64]:
    web = rng.choice(len(WEBMAIL), count, p=_even(WEBMAIL_SHARE))
    kind = rng.random(count)
    own = OWN_MAIL + ground.fresh(count)
    campus = CAMPUS_MAIL + rng.integers(0, 300, count)
    return np.where(kind < traits.own_mail, own, np.where(kind < traits.own_mail + traits.campus_mail, campus, web))


def _network(ground: Ground, rng: np.random.Generator, count: int, traits: Traits) -> Columns:
    """Each account gets a few addresses of its own: a main one, and others where it roams."""
    kinds = np.array([NETWORKS.index(kind) for kind, _ in traits.networks])
    main = kinds[rng.choice(len(kinds), count, p=_even([weight for _, weight in traits.networks]))]
    held = np.where(rng.random(count) < 0.3, rng.integers(4, 26, count), 1 + np.minimum(rng.geometric(0.4, count), 7))
    moving = np.where(rng.random(count) < 0.45, rng.choice([8, 24, 24, 48, 96, 168], count), 0)
    return {"network": main, "book_size": held, "lease": moving} | addresses_of(ground, rng, main, held)


def addresses_of(ground: Ground, rng: np.random.Generator, main: Ints, held: Ints) -> Columns:
    """``held`` addresses of each account, mostly of its ``main`` kind of network: where they start, and the first."""
    first = np.cumsum(held) - held
    owner = np.repeat(np.arange(len(held)), held)
    place = np.arange(len(owner)) - first[owner]
    book = np.zeros(len(owner), np.uint32)
    for number, name in enumerate(NETWORKS):
        chosen = main[owner] == number
        if chosen.any():
            book[chosen] = ground.exits(rng, name, int(chosen.sum()))
    roams = (place > 0) & (rng.random(len(owner)) < 0.45)
    book[roams] = np.where(
        rng.random(int(roams.sum())) < 0.75,
        ground.exits(rng, "mobile", int(roams.sum())),
        ground.exits(rng, "home", int(roams.sum())),
    )
    return {"signup_ip": book[first].astype(np.int64), "book": ground.pool(book) + first}


def _second_accounts(rng: np.random.Generator, columns: Columns, share: float) -> None:
    """Some people hold two accounts, one for work: the card or the device is the same, or both, and the first address.

    ``share``: of accounts that are somebody's second.
    """
    second = np.flatnonzero(rng.random(len(columns["created"])) < share)
    second = second[second > 0]
    for name, chance in (("card", 0.7), ("device", 0.55), ("signup_ip", 0.4)):
        both = second[(rng.random(len(second)) < chance) & (columns[name][second] >= 0)]
        columns[name][both] = columns[name][both - 1]


def _suspend_some(ground: Ground, rng: np.random.Generator, columns: Columns, share: float) -> None:
    """Honest accounts get suspended too: for spam, for a card that failed, or by themselves."""
    count = len(columns["created"])
    hit = rng.random(count) < share
    when = ground.start + (rng.random(count) * ground.days * DAY).astype(np.int64)
    hit &= when > columns["created"] + 2 * HOUR
    columns["status"] = np.where(hit, 1, columns["status"])
    columns["suspended"] = np.where(hit, when, columns["suspended"])
    columns["reason"] = np.where(hit, rng.choice(3, count, p=[0.4, 0.45, 0.15]), columns["reason"])
