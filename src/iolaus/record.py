"""run.json: what was scanned with what, and how much of it could be assessed."""

from __future__ import annotations

import math
from importlib.metadata import version
from pathlib import Path
from typing import Any

import msgspec
import pyarrow as pa

import iolaus
from iolaus.content import baseline
from iolaus.engine import Engine
from iolaus.findings import SCHEMA_VERSION, ErrorControl, RunRecord
from iolaus.ingest.inputs import sha256
from iolaus.ingest.summary import Summary
from iolaus.key import Key
from iolaus.settings import Settings
from iolaus.sketch.making import load_weights, weights_id
from iolaus.state.scanning import Behind
from iolaus.unseen import unseen
from iolaus.workspace import Workspace, write_atomically

WITHOUT_EFFECT = {
    "engine": {"url", "memory_mb", "threads"},
    "sketch": {"key_file", "weights"},
    "link": {"baseline"},
    "campaign": {"cleared"},
}
"""Settings that change no result: neither in run.json nor in the key of a working state. Of a baseline, of weights
and of a list of cleared accounts the content counts, not the path."""


def with_effect(settings: Settings, kept: Behind | None = None) -> dict[str, dict[str, Any]]:
    """The settings that affect results, as plain values. Raises InputError where a baseline or weights cannot be read.

    Those of the state do so only where there is one.
    """
    tree: dict[str, dict[str, Any]] = settings.model_dump(mode="json")
    if kept is None:
        del tree["state"]
    effect = {
        section: {name: value for name, value in values.items() if name not in WITHOUT_EFFECT.get(section, set())}
        for section, values in tree.items()
    }
    if settings.sketch.weights is not None:
        effect["sketch"]["weights"] = weights_id(load_weights(settings.sketch.weights))
    if settings.link.baseline is not None:
        effect["link"]["baseline"] = baseline.digest(settings.link.baseline)
    if settings.campaign.cleared is not None:
        effect["campaign"]["cleared"] = sha256(settings.campaign.cleared)
    return effect


def baseline_record(path: Path | None) -> dict[str, str] | None:
    """What run.json says of a baseline: its bytes and its days; None where none is set."""
    if path is None:
        return None
    found = baseline.load(path)
    return {"sha256": baseline.digest(path), "first": found.first, "last": found.last}


def write_record(
    read: Summary,
    settings: Settings,
    key: Key,
    work: Workspace,
    engine: Engine,
    out: Path,
    control: ErrorControl,
    kept: Behind | None = None,
) -> None:
    """run.json: what was scanned with what, and how rare ``control`` keeps false campaigns."""
    shares = assessable_shares(work, engine)
    record = RunRecord(
        schema_version=SCHEMA_VERSION,
        versions={"iolaus": iolaus.__version__, "duckdb": version("duckdb"), "pyarrow": pa.__version__},
        sketch_key_id=key.id,
        settings=dict(with_effect(settings, kept)),
        inputs=read.inputs,
        exchanges=read.exchanges,
        accounts=int(engine.value("SELECT count(*) FROM fingerprints")),
        conversations=int(engine.value("SELECT count(*) FROM conversations")),
        rejects=read.rejects,
        defects=read.defects,
        assessable=shares,
        warnings=[*read.warnings, *unseen(read, engine), *out_of_reach(control)],
        baseline=baseline_record(settings.link.baseline),
        state=None if kept is None else kept.record(),
        error_control=control,
    )
    write_atomically(out / "run.json", msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def out_of_reach(control: ErrorControl) -> list[str]:
    """A warning where no evidence could reach the level of this look, whatever it says."""
    if control.needed <= control.highest or control.cohorts == 0:
        return []
    least = control.promised * 10 ** (control.needed - control.highest)
    return [
        f"{control.promised:g} false campaigns per million account-weeks are too few for {control.cohorts} cohorts in"
        f" {control.spent:.0f} account-weeks: nobody new can be accused. Scan more weeks at once, or set"
        f" verdict.false_campaigns to {math.ceil(least)} or more."
    ]


def assessable_shares(work: Workspace, engine: Engine) -> dict[str, dict[str, dict[str, float]]]:
    """By pathway and by programme: accounts, those of them that could be assessed, exchanges, with text, sketched."""
    ingested, fingerprints = work.folder("ingest"), work.folder("fingerprint")
    engine.view("ingested", ingested / "exchanges" / "part-*.parquet")
    engine.view("fingerprints", fingerprints / "accounts.parquet")
    engine.view("known", ingested / "accounts.parquet")
    engine.keep(
        "used",
        "SELECT account_id, pathway, count(*) AS exchanges,"
        " count(CASE WHEN text_state IN ('present', 'truncated') THEN 1 END) AS with_text,"
        " count(CASE WHEN text_state = 'sketched' THEN 1 END) AS sketched"
        " FROM ingested GROUP BY account_id, pathway",
    )
    shares: dict[str, dict[str, dict[str, float]]] = {}
    for group in ("pathway", "programme"):
        rows = engine.table(
            f"""SELECT coalesce({group}, 'unknown') AS value, count(DISTINCT account_id) AS accounts,
                count(DISTINCT CASE WHEN assessed THEN account_id END) AS assessed,
                CAST(sum(exchanges) AS BIGINT) AS exchanges, CAST(sum(with_text) AS BIGINT) AS with_text,
                CAST(sum(sketched) AS BIGINT) AS sketched
            FROM used JOIN (SELECT account_id, assessed FROM fingerprints) AS b USING (account_id)
            LEFT JOIN (SELECT account_id, programme FROM known) AS k USING (account_id)
            GROUP BY value ORDER BY value"""
        ).to_pylist()
        shares[group] = {row.pop("value"): {name: float(count) for name, count in row.items()} for row in rows}
    return shares
