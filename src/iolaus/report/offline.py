"""Offline pages: one HTML file each, which carries the chart library, the script that draws, the style and the figures.

Templates extend ``offline.html``; a package that has pages keeps them in its own folder ``templates``.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Mapping
from functools import cache
from importlib.resources import files
from typing import Any

import jinja2
from jinja2.utils import htmlsafe_json_dumps
from markupsafe import Markup

HERE = "iolaus.report"


def as_it_is(value: Any) -> Any:
    """What a page prints of a value unless it says otherwise."""
    return value


@cache
def environment(package: str, finalize: Callable[[Any], Any] = as_it_is) -> jinja2.Environment:
    """Templates of a package, above the shared layout. All text is escaped; ``finalize`` meets every value first."""
    return jinja2.Environment(
        loader=jinja2.ChoiceLoader([jinja2.PackageLoader(name) for name in dict.fromkeys((package, HERE))]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        finalize=finalize,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )


def render(template: jinja2.Template, drawn: Mapping[str, Any], **content: Any) -> str:
    """The page with its figures (name -> chart option) and what draws them; the same content gives the same text."""
    return template.render(
        drawn=drawn,
        chart_data=htmlsafe_json_dumps(drawn, sort_keys=True, separators=(",", ":")),
        library=library(),
        script=script(),
        allowed=allowed() if drawn else "'none'",
        style=style(),
        **content,
    )


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
    return (files(HERE) / name).read_text("utf-8")


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
