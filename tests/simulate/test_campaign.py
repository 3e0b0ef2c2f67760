from __future__ import annotations

import itertools
from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest

from iolaus.errors import InputError
from iolaus.simulate import World, simulate

CROWD = '\n[[crowd]]\nkind = "heavy_developers"\naccounts = 30\n'


def world(tmp_path: Path, body: str, days: int = 6) -> World:
    path = tmp_path / "mine.toml"
    path.write_text(f'name = "mine"\nabout = "a test"\ndays = {days}\n{CROWD}\n[[campaign]]\nid = "c"\n{body}')
    return simulate(path, tmp_path / "w", seed=3)


def read(made: World) -> tuple[dict[str, list[object]], dict[str, list[object]]]:
    rows = pq.read_table(made.path / "exchanges").append_column(
        "campaign", pq.read_table(made.path / "truth" / "exchanges.parquet")["campaign_id"]
    )
    people = pq.read_table(made.path / "accounts.parquet").join(
        pq.read_table(made.path / "truth" / "accounts.parquet"), "account_id"
    )
    return rows.to_pydict(), people.to_pydict()


def test_one_queue_deals_each_item_once(tmp_path: Path) -> None:
    rows, people = read(
        world(tmp_path, 'accounts = 20\nexchanges = 1500\n[[campaign.templates]]\nfamily = "articulate"\n')
    )
    asked = zip(rows["prompt"], rows["campaign"], rows["turn"], rows["conversation_id"], strict=True)
    texts = list({talk: prompt for prompt, campaign, turn, talk in asked if campaign and turn == 0 and prompt}.values())
    assert len(texts) > 300
    assert len(set(texts)) == len(texts)
    assert sum(people["hostile"]) >= 15
    assert {r for r, h in zip(people["role"], people["hostile"], strict=True) if h} == {"operated"}


def test_the_size_is_about_what_was_asked_for(tmp_path: Path) -> None:
    rows, _ = read(world(tmp_path, "accounts = 40\nexchanges = 4000\n"))
    assert 3_000 <= sum(c is not None for c in rows["campaign"]) <= 5_000


def test_banned_accounts_have_successors(tmp_path: Path) -> None:
    made = world(
        tmp_path, "accounts = 30\nexchanges = 3000\n[campaign.bans]\nshare = 1.0\nfrom_day = 1\nwaves = 4\n", 12
    )
    _, people = read(made)
    banned = [
        a
        for a, h, s in zip(people["account_id"], people["hostile"], people["status"], strict=True)
        if h and s == "suspended"
    ]
    assert len(banned) >= 15
    assert made.hostile > 40
    events = pq.read_table(made.path / "account_events.parquet").to_pydict()
    told = {a for a, k in zip(events["account_id"], events["kind"], strict=True) if k == "suspended"}
    assert set(banned) <= told


def test_hijacked_keys_stay_their_owners(tmp_path: Path) -> None:
    made = world(
        tmp_path, 'accounts = 8\nexchanges = 800\nhijacked = "heavy_developers"\n[campaign.network]\npool = 9\n'
    )
    rows, people = read(made)
    stolen = [r for r, h in zip(people["role"], people["hostile"], strict=True) if h]
    assert stolen == ["compromised"] * len(stolen) and 4 <= len(stolen) <= 8
    assert made.accounts == 30
    theirs = {a for a, c in zip(rows["account_id"], rows["campaign"], strict=True) if c}
    assert any(a in theirs and c is None for a, c in zip(rows["account_id"], rows["campaign"], strict=True))


@pytest.mark.parametrize(("mixing", "low", "high"), [(0.0, 1.0, 1.0), (0.5, 0.3, 0.7), (1.0, 0.0, 0.0)])
def test_a_proxy_mixes_in_its_customers(mixing: float, low: float, high: float, tmp_path: Path) -> None:
    body = f'accounts = 20\nexchanges = 3000\nmixing = {mixing}\nlook_like = "chat"\n'
    made = world(tmp_path, body)
    rows, people = read(made)
    crowds = {"chat", "individuals", "concealed_reseller"}
    owners = {a for a, c in zip(people["account_id"], people["crowd"], strict=True) if c in crowds}
    theirs = [c is not None for a, c in zip(rows["account_id"], rows["campaign"], strict=True) if a in owners]
    assert low <= np.mean(theirs) <= high


def test_synchronised_accounts_start_in_the_same_minutes(tmp_path: Path) -> None:
    made = world(tmp_path, 'accounts = 20\nexchanges = 2000\npacing = "synchronised"\ndealing = "round_robin"\n')
    rows = pq.read_table(made.path / "exchanges", columns=["ts", "turn"]).append_column(
        "campaign", pq.read_table(made.path / "truth" / "exchanges.parquet")["campaign_id"]
    )
    first = rows.filter(pc.and_(pc.is_valid(rows["campaign"]), pc.equal(rows["turn"], 0)))
    minute = first["ts"].cast("int64").to_numpy() // 60_000_000
    _, sizes = np.unique(minute, return_counts=True)
    assert np.average(sizes, weights=sizes) > 8


