"""Who holds which identifier: what the account table says of accounts, and what they were seen with.

A sign-up's address is compared with all who were ever seen there. Freelancers of one town sign up behind the exits of
one carrier, where few others of a provider's customers happened to sign up but many come by; they share no more than
whoever comes by. Its network is told as an address's is, so that a carrier's customers are compared with its others.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.engine import Engine
from iolaus.key import Key
from iolaus.link.population import KINDS, Holders, Numbers
from iolaus.networks import lookup
from iolaus.sketch.marks import hidden

KNOWN = ("payment_fingerprint", "device_id", "referral", "parent_account_id", "email_domain", "phone_prefix")
"""Columns of the account table that identify somebody, but for :data:`SIGNUP`."""

SIGNUP = "signup_ip"
"""The address of a sign-up."""

SEEN = ("block", "address", "tls", "key")
"""Columns of the conversations that identify somebody."""

OF_NETWORKS = ("block", "address")
"""Those whose values are of a kind of network."""

Systems = npt.NDArray[np.int32]


def identifiers(engine: Engine, accounts: pa.Table, least: int, key: Key) -> dict[str, Holders]:
    """Holders of every identifier that there is. Needs conversations.

    accounts: a row by account number. least: accounts that are seen in an autonomous system from which its addresses
    are compared by themselves. key: the one under which conversations hold addresses.
    """
    everyone = np.arange(len(accounts), dtype=np.int32)
    found = {name: Holders.of(everyone, _codes(accounts[name])) for name in KNOWN if name in accounts.column_names}
    systems = np.zeros(0, np.int32)
    for name in SEEN:
        account, value, kind, asn, place = _seen(engine, name)
        if name in OF_NETWORKS:
            systems = _large(account, asn, least)
        found[name] = Holders.of(account, value, kind + KINDS * _numbers(asn, systems), place)
    if SIGNUP in accounts.column_names:
        found[SIGNUP] = _signed_up(everyone, accounts[SIGNUP], systems, key).beside(found["address"])
    return found


def _signed_up(everyone: npt.NDArray[np.int32], column: pa.ChunkedArray, systems: Systems, key: Key) -> Holders:
    """Holders of the addresses of sign-ups. systems: those whose addresses are compared by themselves."""
    network, codes = lookup(column.combine_chunks()), _codes(column)
    # What is no address may stand for one: a provider may give names of addresses in their place.
    at = np.where(network.address == 0, codes, hidden(network.address, key))
    return Holders.of(everyone, at, network.kind + KINDS * _numbers(network.asn, systems), hidden(network.block, key))


def _seen(engine: Engine, name: str) -> tuple[npt.NDArray[np.int32], Numbers, Numbers, Systems, Numbers]:
    """Account, value, kind of network, autonomous system and place of each distinct pair of a conversation column."""
    of_network = "min(network) AS kind, min(asn) AS asn, min(block)"
    more = of_network if name in OF_NETWORKS else f"0 AS kind, 0 AS asn, {name}"
    pairs = engine.table(
        f"SELECT account, {name} AS value, {more} AS place FROM conversations"
        f" WHERE {name} <> 0 GROUP BY account, {name}"
    )
    account, value, kind, asn, place = (pairs[name].to_numpy() for name in ("account", "value", "kind", "asn", "place"))
    return account, value, kind, asn, place


def _large(account: npt.NDArray[np.int32], asn: Systems, least: int) -> Systems:
    """The autonomous systems in which at least so many accounts are seen, ascending."""
    there = asn != 0
    pairs = np.unique(asn[there].astype(np.int64) << 32 | account[there])
    systems, accounts = np.unique(pairs >> 32, return_counts=True)
    found: Systems = systems[accounts >= least].astype(np.int32)
    return found


def _numbers(asn: Systems, systems: Systems) -> Numbers:
    """int64[n], the number of each one's autonomous system among ``systems``, from 1; 0 where it is none of them."""
    found: Numbers = np.where(np.isin(asn, systems), np.searchsorted(systems, asn) + 1, 0)
    return found


def _codes(column: pa.ChunkedArray) -> Numbers:
    """Equal strings get equal numbers from 1, null gets 0."""
    indices = column.combine_chunks().dictionary_encode().indices
    codes: Numbers = pc.add(pc.fill_null(indices, -1), 1).to_numpy(zero_copy_only=False).astype(np.int64)
    return codes
