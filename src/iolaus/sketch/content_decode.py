"""Opens what a request holds in base64: a long run that decodes to text is read as that text."""

from __future__ import annotations

import base64
import binascii
import re

import pyarrow as pa
import pyarrow.compute as pc

SHORTEST = 48
"""Signs of a run, below which it is a word, a name or a key."""

PLAIN = 0.9
"""Share of what was decoded that must be printable before it counts as text: pictures and archives are left alone."""

_RUN = rf"[A-Za-z0-9+/_-]{{{SHORTEST},}}"
_RUNS = re.compile(rf"{_RUN}={{0,2}}")


def decoded(texts: pa.Array) -> pa.Array:
    """The texts, with every long base64 run that holds text replaced by it; others are the same array."""
    if not (pa.types.is_string(texts.type) or pa.types.is_large_string(texts.type)):
        return texts
    found = pc.fill_null(pc.match_substring_regex(texts, _RUN), False)
    if not pc.any(found).as_py():
        return texts
    opened = [_RUNS.sub(_opened, text) for text in texts.filter(found).to_pylist()]
    return pc.replace_with_mask(texts, found, pa.array(opened, texts.type))


def _opened(found: re.Match[str]) -> str:
    run = found.group().rstrip("=").replace("-", "+").replace("_", "/")
    try:
        text = base64.b64decode(run + "=" * (-len(run) % 4)).decode("utf-8")
    except (binascii.Error, UnicodeDecodeError):
        return found.group()
    printable = sum(c.isprintable() or c in "\n\t\r" for c in text)
    return f" {text} " if printable >= PLAIN * len(text) else found.group()
