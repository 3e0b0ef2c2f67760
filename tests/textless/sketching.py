"""Sketches records of tests, and runs the stages up to the fingerprint on what comes out."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from iolaus.ingest.inputs import Inputs
from iolaus.settings import load
from iolaus.textless import run

SECRET = "the quillwort contract names seventeen heirs of the estate"
"""Words that nothing but their key's owner may find again."""


def sketched(logs: Path, out: Path, **sections: Any) -> Path:
    """A file of keyed sketches of some logs."""
    run.batch(Inputs((str(logs),)), load(None, sections), out)
    return out


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Records of a file of JSON lines."""
    return [json.loads(line) for line in path.read_bytes().splitlines()]


def conversation(account: str, day: int, texts: Iterable[str]) -> list[dict[str, Any]]:
    """Requests of an OpenAI log that send their context again."""
    messages: list[dict[str, str]] = [{"role": "system", "content": f"You help {account}. {SECRET}."}]
    made = []
    for turn, text in enumerate(texts):
        messages = [*messages, {"role": "user", "content": text}]
        made.append({
            "id": f"{account}-{day}-{turn}", "account_id": account, "created": f"2026-01-{day:02}T10:{turn:02}:00Z",
            "request": {"model": "m", "messages": messages, "temperature": 0.5},
            "response": {"object": "chat.completion", "choices": [{"message": {"role": "assistant", "content": "ok"}}]},
        })  # fmt: skip
        messages = [*messages, {"role": "assistant", "content": "ok"}]
    return made


def command(*arguments: object) -> list[str]:
    """``iolaus sketch`` in a process of its own."""
    start = "import sys; from iolaus.cli import main; main()"
    return [sys.executable, "-c", start, "sketch", *map(str, arguments)]


def piped(content: bytes, *arguments: object) -> subprocess.CompletedProcess[bytes]:
    """``iolaus sketch --stream`` with ``content`` on its standard input."""
    return subprocess.run(command("--stream", *arguments), input=content, capture_output=True, check=False, timeout=300)
