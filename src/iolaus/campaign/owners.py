"""What the accounts of a campaign do besides its words: is it one person's own work each?

Then every account has an owner whose traffic it was before: a victim. Otherwise it may be what the operator sends as
cover, or the requests of customers whom he resells to; both are dealt to accounts at random, and a log does not tell
them apart.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from iolaus.link.assemble import Assembly
from iolaus.link.settings import LinkSettings
from iolaus.link.variance import explain_by_group, queue, tastes


def are_owned(
    assembly: Assembly,
    phrases: tuple[int, ...],
    accounts: npt.NDArray[np.int32],
    settings: LinkSettings,
    owned_rest: float,
) -> bool:
    """Whether what ``accounts`` (account numbers) ask without ``phrases`` differs by account as among people.

    By a keyed sample of their conversations. owned_rest: the setting of verdicts.
    """
    besides = assembly.besides(accounts, phrases)
    if len(besides.member) == 0:
        return False
    found = explain_by_group(
        assembly.population.projected(besides.topics),
        besides.member,
        queue(settings),
        tastes(settings),
        settings.variance_inflation,
    )
    return found is not None and found.log10_bf <= owned_rest