def test_a_pivot_moves_half_of_the_traffic_within_a_day(tmp_path: Path) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(
        f'name = "mine"\ndays = 8\n{CROWD}\n[releases]\norion-large-4 = 4.0\n[[campaign]]\nid = "c"\naccounts = 40\n'
        "exchanges = 4000\n[campaign.pivot]\nday = 4.0\nshare = 0.5\n"
    )
    made = simulate(path, tmp_path / "w")
    rows, _ = read(made)
    start = min(t for t in rows["ts"])  # type: ignore[type-var]
    late = [
        m == "orion-large-4"
        for m, c, t in zip(rows["model"], rows["campaign"], rows["ts"], strict=True)
        if c and (t - start).total_seconds() > 5.1 * 86_400  # type: ignore[operator]
    ]
    assert 0.3 < np.mean(late) < 0.7


def test_a_sleeper_does_as_people_do_until_its_first_day(tmp_path: Path) -> None:
    body = "accounts = 20\nexchanges = 1500\nfrom_day = 4\nhonest_before = true\n"
    rows, people = read(world(tmp_path, body))
    hers = {a for a, h in zip(people["account_id"], people["hostile"], strict=True) if h}
    first = min(rows["ts"])
    sent = zip(rows["account_id"], rows["ts"], rows["campaign"], strict=True)
    days = [((ts - first).days, campaign) for account, ts, campaign in sent if account in hers]
    assert {campaign for day, campaign in days if day < 3} == {None}
    assert {campaign for day, campaign in days if day > 4} == {"c"}
    assert sum(campaign is None for _, campaign in days) > 100


def test_who_copies_a_firm_is_in_its_blocks_and_at_none_of_its_addresses(tmp_path: Path) -> None:
    path = tmp_path / "copied.toml"
    path.write_text(
        'name = "copied"\ndays = 4\n[[crowd]]\nkind = "declared_firm"\naccounts = 12\n[[campaign]]\nid = "c"\n'
        'accounts = 30\nexchanges = 2000\ncopies = "declared_firm"\n[campaign.network]\npool = 60\nshare = 1.0\n'
    )
    rows, people = read(simulate(path, tmp_path / "w", seed=3))
    firm = {a for a, c in zip(people["account_id"], people["crowd"], strict=True) if c == "declared_firm"}
    seen: dict[str, dict[bool, set[object]]] = {name: {True: set(), False: set()} for name in ("ip", "system_prompt")}
    for name, values in seen.items():
        for account, value in zip(rows["account_id"], rows[name], strict=True):
            values[account in firm].add(value)
    blocks = {of: {str(ip).rpartition(".")[0] for ip in ips} for of, ips in seen["ip"].items()}
    assert blocks[False] == blocks[True]
    assert not seen["ip"][False] & seen["ip"][True]
    assert len(seen["ip"][False]) > 20
    assert seen["system_prompt"][False] - {None} == seen["system_prompt"][True] - {None}


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("honest_before = true\n", "honest_before: needs accounts of its own, and a from_day after 0"),
        ('copies = "heavy_developers"\nhijacked = "heavy_developers"\n', "copies: stands beside hijacked"),
        ('copies = "heavy_developer"\n', "unknown name 'heavy_developer'. Did you mean 'heavy_developers'"),
    ],
)
def test_what_no_campaign_can_be_is_told(body: str, complaint: str, tmp_path: Path) -> None:
    with pytest.raises(InputError, match=complaint):
        world(tmp_path, f"accounts = 5\nexchanges = 50\n{body}")


def test_conversations_go_on_in_another_account_from_one_turn_on(tmp_path: Path) -> None:
    body = 'accounts = 12\nexchanges = 1500\nhanded = 0.5\n[[campaign.templates]]\nitems = "task"\nturns = 6\n'
    rows, _ = read(world(tmp_path, body))
    asked = zip(rows["root_hash"], rows["turn"], rows["account_id"], rows["campaign"], rows["ts"], strict=True)
    talks: dict[object, list[tuple[Any, Any, object]]] = {}
    for root, turn, account, campaign, ts in asked:
        if campaign:
            talks.setdefault(root, []).append((ts, turn, account))
    moved = [sorted(talk) for talk in talks.values() if len({account for _, _, account in talk}) > 1]
    assert 0.2 * len(talks) < len(moved) < 0.6 * len(talks)
    for talk in moved:
        accounts = [account for _, _, account in talk]
        assert sum(one != other for one, other in itertools.pairwise(accounts)) == 1
        assert [turn for _, turn, _ in talk] == sorted(turn for _, turn, _ in talk)


@pytest.mark.parametrize("held", [1, 4])
def test_signed_reasoning_is_replayed_as_often_as_it_says(tmp_path: Path, held: int) -> None:
    body = f"accounts = 12\nexchanges = 900\nreplayed = {held}\n[[campaign.templates]]\nreplay = 1.0\nturns = 1\n"
    rows, _ = read(world(tmp_path, body))
    opened = zip(rows["reasoning_ref"], rows["conversation_id"], rows["campaign"], rows["turn"], strict=True)
    pairs = {(reference, talk) for reference, talk, campaign, turn in opened if campaign and turn == 0 and reference}
    times = Counter(Counter(reference for reference, _ in pairs).values())
    assert times.most_common(1)[0][0] == held and max(times) == held
