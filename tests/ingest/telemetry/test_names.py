from __future__ import annotations

from typing import Any

import pytest

from iolaus.ingest.telemetry.names import ALIASES, BY_COLUMN, read_attributes
from iolaus.tables import EXCHANGES, STRINGS


def _read(attributes: dict[str, Any]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    read_attributes(attributes, values)
    return values


@pytest.mark.parametrize("alias", ALIASES, ids=[alias.attribute for alias in ALIASES])
def test_every_alias_tells_its_column(alias: Any) -> None:
    assert alias.column in EXCHANGES.names
    account = {} if alias.column == "account_id" else {"user.id": "u"}
    assert _read({**account, alias.attribute: "5"})[alias.column] == "5"


@pytest.mark.parametrize(("column", "names"), BY_COLUMN)
def test_the_outright_name_comes_first_and_new_names_before_old(column: str, names: tuple[str, ...]) -> None:
    assert names[0] == f"iolaus.{column}"
    assert len(set(names)) == len(names)
    value: Any = ["x"] if EXCHANGES.schema.field(column).type == STRINGS else "x"
    both = {name: ["later"] if isinstance(value, list) else "later" for name in names[1:]}
    assert _read({**both, names[0]: value})[column] == value


def test_no_text_can_be_named_past_the_readers_of_text() -> None:
    columns = {column for column, _ in BY_COLUMN}
    assert not columns & {"prompt", "response", "system_prompt", "tool_result_hash", "reasoning_ref"}


def test_the_account_is_not_its_own_client() -> None:
    assert _read({"enduser.id": "e"}) == {"account_id": "e"}
    assert _read({"enduser.id": "e", "user.id": "u"}) == {"account_id": "u", "client_user": "e"}


def test_lists_give_their_first_and_objects_nothing() -> None:
    found = _read({"gen_ai.response.finish_reasons": ["stop", "length"], "user.id": {"a": 1}, "client.address": []})
    assert found == {"finish_reason": "stop"}
