"""docs/formats.md says what the readers do: every name that is read stands in it, with the bounds."""

from __future__ import annotations

from pathlib import Path

import pytest

from iolaus.ingest.chat import pairing, record
from iolaus.ingest.chat.envelope import HEADERS, NAMES
from iolaus.ingest.formats import formats, litellm, openai, otel
from iolaus.ingest.telemetry.names import ALIASES

PAGE = (Path(__file__).parents[3] / "docs" / "formats.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(formats()))
def test_every_format_is_described(name: str) -> None:
    assert f"| `{name}` |" in PAGE


def test_every_name_that_is_read_is_told() -> None:
    names = [name for _, names in (*NAMES, *HEADERS) for name in names]
    names += [*record.REQUESTS, *record.ANSWERS, *record.SURE_IDS, *litellm.ACCOUNT]
    names += [alias.attribute for alias in ALIASES if alias.convention != "iolaus"]
    missing = [name for name in names if name not in PAGE]
    assert not missing


def test_bounds_are_told() -> None:
    assert pairing.PENDING == otel.PENDING == openai.REMEMBERED == 4_096
    assert "4,096" in PAGE
    assert f"{pairing.PENDING_CHARACTERS // 1_000_000} million characters" in PAGE
    assert f"last {pairing.LOOKBACK}" in PAGE
