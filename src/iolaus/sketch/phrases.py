"""Phrases: words that accounts share and come back to, out of the shingles that k accounts use.

A shingle of ordinary language is used by many accounts, each in few of its conversations. A template comes
back: an account that used it once uses it again. The repeat rate of a shingle is the chance that another
conversation of one of its users holds it as well; its lift is that rate over the shingle's share of
all conversations. A phrase that fills its users' traffic is kept whatever its lift, since a campaign as large as the
provider has none. Shingles that come back and stand in the same conversations are one phrase.

A system prompt or a set of tools is shared as a whole; such a configuration is a phrase of one member.

Files: ``phrases.parquet`` (phrase, kind, shingles, accounts, conversations, repeat, lift) and
``phrase_uses.parquet`` (phrase, account, conversation).
"""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from iolaus.engine import Engine
from iolaus.progress import Progress
from iolaus.sketch import configured
from iolaus.sketch.settings import SketchSettings
from iolaus.workspace import Workspace, renamed_into

WORDS, SYSTEM, TOOLS = "words", "system", "tools"

_RETURNING = """
SELECT item, accounts, conversations, pairs / exposures AS repeat,
    pairs * total / (exposures * conversations) AS lift
FROM (
    SELECT item, count(*) AS accounts, CAST(sum(used) AS BIGINT) AS conversations,
        CAST(sum(used * (used - 1)) AS DOUBLE) AS pairs,
        nullif(CAST(sum(used * (had - 1)) AS DOUBLE), 0) AS exposures
    FROM {users} JOIN volumes USING (account)
    GROUP BY item
) AS per_item, (SELECT CAST(sum(had) AS DOUBLE) AS total FROM volumes) AS everything
WHERE accounts >= {k} AND pairs >= {least_pairs}
    AND pairs / exposures >= {repeat}
    AND (pairs / exposures >= {habit} OR pairs * total / (exposures * conversations) >= {lift})
"""

_NAMED_USERS = "SELECT phrase AS item, account, count(*) AS used FROM all_uses GROUP BY phrase, account"

_SAMPLED = """
SELECT item, unnest(min(conversation, {sample})) AS conversation
FROM word_uses SEMI JOIN recurring USING (item) GROUP BY item
"""

_TOGETHER = """
SELECT a.item AS one, b.item AS other, count(*) AS together, any_value(s.size) AS size
FROM sampled AS a
JOIN (
    SELECT item, conversation FROM word_uses SEMI JOIN recurring USING (item) SEMI JOIN sampled USING (conversation)
) AS b USING (conversation)
JOIN (SELECT item, count(*) AS size FROM sampled GROUP BY item) AS s ON s.item = a.item
WHERE a.item <> b.item
GROUP BY a.item, b.item
HAVING count(*) >= {together} * any_value(s.size)
ORDER BY one, other
"""


def run(work: Workspace, settings: SketchSettings, engine: Engine, progress: Progress) -> None:
    """Find phrases and write them beside the sketch."""
    if work.finished("phrases") is not None:
        return
    place = work.folder("sketch")
    with progress.stage("phrases", "phrases") as tick:
        _views(place, engine)
        members = _word_phrases(engine, settings)
        engine.register("members", members)
        engine.keep("all_uses", _uses_sql(settings))
        engine.define("named_users", _NAMED_USERS)
        engine.keep("recurring", _returning_sql("named_users", settings))
        with renamed_into(place / "phrases.parquet") as partial:
            engine.write(
                f"""SELECT item AS phrase, kind, coalesce(shingles, 1) AS shingles,
                    accounts, conversations, repeat, lift
                FROM recurring
                JOIN (SELECT DISTINCT phrase AS item, kind FROM all_uses) AS kinds USING (item)
                LEFT JOIN (SELECT phrase AS item, count(*) AS shingles FROM members GROUP BY phrase) AS sizes
                    USING (item)
                ORDER BY conversations * repeat DESC, phrase LIMIT {settings.max_phrases}""",
                partial,
                order="conversations * repeat DESC, phrase",
            )
        engine.view("phrases", place / "phrases.parquet")
        with renamed_into(place / "phrase_uses.parquet") as partial:
            engine.write(
                "SELECT phrase, account, conversation FROM all_uses SEMI JOIN phrases USING (phrase)",
                partial,
                order="phrase, account, conversation",
            )
        with renamed_into(place / "phrase_shingles.parquet") as partial:
            pq.write_table(members, partial)
        found = int(engine.value("SELECT count(*) FROM phrases"))
        tick(found)
    work.finish("phrases", {"phrases": found})


def _views(place: Path, engine: Engine) -> None:
    """Open configurations, uses and users in the folder ``place``, and count the conversations of accounts."""
    configured.view(place, engine)
    engine.view("uses", place / "uses.parquet")
    engine.view("users", place / "users.parquet")
    engine.define("word_uses", "SELECT shingle AS item, account, conversation FROM uses")
    engine.define("word_users", "SELECT shingle AS item, account, used FROM users")
    engine.keep(
        "volumes",
        "SELECT account, count(DISTINCT conversation) AS had FROM configured GROUP BY account",
    )


def _word_phrases(engine: Engine, settings: SketchSettings) -> pa.Table:
    """Group returning shingles that stand together: phrase (its smallest shingle) and shingle."""
    engine.keep("recurring", _returning_sql("word_users", settings))
    engine.keep("sampled", _SAMPLED.format(sample=settings.phrase_sample))
    pairs = engine.table(_TOGETHER.format(together=settings.phrase_together))
    items = np.sort(engine.table("SELECT item FROM recurring")["item"].to_numpy())
    one = np.searchsorted(items, pairs["one"].to_numpy())
    other = np.searchsorted(items, pairs["other"].to_numpy())
    shape = (len(items), len(items))
    directed = coo_matrix((np.ones(len(one), np.int8), (one, other)), shape).tocsr()
    mutual = directed.multiply(directed.T)
    count, label = connected_components(mutual, directed=False)
    first = np.full(count, len(items))
    np.minimum.at(first, label, np.arange(len(items)))
    return pa.table({"phrase": items[first[label]] if len(items) else items, "shingle": items})


def _returning_sql(users: str, settings: SketchSettings) -> str:
    return _RETURNING.format(
        users=users,
        k=settings.k,
        least_pairs=settings.phrase_pairs,
        repeat=settings.phrase_repeat,
        lift=settings.phrase_lift,
        habit=settings.phrase_habit,
    )


def _uses_sql(settings: SketchSettings) -> str:
    """Conversations that use a phrase: they hold enough of its shingles, or its configuration."""
    return f"""
        SELECT phrase, '{WORDS}' AS kind, account, conversation
        FROM (
            SELECT phrase, account, conversation, count(*) AS found
            FROM uses JOIN members USING (shingle) GROUP BY phrase, account, conversation
        ) AS found_members
        JOIN (SELECT phrase, count(*) AS size FROM members GROUP BY phrase) AS sizes USING (phrase)
        WHERE found >= {settings.phrase_share} * size
        UNION ALL
        SELECT DISTINCT system, '{SYSTEM}', account, conversation FROM configured WHERE system <> 0
        UNION ALL
        SELECT DISTINCT tools, '{TOOLS}', account, conversation FROM configured WHERE tools <> 0
    """
