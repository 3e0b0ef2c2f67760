"""Generated pages are what the code says, and say all of it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import typer.main
from jsonschema import Draft202012Validator

from iolaus import cli, documents, tables
from iolaus.errors import InputError
from iolaus.settings import Settings, describe
from iolaus.state.tables import STATE
from report import fixture


def test_pages_in_the_checkout_are_not_stale() -> None:
    old = documents.stale(documents.DOCS)
    assert not old, f"stale under docs/: {old}; run 'make docs' and commit what it writes"


@pytest.mark.parametrize("table", [*tables.INPUTS, *tables.RESULTS, *STATE, *tables.TRUTHS], ids=lambda t: t.name)
def test_every_column_is_documented(table: tables.Table) -> None:
    section = documents.tables_page().split(f"### {table.name}\n")[1].split("\n### ")[0]
    for column in table.columns:
        assert f"| `{column.name}` |" in section, f"{table.name}.{column.name} is not in tables.md"
        assert column.meaning, f"{table.name}.{column.name} says no meaning"


def test_every_setting_is_documented() -> None:
    page = documents.settings_page()
    for name, _, meaning in describe(Settings.model_construct()):
        section, short = name.split(".", 1)
        assert meaning, f"{name} has no description"
        assert f"| `{short}` |" in page.split(f"## {section}\n")[1].split("\n## ")[0], f"{name} is missing"


def test_settings_page_ignores_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    before = documents.settings_page()
    monkeypatch.setenv("IOLAUS_SKETCH__K", "77")
    assert documents.settings_page() == before


def test_every_command_is_documented() -> None:
    page = documents.commands_page()
    for name, command in typer.main.get_command(cli.app).commands.items():  # type: ignore[attr-defined]
        assert f"## iolaus {name}\n" in page
        assert command.help, f"iolaus {name} says nothing of itself"
        undocumented = [p.name for p in command.params if not getattr(p, "help", None)]
        assert not undocumented, f"iolaus {name}: no help for {undocumented}"


RESULT_FILES = ("campaigns", "cohorts", "run")


@pytest.fixture(scope="module")
def results(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return fixture.two_campaigns(tmp_path_factory.mktemp("results"))


def schema_of(name: str) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(documents.pages()[f"{name}.schema.json"])
    return loaded


@pytest.mark.parametrize("name", RESULT_FILES)
def test_schema_is_draft_2020_12_and_holds_for_results(name: str, results: Path) -> None:
    schema = schema_of(name)
    assert schema["$schema"] == "https://json-schema.org/draft/2020-12/schema"
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(json.loads((results / f"{name}.json").read_bytes()))


def test_schema_refuses_another_verdict_among_accusations(results: Path) -> None:
    content = json.loads((results / "campaigns.json").read_bytes())
    content["campaigns"][0]["verdict"] = "undetermined"
    assert not Draft202012Validator(schema_of("campaigns")).is_valid(content)
    content["campaigns"][0] |= {"verdict": "campaign", "guilt": 1.0}
    assert not Draft202012Validator(schema_of("campaigns")).is_valid(content)


def test_check_names_stale_pages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(documents, "DOCS", tmp_path)
    assert documents.main(["--check"]) == 1
    assert "docs/tables.md" in capsys.readouterr().err
    assert documents.main([]) == 0
    assert documents.main(["--check"]) == 0
    (tmp_path / "settings.md").write_text("old")
    assert documents.main(["--check"]) == 1
    assert "docs/settings.md" in capsys.readouterr().err


def test_writing_outside_a_checkout_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="checkout"):
        documents.write(tmp_path / "none")
