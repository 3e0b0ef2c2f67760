"""What a scan could not look at, said before anybody takes silence for an all-clear."""

from __future__ import annotations

from iolaus.engine import Engine
from iolaus.ingest.summary import Summary
from iolaus.link.kinds.unrelated_persons import COMMON, OWN

FEW_KNOWN = 0.5
"""Share of the accounts of the logs that stand in the account table, below which it seems to be another's."""


def unseen(read: Summary, engine: Engine) -> list[str]:
    """Warnings for run.json and the terminal. Needs fingerprints and known."""
    if read.exchanges == 0:
        return ["no exchange was read: there was nothing to look at"]
    says_who = " OR ".join(f"{name} IS NOT NULL" for name in (*OWN, *COMMON))
    counted = engine.table(
        "SELECT count(*) AS accounts, count(CASE WHEN assessed THEN 1 END) AS assessed, count(there) AS known,"
        " count(CASE WHEN shown THEN 1 END) AS shown"
        " FROM (SELECT account_id, assessed FROM fingerprints WHERE exchanges > 0) AS f"
        f" LEFT JOIN (SELECT DISTINCT account_id, 1 AS there, {says_who} AS shown FROM known) AS k USING (account_id)"
    )
    names = ("accounts", "assessed", "known", "shown")
    accounts, assessed, known, shown = (int(counted[name][0].as_py()) for name in names)
    found = []
    if not read.has_account_table:
        found.append("no account table was given: whether anybody hides cannot be told, and nobody is accused")
    elif known < FEW_KNOWN * accounts:
        found.append(
            f"{known} of the {accounts} accounts of the logs are in the account table: is it this log's, and is"
            " account_id spelled the same in both?"
        )
    elif 2 * shown < accounts:
        found.append(
            f"of {accounts - shown} of the {accounts} accounts the account table says nothing of whose they are:"
            f" whether these hide cannot be told. It may say {', '.join(OWN)}, {' or '.join(COMMON)}"
        )
    if assessed == 0:
        found.append(f"none of the {accounts} accounts could be assessed: too little was kept or asked")
    return found
