"""Plant a scenario's campaigns, with truth, into a user's own traffic in normal form.

What a planted account sends in every single field is what one of the user's own accounts sends: each takes
a donor and that donor's model, client, parameters and tier. Only the work and the hand behind it are new.
"""

from __future__ import annotations

import glob
import shutil
from collections.abc import Sequence
from pathlib import Path

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from iolaus import tables
from iolaus.engine import EngineSettings, sql_text
from iolaus.engine.embedded import Embedded
from iolaus.errors import InputError
from iolaus.simulate.ground import DAY

DONATED = (
    "model", "endpoint", "pathway", "user_agent", "tls_fingerprint", "temperature", "max_tokens", "n", "top_logprobs",
    "response_format", "thinking_budget", "tools", "modalities",
)  # fmt: skip
"""Columns that a planted account takes from its donor, all from one request of it."""

REQUIRED = {column.name for column in tables.EXCHANGES.columns if column.required}
ATTEMPTS = ("request_id", "retry_of")
"""Columns that a planted account fills where its donor does."""


def files_of(logs: Sequence[str]) -> list[Path]:
    """The Parquet files that hold the user's exchanges, in order.

    Raises InputError where there is none, or where one is not in normal form.
    """
    found: list[Path] = []
    for name in logs:
        for place in sorted(glob.glob(name)) or [name]:  # noqa: PTH207
            path = Path(place)
            inner = path / "exchanges" if (path / "exchanges").is_dir() else path
            found += sorted(inner.glob("*.parquet")) if inner.is_dir() else [path] if path.is_file() else []
    if not found:
        raise InputError(f"--into {' '.join(logs)}: holds no Parquet file. Make the normal form with 'iolaus ingest'.")
    for path in found:
        try:
            names = pq.read_schema(path).names
        except (OSError, pa.ArrowInvalid):
            raise InputError(f"{path}: is no Parquet file. Make the normal form with 'iolaus ingest'.") from None
        missing = [c.name for c in tables.EXCHANGES.columns if c.required and c.name not in names]
        if missing:
            raise InputError(f"{path}: lacks column '{missing[0]}'. Make the normal form with 'iolaus ingest'.")
    return found


