"""The last look at an ingest: which rows were refused, how many of each file, and what is left to count."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from iolaus.engine import Engine
from iolaus.errors import TooManyRejectsError

DUPLICATE = "duplicate exchange_id"
SHOWN_ACCOUNTS = 10


@contextlib.contextmanager
def tallied(folder: Path, names: Sequence[str], engine: Engine) -> Iterator[Tally]:
    """A tally of the finished parts in ``folder``; ``names`` are the sources by their index."""
    engine.view("narrow", folder / "narrow" / "*.parquet")
    engine.view("derived_rows", folder / "derived.parquet")
    engine.view("parts", folder / "exchanges" / "*.parquet")
    indices = pa.array(range(len(names)), pa.int32())
    engine.register("source_names", pa.table({"source_index": indices, "source": pa.array(names, pa.string())}))
    engine.view("reject_rows", folder / "rejects" / "*.parquet")
    engine.keep(
        "refused",
        f"""
        SELECT source, row, field, value, reason, source_index, account_id
        FROM reject_rows
        UNION ALL
        SELECT s.source, n.row, 'exchange_id',
            CASE WHEN strlen(p.exchange_id) <= 64 THEN p.exchange_id ELSE left(p.exchange_id, 16) END,
            '{DUPLICATE}', n.source, p.account_id
        FROM narrow n
        JOIN (SELECT seq FROM derived_rows WHERE duplicate) d USING (seq)
        JOIN (SELECT seq, exchange_id, account_id FROM parts) p USING (seq)
        JOIN source_names s ON s.source_index = n.source""",
    )
    try:
        yield Tally(folder, names, engine)
    finally:
        engine.drop("refused", "reject_rows", "parts", "derived_rows", "narrow")


@dataclass(frozen=True, slots=True)
class Tally:
    """Counts over parts, derived rows and rejects; valid inside :func:`tallied`."""

    folder: Path
    names: Sequence[str]
    engine: Engine

    def write_rejects(self) -> None:
        """rejects.parquet in order of source and row."""
        self.engine.write(
            "SELECT * FROM refused",
            self.folder / "rejects.parquet",
            order="source_index, row, field, reason, value",
            columns="source, row, field, value, reason",
        )

    def refuse_too_many(self, rows: Sequence[int], share: float) -> None:
        """Raise TooManyRejectsError for the first source with more rejects than ``share`` of its ``rows``."""
        counts = self.engine.table("""
            SELECT source_index, CAST(sum(rows) AS BIGINT) AS rows, max_by(reason, (rows, reason)) AS reason FROM (
                SELECT source_index, reason, count(*) AS rows FROM refused GROUP BY source_index, reason
            ) AS counted GROUP BY source_index ORDER BY source_index""")
        for count in counts.to_pylist():
            index, refused = count["source_index"], count["rows"]
            if refused > share * rows[index]:
                raise TooManyRejectsError(
                    f"{self.names[index]}: {refused} of {rows[index]} rows were refused (most: {count['reason']}). "
                    "See rejects.parquet in --out; --max-rejects allows more."
                    + (" A log of another program is described with --mapping." if refused == rows[index] else "")
                )

    def counts(self) -> dict[str, int]:
        """exchanges (each id once), accounts, conversations, collapsed."""
        (row,) = self.engine.table("""
            SELECT count(*) AS exchanges, coalesce(max(accounts), 0) AS accounts,
                count(DISTINCT CASE WHEN counted THEN conversation END) AS conversations,
                count(CASE WHEN NOT counted THEN 1 END) AS collapsed
            FROM derived_rows CROSS JOIN (
                SELECT count(DISTINCT account) AS accounts
                FROM narrow ANTI JOIN (SELECT seq FROM derived_rows WHERE duplicate) AS twice USING (seq)
            ) AS once WHERE NOT duplicate""").to_pylist()
        return {str(name): int(value) for name, value in row.items()}

    def reasons(self) -> dict[str, int]:
        """Rejects by reason."""
        found = self.engine.table("SELECT reason, count(*) AS rows FROM refused GROUP BY reason ORDER BY reason")
        return {row["reason"]: row["rows"] for row in found.to_pylist()}

    def concentrations(self, least: int, share: float) -> list[str]:
        """A warning for each account with at least ``least`` rejects and more than ``share`` of its rows refused."""
        found = self.engine.table(f"""
            WITH lost AS (
                SELECT account_id, count(*) AS refused FROM refused WHERE account_id IS NOT NULL
                GROUP BY account_id HAVING count(*) >= {least}
            ),
            kept AS (
                SELECT account_id, count(*) AS kept FROM parts JOIN derived_rows USING (seq)
                SEMI JOIN lost USING (account_id)
                WHERE NOT duplicate GROUP BY account_id
            )
            SELECT account_id, refused, refused + coalesce(kept, 0) AS rows
            FROM lost LEFT JOIN kept USING (account_id)
            WHERE refused > {share} * (refused + coalesce(kept, 0))
            ORDER BY refused DESC, account_id LIMIT {SHOWN_ACCOUNTS}""")
        return [
            f"account {row['account_id']}: {row['refused']} of its {row['rows']} rows were refused"
            for row in found.to_pylist()
        ]
