"""Each format through the whole of ingest: recognised, read, conversations found."""

from __future__ import annotations

import copy
import gzip
import json
from pathlib import Path
from typing import Any

import pytest

from iolaus.engine import EngineSettings
from iolaus.engine.embedded import Embedded
from iolaus.ingest.inputs import Inputs
from iolaus.ingest.run import ingest
from iolaus.ingest.settings import IngestSettings
from iolaus.ingest.summary import Summary
from iolaus.key import Key
from iolaus.progress import Progress
from iolaus.workspace import Workspace

from .samples import CHAT, GENAI, LITELLM, MESSAGES, span, spans
from .test_openai import AGENT_LOG


def _ingest(log: Path, place: Path, account: str | None = None) -> Summary:
    engine = Embedded(EngineSettings(), place / "scratch")
    try:
        work = Workspace(place / "state", "one")
        settings = IngestSettings(max_rejects=0)
        return ingest(Inputs((str(log),), account=account), settings, Key(b"k" * 32), work, engine, Progress(False))
    finally:
        engine.close()


def test_the_agent_log_end_to_end(tmp_path: Path) -> None:
    found = _ingest(AGENT_LOG, tmp_path, account="agent")
    assert (found.formats, found.exchanges, found.accounts) == ({"openai": 1}, 264, 1)
    assert found.conversations == 12, "runs of the agent, by their opening requests; 2 lost ones were tried again"
    assert found.collapsed == 2
    assert found.rejects == {}
    assert "264 times without a zone were read as UTC" in found.warnings


def _growing(format_name: str, account: int, turn: int) -> dict[str, Any]:
    """Turn ``turn`` (from 0) of the conversation of one account."""
    said = [{"role": "user", "content": f"opening {account}"}]
    for number in range(turn):
        said += [{"role": "assistant", "content": "yes"}, {"role": "user", "content": f"more {number}"}]
    second = 1_772_359_200 + account + 60 * turn
    if format_name == "litellm":
        record = copy.deepcopy(LITELLM)
        record["metadata"]["user_api_key_user_id"] = f"a{account}"
        return record | {"id": f"{account}-{turn}", "trace_id": "t", "startTime": second, "messages": said}
    if format_name == "otel":
        messages = [{"role": m["role"], "parts": [{"type": "text", "content": m["content"]}]} for m in said]
        plain = GENAI | {"user.id": f"a{account}", "gen_ai.input.messages": json.dumps(messages)}
        del plain["gen_ai.conversation.id"]
        return spans(span(plain, account * 100 + turn + 1, startTimeUnixNano=f"{second}000000000"))
    record = copy.deepcopy(CHAT if format_name == "openai" else MESSAGES)
    record["request"]["messages"] = said
    return record | {"account_id": f"a{account}", "timestamp": second, "request_id": f"{account}-{turn}"}


@pytest.mark.parametrize("name", ["openai", "anthropic", "litellm", "otel"])
def test_growing_contexts_become_conversations(name: str, tmp_path: Path) -> None:
    log = tmp_path / "log.jsonl.gz"
    with gzip.open(log, "wt", encoding="utf-8") as file:
        for turn in range(4):
            for account in range(5):
                file.write(json.dumps(_growing(name, account, turn)) + "\n")
    found = _ingest(log, tmp_path)
    assert found.formats == {name: 1}
    assert (found.exchanges, found.accounts, found.conversations, found.collapsed) == (20, 5, 5, 0)
    assert found.defects == {}
