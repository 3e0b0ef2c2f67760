from __future__ import annotations

import re
from collections import defaultdict

import numpy as np
import pyarrow.parquet as pq

from iolaus.simulate import World
from iolaus.simulate.compose import Messages, compose
from iolaus.simulate.draws import mix
from iolaus.simulate.lexicon import lexicon
from simulate.conftest import MakeWorld


def some(group: str, rows: int = 400, wrapper: str = "", author: int | None = None) -> list[str]:
    words = lexicon()
    ones = np.ones(rows, np.int64)
    seeds = np.arange(rows) if author is None else ones * author
    made = compose(
        words,
        Messages(
            mix(seeds, 1), mix(np.arange(rows), 2), ones * 0, np.arange(rows) % words.topics,
            ones * words.groups[group], ones * (words.groups[wrapper] if wrapper else -1), ones * 1, -ones, ones > 0,
        ),
    )  # fmt: skip
    return list(made.to_pylist())


def test_every_group_and_family_gives_whole_text() -> None:
    words = lexicon()
    for name in words.groups:
        wrapped = name in words.families or name == "wrapper_many"
        for text in some("maths", 40, name) if wrapped else some(name, 40):
            assert "{item}" not in text and "{thing" not in text and "{n" not in text, (name, text)
            assert "@" not in text and "|" not in text, (name, text)


def test_items_hardly_repeat() -> None:
    for group in ("ask", "code", "maths", "task", "pair", "document", "ask_zh"):
        texts = some(group, 2_000)
        assert len(set(texts)) > 0.98 * len(texts), group


def test_tastes_persist() -> None:
    """Two requests of one author share more words than two of strangers."""

    def shared(texts: list[str]) -> float:
        bags = [set(re.findall(r"[a-z]{4,}", text.lower())) for text in texts]
        return float(np.mean([len(a & b) / len(a | b) for a, b in zip(bags[::2], bags[1::2], strict=True)]))

    words = lexicon()
    ones = np.ones(600, np.int64)
    item = mix(np.arange(600), 2)
    columns = (ones * words.groups["ask"], -ones, ones, -ones, ones > 0)
    one = mix(ones, 9)
    alone = compose(words, Messages(one, item, ones * 0, ones * 3, *columns)).to_pylist()
    apart = compose(words, Messages(item, item, ones * 0, np.arange(600) % words.topics, *columns)).to_pylist()
    assert shared(alone) > 1.5 * shared(apart)


def test_a_template_of_ones_own_is_worded_alike_only_by_its_author() -> None:
    texts = [some("maths", 60, "owntemplate", author) for author in (1, 2)]
    heads = [{text.split("\n")[0] for text in part} for part in texts]
    assert len(heads[0]) == 1
    assert heads[0] != heads[1]


def test_a_third_of_the_families_is_held_out() -> None:
    families = [f for f in lexicon().families.values() if not re.fullmatch(r"trace_[a-z]{2}", f.name)]
    for hostile in (True, False):
        held = [f.held_out for f in families if f.hostile == hostile]
        assert 0.24 <= np.mean(held) <= 0.45, (hostile, np.mean(held))


def rare_share(world: World, crowds: set[str]) -> float:
    """Share of those crowds' conversations all of whose word 4-grams at least 10 accounts use."""
    rows = pq.read_table(world.path / "exchanges", columns=["account_id", "conversation_id", "prompt"]).to_pydict()
    truth = pq.read_table(world.path / "truth" / "accounts.parquet").to_pydict()
    crowd = dict(zip(truth["account_id"], truth["crowd"], strict=True))
    users: dict[int, set[str]] = defaultdict(set)
    grams: dict[str, set[int]] = defaultdict(set)
    for account, talk, text in zip(rows["account_id"], rows["conversation_id"], rows["prompt"], strict=True):
        found = re.findall(r"\w+", re.sub(r"\d", "0", (text or "").lower()))
        for place in range(max(len(found) - 3, min(len(found), 1))):
            gram = hash(tuple(found[place : place + 4]))
            users[gram].add(account)
            if crowd[account] in crowds:
                grams[talk].add(gram)
    common = sum(all(len(users[gram]) >= 10 for gram in theirs) for theirs in grams.values())
    return common / len(grams)


def test_honest_individuals_have_words_of_their_own(make_world: MakeWorld) -> None:
    world = make_world("honest", 0.2)
    assert rare_share(world, {"individuals", "developers", "heavy_developers", "framework_users"}) <= 0.02
