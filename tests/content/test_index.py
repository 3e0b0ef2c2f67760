"""The index of public corpora: items are found under any template, and only they."""

from __future__ import annotations

import stat
from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from iolaus.cli import app
from iolaus.content.corpora import read
from iolaus.content.index import Index, load
from iolaus.errors import InputError

ITEMS = [
    f"A farmer sells {n} baskets of {fruit} for {n + 3} coins each, then buys two more fields; what is left at the end?"
    for n, fruit in enumerate(("apples", "pears", "plums", "figs", "dates", "limes", "nuts", "beans") * 8)
]
OTHERS = [f"Tell me how to repair a {thing} without any special tools at home" for thing in ("bike", "lamp", "door")]


def test_items_are_found_whatever_stands_around_them() -> None:
    index = Index.empty().extended("farm", ITEMS).extended("home", OTHERS)
    framed = [f"You are a careful tutor. Reason aloud.\n\nTask:\n{item}\n\nThen answer." for item in ITEMS[:6]]
    farm, home = index.held([*framed, "How do I cook rice for ten people at once without burning it?"])
    assert (farm.requests, home.requests, home.size) == (6, 0, 3)
    assert 6 <= farm.items <= farm.size
    assert index.held([]) == [replace(farm, requests=0, items=0), home]


def test_extending_adds_only_what_is_new_and_drops_what_is_too_short() -> None:
    once = Index.empty().extended("home", OTHERS)
    again = once.extended("home", [*OTHERS, "yes", "Tell me how to repair a clock without any special tools at home"])
    assert once.held(OTHERS)[0].size == 3
    assert again.held(OTHERS)[0].size == 4


def test_secrets_differ_and_nobody_else_may_read(tmp_path: Path) -> None:
    one, other = Index.empty().extended("home", OTHERS), Index.empty().extended("home", OTHERS)
    assert set(one.shingles.tolist()).isdisjoint(other.shingles.tolist())
    one.save(tmp_path / "index.npz")
    assert stat.S_IMODE((tmp_path / "index.npz").stat().st_mode) == 0o600
    assert load(tmp_path / "index.npz").held(OTHERS) == one.held(OTHERS)


def test_command_makes_and_extends_an_index(tmp_path: Path) -> None:
    (tmp_path / "farm.jsonl").write_text("".join(f'{{"question": "{item}"}}\n' for item in ITEMS), "utf-8")
    (tmp_path / "home.txt").write_text("\n".join(OTHERS), "utf-8")
    to = str(tmp_path / "index.npz")
    first = CliRunner().invoke(app, ["content", "index", str(tmp_path / "farm.jsonl"), "--to", to])
    second = CliRunner().invoke(app, ["content", "index", str(tmp_path / "home.txt"), "--to", to])
    assert (first.exit_code, second.exit_code) == (0, 0), (first.output, second.output)
    assert "home: 3 items" in second.output
    assert load(Path(to)).names == ("farm", "home")


def test_complaints_say_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "rows.csv").write_text("body,other\nhello,1\n", "utf-8")
    with pytest.raises(InputError, match=r"no column 'text'.*--column; it has body, other"):
        read(tmp_path / "rows.csv", None)
    with pytest.raises(InputError, match="No such file"):
        read(tmp_path / "missing.jsonl", None)
    (tmp_path / "none.npz").write_bytes(b"nothing")
    with pytest.raises(InputError, match="no index of corpora"):
        load(tmp_path / "none.npz")
