"""What ingest tells about itself."""

from __future__ import annotations

import msgspec


class Summary(msgspec.Struct, kw_only=True, forbid_unknown_fields=True):
    """Counts of one ingest.

    inputs: {name, sha256} of each file, names relative to their argument. exchanges: rows that are kept, each id
    once. conversations: distinct ones. collapsed: retries and fallbacks that do not count. rejects: by reason.
    defects: by '<column>: <kind>'. makes: what keyed sketches in place of texts were made with, each once.
    """

    inputs: list[dict[str, str]]
    formats: dict[str, int]
    exchanges: int
    accounts: int
    conversations: int
    collapsed: int
    rejects: dict[str, int]
    defects: dict[str, int]
    warnings: list[str]
    has_account_table: bool
    has_events: bool
    makes: list[str] = []
