"""What no log may do to a reader: raise, lose an exchange in silence, tell a text, or grow without bound."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from iolaus.ingest.draft import Draft, Hashed, Refused, as_format
from iolaus.ingest.formats import anthropic, litellm, openai, otel
from iolaus.tables import EXCHANGES

from .samples import CHAT, GENAI, LITELLM, MESSAGES, OTLP, RESPONSES, logs, span, spans

FORMATS = {"openai": openai, "anthropic": anthropic, "litellm": litellm, "otel": otel}
GOOD: list[tuple[ModuleType, dict[str, Any]]] = [
    (openai, CHAT),
    (openai, RESPONSES),
    (openai, CHAT["request"]),
    (openai, {"custom_id": "c", "response": {"status_code": 200, "body": CHAT["response"]}, "error": None}),
    (anthropic, MESSAGES),
    (anthropic, {"custom_id": "c", "result": {"type": "succeeded", "message": MESSAGES["response"]}}),
    (litellm, LITELLM),
    (otel, OTLP),
    (otel, {"name": "chat", "attributes": GENAI, "trace_id": "a1", "span_id": "b1", "start_time": "now"}),
    (otel, logs({"eventName": "gen_ai.user.message", "body": {"content": "x"}, "traceId": "a", "spanId": "b"})),
    (otel, spans(span({}, events=[{"name": "gen_ai.choice", "attributes": {"message": {"content": "x"}}}]))),
]
SECRET = "Iphicles-secret-words"

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**30), 10**30),
    st.floats(),
    st.text(max_size=20),
    st.sampled_from(["user", "assistant", "system", "tool", "{}", "[{}]", '{"messages": 3}', "\ud800", "²", SECRET]),
)
junk = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


def _places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for name, inner in items:
        yield (*path, name)
        yield from _places(inner, (*path, name))


def _put(record: dict[str, Any], path: tuple[Any, ...], value: Any) -> dict[str, Any]:
    record = copy.deepcopy(record)
    place: Any = record
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    return record


def _read(module: ModuleType, record: dict[str, Any]) -> list[Draft]:
    reader = module.Reader()
    try:
        drafts = list(reader.read(record, 1))
    except Refused as refused:
        assert SECRET not in str(refused) + str(refused.value)
        drafts = []
    drafts += reader.close()
    assert module.recognise([record]) <= 1
    for draft in drafts:
        _check(draft)
    return drafts


def _check(draft: Draft) -> None:
    assert draft.values.keys() <= set(EXCHANGES.names), "a column that no table has"
    assert draft.root_text is None or isinstance(draft.root_text, str)
    assert draft.context_turn is None or draft.context_turn >= 0
    for name in ("prompt", "system_prompt", "response"):
        assert isinstance(draft.values.get(name, ""), str), name
    for name in ("tools", "modalities"):
        assert all(isinstance(item, str) for item in draft.values.get(name) or ()), name
    for name in ("tool_result_hash", "reasoning_ref"):
        assert isinstance(draft.values.get(name), Hashed | None), name


@pytest.mark.parametrize(("module", "good"), GOOD, ids=[f"{m.NAME}{i}" for i, (m, _) in enumerate(GOOD)])
@settings(
    max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow], database=None
)
@given(data=st.data())
def test_any_part_of_a_good_record_may_be_anything(module: ModuleType, good: dict[str, Any], data: Any) -> None:
    record = good
    for _ in range(data.draw(st.integers(1, 3))):
        places = list(_places(record))
        if not places:
            break
        record = _put(record, data.draw(st.sampled_from(places)), data.draw(junk))
    _read(module, record)


@pytest.mark.parametrize(("module", "good"), GOOD, ids=[f"{m.NAME}{i}" for i, (m, _) in enumerate(GOOD)])
@pytest.mark.parametrize("value", [None, 0, "", [], {}, [None], [[]], {"a": None}, True, -1, "text"])
def test_every_single_part_may_be_of_the_wrong_type(module: ModuleType, good: dict[str, Any], value: Any) -> None:
    for path in _places(good):
        _read(module, _put(good, path, value))


@pytest.mark.parametrize("module", FORMATS.values(), ids=FORMATS)
@settings(max_examples=100, deadline=None, derandomize=True, database=None)
@given(record=st.dictionaries(st.text(max_size=10), junk, max_size=6))
def test_any_object_is_read_or_refused(module: ModuleType, record: dict[str, Any]) -> None:
    _read(module, record)


@pytest.mark.parametrize("module", FORMATS.values(), ids=FORMATS)
def test_deep_nesting_is_no_fault_of_the_program(module: ModuleType) -> None:
    deep: Any = "x"
    for _ in range(5_000):
        deep = {"content": [deep], "type": "tool_result", "role": "user"}
    for record in ({"messages": [deep]}, {"call_type": "c", "messages": [deep]}, {"attributes": {"a": deep}}):
        _read(module, record)


@pytest.mark.parametrize("module", FORMATS.values(), ids=FORMATS)
def test_each_keeps_the_contract_of_formats(module: ModuleType) -> None:
    assert as_format(module) is module
    assert module.NAME and module.MEANING
    assert module.recognise([]) == 0


@pytest.mark.parametrize(("module", "good"), GOOD, ids=[f"{m.NAME}{i}" for i, (m, _) in enumerate(GOOD)])
def test_the_record_is_left_as_it_is(module: ModuleType, good: dict[str, Any]) -> None:
    before = json.dumps(good)
    assert _read(module, good), "a good record gives an exchange"
    assert json.dumps(good) == before
