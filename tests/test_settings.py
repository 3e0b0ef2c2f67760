"""Settings: defaults, a file, the environment and flags in rising order; unknown names are answered."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel

from iolaus.errors import InputError
from iolaus.settings import Settings, describe, load, names


@pytest.fixture
def toml(tmp_path: Path) -> Path:
    path = tmp_path / "iolaus.toml"
    path.write_text("[sketch]\nk = 12\nleast = 20\n[link]\ncap = 3.5\n", "utf-8")
    return path


def test_order_of_sources(toml: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().sketch.k == 10
    assert load(toml).sketch.k == 12
    monkeypatch.setenv("IOLAUS_SKETCH__K", "14")
    changed = load(toml)
    assert (changed.sketch.k, changed.sketch.least, changed.link.cap) == (14, 20, 3.5)
    flagged = load(toml, {"sketch": {"k": 16}})
    assert (flagged.sketch.k, flagged.sketch.least, flagged.link.cap) == (16, 20, 3.5)


def test_one_setting_of_a_section_leaves_the_others(toml: Path) -> None:
    defaults, changed = load(), load(toml)
    assert changed.link.model_copy(update={"cap": defaults.link.cap}) == defaults.link
    assert changed.verdict == defaults.verdict


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ("[skech]\nk = 1\n", "unknown setting 'skech'. Did you mean 'sketch'"),
        ("[sketch]\nleest = 1\n", "unknown setting 'sketch.leest'. Did you mean 'sketch.least'"),
        ("[sketch]\nk = 1\n", "sketch.k"),
        ("[sketch]\nk = 'ten'\n", "sketch.k"),
        ("[link]\ncap = -1\n", "link.cap"),
        ("link = 3\n", "link"),
        ("[sketch\n", "cannot be read as TOML"),
    ],
)
def test_mistakes_are_one_clear_line(tmp_path: Path, content: str, said: str) -> None:
    path = tmp_path / "mine.toml"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError) as raised:
        load(path)
    message = str(raised.value)
    assert said in message
    assert message.startswith(f"{path}: ")
    assert "\n" not in message


def test_missing_file_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"none\.toml: cannot be read"):
        load(tmp_path / "none.toml")


@pytest.mark.parametrize(("name", "value"), [("IOLAUS_SKETCH__K", "ten"), ("IOLAUS_SKETCH__K", "1")])
def test_mistakes_in_the_environment_name_the_setting(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(InputError, match=r"sketch\.k"):
        load()


def test_unknown_names_in_the_environment_are_answered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("IOLAUS_SKETCH__LEEST", "3")
    with pytest.raises(InputError, match=r"sketch\.leest.*sketch\.least"):
        load()


def test_flags_are_checked_like_the_file() -> None:
    with pytest.raises(InputError, match="max_rejects"):
        load(None, {"ingest": {"max_rejects": 7.0}})


def test_settings_cannot_be_changed_afterwards() -> None:
    found = load()
    with pytest.raises(Exception, match="frozen"):
        found.sketch.k = 3


def test_every_setting_is_described_once() -> None:
    described = [name for name, _, _ in describe(load())]
    assert len(set(described)) == len(described) > 40
    assert all(meaning for _, _, meaning in describe(load()))
    assert set(described) < set(names())


def test_every_number_has_a_bound_or_is_a_log() -> None:
    """A setting without bounds can be set to nonsense: only medians and log10 odds may go anywhere."""
    free = []
    for section in Settings.model_fields:
        model: BaseModel = getattr(load(), section)
        for name, field in type(model).model_fields.items():
            if field.annotation in (int, float) and not field.metadata and "log10" not in (field.description or ""):
                free.append(f"{section}.{name}")
    assert not free
