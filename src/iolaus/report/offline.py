"""What an offline page carries in itself: the chart library, the script that draws, the style, and their digests."""

from __future__ import annotations

import base64
import hashlib
from importlib.resources import files

from markupsafe import Markup


def library() -> Markup:
    """The vendored chart library."""
    return Markup(_file("vendor/echarts.min.js"))


def script() -> Markup:
    """Draws every ``figure[data-chart]`` from the JSON in ``#chart-data``."""
    return Markup(_file("templates/page.js"))


def style() -> Markup:
    """The style sheet of every page."""
    return Markup(_file("templates/report.css"))


def allowed() -> str:
    """Sources for the page's content security policy: these two scripts and no other."""
    return " ".join(f"'sha256-{_digest(text)}'" for text in (library(), script()))


def _file(name: str) -> str:
    return (files("iolaus.report") / name).read_text("utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