def window_of(files: list[Path]) -> tuple[int, int]:
    """First day (microseconds at midnight UTC) and number of days of the traffic."""
    low = high = None
    for path in files:
        ts = pq.read_table(path, columns=["ts"])["ts"].cast(pa.int64())
        if len(ts):
            ends = pa.compute.min_max(ts)
            low = min(ends["min"].as_py(), low if low is not None else ends["min"].as_py())
            high = max(ends["max"].as_py(), high if high is not None else ends["max"].as_py())
    if low is None or high is None:
        raise InputError(f"{files[0]}: holds no exchange. Give traffic of a day or more.")
    start = low // DAY * DAY
    days = int((high - start) // DAY) + 1
    if days > 400:
        raise InputError(f"{files[0]}: the traffic spans {days} days. Give at most 400 days.")
    return start, days


def plant(files: list[Path], planted: Path, out: Path) -> None:
    """Merge the world in ``planted`` into the traffic of ``files``, by time, and write the whole to ``out``."""
    out.mkdir(parents=True, exist_ok=True)
    engine = Embedded(EngineSettings(memory_mb=1536, threads=1), out / ".scratch")
    try:
        _views(engine, files, planted)
        used = _used(engine)
        columns = ", ".join(
            f"CAST({_chosen(c.name, used)} AS {_sql(c.type)}) AS {c.name}" for c in tables.EXCHANGES.columns
        )
        theirs = ", ".join(f"{c} AS {c}" for c in _present(engine, "theirs"))
        (out / "exchanges").mkdir(exist_ok=True)
        engine.write(
            f"SELECT * FROM (SELECT {theirs} FROM theirs UNION ALL BY NAME "
            f"SELECT {columns} FROM planted p JOIN donors d USING (account_id)) ORDER BY ts, exchange_id",
            out / ".scratch" / "merged.parquet",
        )
        _typed(out / ".scratch" / "merged.parquet", out / "exchanges" / "part-00000.parquet")
        _accounts(engine, files, planted, out)
        _truth(engine, planted, out)
    finally:
        engine.close()
        shutil.rmtree(out / ".scratch", ignore_errors=True)
    note = msgspec.json.decode((planted / "world.json").read_bytes()) | {"planted_into": len(files)}
    (out / "world.json").write_bytes(msgspec.json.format(msgspec.json.encode(note), indent=2) + b"\n")


def _typed(source: Path, target: Path) -> None:
    """Write a file anew with the types of the contract, batch by batch."""
    schema = tables.EXCHANGES.schema
    with pq.ParquetWriter(target, schema, compression="zstd") as writer:
        for batch in pq.ParquetFile(source).iter_batches(65_536):
            given = pa.Table.from_batches([batch])
            arrays = [
                given[f.name].cast(f.type) if f.name in given.schema.names else pa.nulls(len(given), f.type)
                for f in schema
            ]
            writer.write_table(pa.Table.from_arrays(arrays, schema=schema))


def _views(engine: Embedded, files: list[Path], planted: Path) -> None:
    names = ", ".join(f"'{sql_text(path)}'" for path in files)
    engine.run(f"CREATE VIEW theirs AS SELECT * FROM read_parquet([{names}], union_by_name = true)")
    engine.view("planted", planted / "exchanges" / "*.parquet")
    have = _present(engine, "theirs")
    fields = ", ".join(f"{name} := {name if name in have else 'NULL'}" for name in DONATED)
    given = {name: name if name in have else "NULL" for name in ATTEMPTS}
    holds = ", ".join(f"count({value}) > 0 AS holds_{name}" for name, value in given.items())
    held = ", ".join(f"holds_{name}" for name in ATTEMPTS)
    engine.run(
        "CREATE TABLE donor AS SELECT donor_id, fields, row_number() OVER (ORDER BY md5(donor_id)) - 1 AS place, "
        f"{held} FROM (SELECT account_id AS donor_id, {holds}, "
        f"arg_min(struct_pack({fields}), md5(exchange_id)) AS fields FROM theirs GROUP BY account_id)"
    )
    engine.run(
        f"CREATE TABLE donors AS SELECT account_id, donor_id, fields, {held} FROM (SELECT account_id, "
        "(row_number() OVER (ORDER BY md5(account_id)) - 1) % (SELECT count(*) FROM donor) AS place "
        "FROM (SELECT DISTINCT account_id FROM planted)) JOIN donor USING (place)"
    )


def _present(engine: Embedded, view: str) -> list[str]:
    return list(engine.table(f"SELECT * FROM {view} LIMIT 0").schema.names)


def _used(engine: Embedded) -> set[str]:
    """Columns in which the user's own traffic holds anything."""
    have = _present(engine, "theirs")
    counts = engine.table(f"SELECT {', '.join(f'count({name}) AS {name}' for name in have)} FROM theirs").to_pylist()[0]
    return {name for name in have if counts[name]}


def _chosen(name: str, used: set[str]) -> str:
    """Where a planted column comes from; what the user's traffic never holds, a planted account does not send."""
    if name in DONATED:
        return f"d.fields.{name}"
    if name not in used and name not in REQUIRED:
        return "NULL"
    return f"CASE WHEN d.holds_{name} THEN p.{name} END" if name in ATTEMPTS else f"p.{name}"


_SQL = {
    pa.int16(): "SMALLINT",
    pa.int32(): "INTEGER",
    pa.int64(): "BIGINT",
    pa.float32(): "FLOAT",
    pa.bool_(): "BOOLEAN",
}


def _sql(kind: pa.DataType) -> str:
    if kind == tables.TIME:
        return "TIMESTAMPTZ"
    return "VARCHAR[]" if kind == tables.STRINGS else _SQL.get(kind, "VARCHAR")


def _accounts(engine: Embedded, files: list[Path], planted: Path, out: Path) -> None:
    """Planted accounts beside the user's own; columns that the user's table lacks stay out."""
    own = next(
        (
            p
            for f in files
            for p in (f.parent / "accounts.parquet", f.parent.parent / "accounts.parquet")
            if p.is_file()
        ),
        None,
    )
    engine.view("fresh", planted / "accounts.parquet")
    if own is None:
        engine.write("SELECT account_id FROM fresh ORDER BY account_id", out / "accounts.parquet")
        return
    engine.view("accounts", own)
    taken = ("tier", "rate_limit_rpm", "verification", "programme", "country")
    columns = [f"o.{name}" if name in taken else f"f.{name}" for name in _present(engine, "accounts")]
    engine.write(
        "SELECT * FROM (SELECT * FROM accounts UNION ALL BY NAME "
        f"SELECT {', '.join(columns)} FROM fresh f LEFT JOIN donors d ON d.account_id = f.account_id "
        "LEFT JOIN accounts o ON o.account_id = d.donor_id) ORDER BY account_id",
        out / "accounts.parquet",
    )
    for name in ("account_events.parquet",):
        if (planted / name).is_file() and (own.parent / name).is_file():
            engine.write(
                f"SELECT * FROM (SELECT * FROM read_parquet('{sql_text(own.parent / name)}') UNION ALL BY NAME "
                f"SELECT * FROM read_parquet('{sql_text(planted / name)}')) ORDER BY ts, account_id",
                out / name,
            )
    if (own.parent / "releases.csv").is_file():
        shutil.copyfile(own.parent / "releases.csv", out / "releases.csv")


def _truth(engine: Embedded, planted: Path, out: Path) -> None:
    """Truth of what was planted; of the user's own accounts nothing is known, they count as honest."""
    (out / "truth").mkdir(exist_ok=True)
    place = sql_text(planted / "truth" / "accounts.parquet")
    engine.write(
        f"SELECT * FROM read_parquet('{place}') UNION ALL SELECT DISTINCT account_id, CAST(NULL AS VARCHAR), 'own', "
        "FALSE, CAST(NULL AS VARCHAR) FROM theirs ORDER BY account_id",
        out / "truth" / "accounts.parquet",
    )
    place = sql_text(planted / "truth" / "exchanges.parquet")
    engine.write(
        f"SELECT exchange_id, campaign_id FROM read_parquet('{place}') UNION ALL "
        "SELECT exchange_id, CAST(NULL AS VARCHAR) FROM theirs ORDER BY exchange_id",
        out / "truth" / "exchanges.parquet",
    )
