"""What the accounts of a campaign do besides its words: is it one person's own work each?

Then every account has an owner whose traffic it was before: a victim. Otherwise it may be what the operator sends as
cover, or the requests of customers whom he resells to; both are dealt to accounts at random, and a log does not tell
them apart.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from iolaus.engine import Engine
from iolaus.link.assemble import Assembly
from iolaus.link.settings import LinkSettings
from iolaus.link.variance import explain_by_group, queue, tastes

OWNED = -1.0
"""log10 Bayes factor of one queue over people, of what is done besides, at or below which it is people's."""


def are_owned(
    engine: Engine,
    assembly: Assembly,
    phrases: tuple[int, ...],
    accounts: npt.NDArray[np.int32],
    settings: LinkSettings,
) -> bool:
    """Whether what ``accounts`` (account numbers) ask without ``phrases`` differs by account as among people.

    At most ``topics_per_account`` conversations of each, by key. Needs phrase_uses and conversations.
    """
    engine.register("asked", pa.table({"account": accounts}))
    rows = engine.table(
        "SELECT seq, account FROM (SELECT c.seq, c.account, c.conversation, row_number() OVER ("
        " PARTITION BY c.account ORDER BY c.conversation) AS place"
        " FROM (SELECT * FROM conversations SEMI JOIN asked USING (account)) AS c"
        " LEFT JOIN (SELECT DISTINCT conversation FROM phrase_uses"
        f" WHERE phrase IN ({','.join(map(str, phrases))})) AS taken"
        " ON taken.conversation = c.conversation WHERE taken.conversation IS NULL AND c.readable) AS besides"
        f" WHERE place <= {settings.topics_per_account} ORDER BY account, conversation"
    )
    if len(rows) == 0:
        return False
    found = explain_by_group(
        assembly.population.projected(assembly.topics[rows["seq"].to_numpy()]),
        rows["account"].to_numpy(),
        queue(settings),
        tastes(settings),
        settings.variance_inflation,
    )
    return found is not None and found.log10_bf <= OWNED
