"""Every kind of evidence and every honest explanation has its page, and the page says what the code does."""

from __future__ import annotations

import inspect
import re
from pathlib import Path
from types import ModuleType
from typing import cast

import pytest

from iolaus.campaign.explanations import explanations
from iolaus.documents import DOCS
from iolaus.link.kinds import Kind, kinds
from iolaus.settings import names

from .test_kinds import CASES, SETTINGS

SIGNALS = DOCS / "signals"
WHY = DOCS / "why"
KINDS = list(kinds())
EXPLANATIONS = [cast(ModuleType, found) for found in explanations()]


def module_name(found: object) -> str:
    return cast(ModuleType, found).__name__.rsplit(".", 1)[1]


def page_of(kind: Kind) -> str:
    path = SIGNALS / f"{kind.KIND}.md"
    assert path.exists(), f"{kind.KIND} has no page: write {path.relative_to(DOCS.parent)}"
    return path.read_text("utf-8")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.KIND)
def test_kind_has_a_page_with_every_part(kind: Kind) -> None:
    page = page_of(kind)
    assert page.startswith(f"# {kind.KIND}\n")
    assert f"Family {kind.FAMILY}, question {kind.QUESTION}." in page
    for part in (
        "What it sees",
        "Whom it must spare",
        "Settings",
        "What it misses",
        "What an analyst does next",
        "Source",
    ):
        assert f"**{part}.**" in page, f"{kind.KIND}: its page does not say '{part}'"


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.KIND)
def test_every_number_of_a_kind_is_explained(kind: Kind) -> None:
    page = page_of(kind)
    seen = set()
    for case in CASES.values():
        found = kind.weigh(*case(), SETTINGS)
        seen |= set(found.numbers) if found is not None else set()
    assert seen, f"{kind.KIND} says nothing in any case: its numbers cannot be checked"
    missing = [name for name in sorted(seen) if f"`{name}`" not in page]
    assert not missing, f"{kind.KIND}: its page does not explain {missing}"


def source_of(found: object) -> str:
    """The module, and whatever it calls that makes something of the settings alone."""
    module = cast(ModuleType, found)
    called = [value for value in vars(module).values() if inspect.isfunction(value)]
    of_settings = [value for value in called if [*inspect.signature(value).parameters] == ["settings"]]
    return "\n".join([Path(str(module.__file__)).read_text("utf-8"), *map(inspect.getsource, of_settings)])


@pytest.mark.parametrize("found", [*KINDS, *EXPLANATIONS], ids=module_name)
def test_every_setting_that_is_read_is_named(found: object) -> None:
    section = "link" if ".link." in cast(ModuleType, found).__name__ else "campaign"
    folder = SIGNALS if section == "link" else SIGNALS / "honest"
    page = (folder / f"{module_name(found)}.md").read_text("utf-8")
    read = set(re.findall(r"settings\.([a-z_]+)", source_of(found))) & {n.split(".")[1] for n in names() if "." in n}
    missing = [name for name in sorted(read) if f"`{section}.{name}`" not in page]
    assert not missing, f"{module_name(found)}: its page does not name {missing}"


@pytest.mark.parametrize("found", EXPLANATIONS, ids=module_name)
def test_explanation_has_a_page_with_every_part(found: ModuleType) -> None:
    path = SIGNALS / "honest" / f"{module_name(found)}.md"
    assert path.exists(), f"{found.NAME} has no page: write {path.relative_to(DOCS.parent)}"
    page = path.read_text("utf-8")
    assert page.startswith(f"# {found.NAME}\n")
    for part in ("Who", "How", "Settings", "Where it fails", "What an analyst does next"):
        assert f"**{part}.**" in page, f"{found.NAME}: its page does not say '{part}'"


PAGES = sorted([*SIGNALS.rglob("*.md"), *WHY.glob("*.md")])


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.stem)
def test_settings_and_links_of_a_page_exist(path: Path) -> None:
    page = path.read_text("utf-8")
    known = set(names())
    named = re.findall(r"`((?:link|campaign|verdict|sketch|fingerprint|ingest)\.[a-z_]+)`", page)
    unknown = [name for name in named if name not in known]
    assert not unknown, f"{path.name} names settings that are none: {unknown}"
    for target in re.findall(r"\]\(([^)#]+)\)", page):
        assert (path.parent / target).exists(), f"{path.name} links to {target}, which is not there"
    for test in re.findall(r"`(tests/[\w/]+\.py)`", page):
        assert (DOCS.parent / test).exists(), f"{path.name} names {test}, which is not there"


def test_no_page_is_left_of_a_kind_that_is_gone() -> None:
    assert {path.stem for path in SIGNALS.glob("*.md")} == {kind.KIND for kind in KINDS} | {"README"}
    honest = {path.stem for path in (SIGNALS / "honest").glob("*.md")}
    assert honest == {module_name(found) for found in EXPLANATIONS} | {"README"}


def test_every_page_stands_in_its_index() -> None:
    for index in (SIGNALS / "README.md", SIGNALS / "honest" / "README.md"):
        page = index.read_text("utf-8")
        missing = [p.name for p in index.parent.glob("*.md") if p != index and f"]({p.name})" not in page]
        assert not missing, f"{index} does not list {missing}"
