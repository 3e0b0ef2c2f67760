"""Accounts joined by any shared key: connected components, as fraud teams and a published peer do it.

The score of an account is the size of its component. At its own threshold a component of ten accounts is a cluster.
The idea stands in production as SynchroTrap (Cao et al., CCS 2014) and Ianus (Yuan et al., CCS 2019), which weigh
and filter their edges; this is the unweighted form, which joins every crowd behind one address.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_matrix
from scipy.sparse.csgraph import connected_components

from iolaus.evaluate.baselines.log import Log, Scored

CLUSTER = 10
"""Accounts from which a component counts as a cluster."""

KEYS = {
    "any_shared_key": ("payment_fingerprint", "organization_id", "block", "tls"),
    "shared_card_or_block": ("payment_fingerprint", "block"),
}
"""Variant -> keys that join; ``block`` is a /24 of addresses."""


def judge(log: Log) -> dict[str, Scored]:
    """Size of each account's component, by variant."""
    found = {}
    for name, keys in KEYS.items():
        size = _sizes(log, keys)
        found[name] = Scored(np.where(log.exchanges > 0, size, np.nan), (size >= CLUSTER) & (log.exchanges > 0))
    return found


def _sizes(log: Log, keys: tuple[str, ...]) -> npt.NDArray[np.float64]:
    """float64[accounts]: a bipartite graph of accounts and values, of which only accounts are counted."""
    rows, columns, nodes = [], [], len(log)
    for key in keys:
        if key not in log.pairs:
            continue
        account, value = log.pairs[key]
        distinct, place = np.unique(value, return_inverse=True)
        rows.append(account)
        columns.append(place + nodes)
        nodes += len(distinct)
    if not rows:
        return np.ones(len(log))
    row, column = np.concatenate(rows), np.concatenate(columns)
    _, label = connected_components(coo_matrix((np.ones(len(row), np.int8), (row, column)), (nodes, nodes)), False)
    mine = label[: len(log)]
    sizes: npt.NDArray[np.float64] = np.bincount(mine)[mine].astype(np.float64)
    return sizes
