"""Every benchmark, one after the other, each in a process of its own; then docs/benchmarks.md anew.

    python -m benchmarks [NAME ...] [--quick | --full] [--json PATH] [--page PATH]

Without names all of them run. What does not run keeps its figures. ``--quick`` takes small sizes, to see that all
works, and writes nothing unless told where. ``--full`` runs those that have a full size, at that size alone; its
figures are kept beside the usual ones.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from benchmarks.child import module, read_json
from benchmarks.machine import describe
from benchmarks.page import write_page

DOCS = Path(__file__).parents[1] / "docs"
QUICK: dict[str, list[str]] = {
    "sketch": ["--rows", "20000"],
    "content": ["--rows", "20000"],
    "formats": ["--records", "2000"],
    "scan": ["--sizes", "20000", "40000", "--long", "2000"],
    "textless": ["--rows", "3000"],
    "size": ["--scales", "0.003", "0.006"],
    "state": ["--base", "30000", "--increment", "5000"],
    "broken": ["--rows", "20000"],
    "real_logs": [],
    "resume": ["--kills", "2", "--scale", "0.2"],
    "components": ["--scale", "0.3"],
    "generate": ["--scales", "0.003", "0.006"],
    "engine": ["--scale", "0.3"],
}
"""Every benchmark in its order, and what makes it quick."""

FULL = ("generate", "size")
"""Those that have a full size, too large for every run."""

WITHOUT_JSON = ("formats", "resume", "components")


def main() -> None:
    """Run what was asked for; status 1 where any of it failed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"one of {', '.join(QUICK)}")
    sizes = parser.add_mutually_exclusive_group()
    sizes.add_argument("--quick", action="store_true", help="small sizes")
    sizes.add_argument("--full", action="store_true", help=f"the full size of {', '.join(FULL)}")
    parser.add_argument("--json", type=Path, help="where figures are kept (default docs/benchmarks.json)")
    parser.add_argument("--page", type=Path, help="the page whose tables are made from them")
    asked = parser.parse_args()
    unknown = [name for name in asked.names if name not in QUICK]
    if unknown:
        parser.error(f"no benchmark is named {unknown[0]!r}; there are {', '.join(QUICK)}")
    able = FULL if asked.full else tuple(QUICK)
    names = [name for name in able if name in (asked.names or able) and find_spec(f"benchmarks.{name}")]
    if not names:
        parser.error(f"{', '.join(asked.names)}: no full size; there is one of {', '.join(FULL)}")
    kept = asked.json or (None if asked.quick else DOCS / "benchmarks.json")
    page = asked.page or (None if asked.quick else DOCS / "benchmarks.md")
    figures: dict[str, Any] = read_json(kept) if kept is not None and kept.exists() else {}
    failed = []
    for name in names:
        print(f"\n== {name}", flush=True)
        machine = describe()
        found = measure(name, QUICK[name] if asked.quick else ["--full"] if asked.full else [])
        if found is None:
            failed.append(name)
        elif found:
            figures[f"{name}_full" if asked.full else name] = {"machine": machine} | found
            if kept is not None:
                kept.write_text(json.dumps(figures, indent=1) + "\n", "utf-8")
    if page is not None and figures:
        write_page(figures, page)
    if failed:
        sys.exit(f"failed: {', '.join(failed)}")


def measure(name: str, arguments: list[str]) -> dict[str, Any] | None:
    """Run one benchmark with its output shown; its figures (empty where it writes none), None where it failed."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "figures.json"
        told = [] if name in WITHOUT_JSON else ["--json", path]
        # No benchmark makes, or uses, the key of whoever runs it.
        environment = os.environ | {"IOLAUS_SKETCH__KEY_FILE": str(Path(place) / "sketch.key")}
        if subprocess.run(module(f"benchmarks.{name}", *arguments, *told), env=environment, check=False).returncode:
            return None
        if not path.exists():
            return {}
        content = read_json(path)
    return content if isinstance(content, dict) else {"rows": content}


if __name__ == "__main__":
    main()
