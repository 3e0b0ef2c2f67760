"""Whose network an address belongs to: its autonomous system and its kind, from tables that ship with the package.

Kinds come from public lists and go stale: an address that is on none of them is ``OTHER``, which is mostly homes,
offices and mobile carriers. The tables are built by training/build_networks.py.
"""

from __future__ import annotations

import hashlib
import ipaddress
import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cache
from importlib.resources import files
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
import pyarrow as pa


class Kind(IntEnum):
    """What sort of network an address is in."""

    UNKNOWN = 0  # missing, no address, reserved, or announced by nobody we know
    OTHER = 1  # on no list: homes, offices, mobile carriers
    DATACENTRE = 2
    CLOUD = 3
    VPN = 4
    TOR = 5
    RELAY = 6  # a private relay: many people behind one address, by design


DATACENTRE_KINDS = (int(Kind.DATACENTRE), int(Kind.CLOUD))
"""Networks where servers live rather than people."""


@dataclass(frozen=True)
class Network:
    """One row an address; all 0 where it is missing or no address.

    ``address``: int64[n], IPv4 as a number; an IPv6 address is known by its /64 (a subscriber may change the rest
    at will), a stable negative hash without a key. ``block``: int64[n], the /24, or the /64 again.
    ``asn``: int32[n], 0 where unknown and for IPv6. ``kind``: int8[n] of ``Kind``.
    """

    address: npt.NDArray[np.int64]
    block: npt.NDArray[np.int64]
    asn: npt.NDArray[np.int32]
    kind: npt.NDArray[np.int8]


class _Tables(NamedTuple):
    """Sorted starts of ranges, each up to the next. ``wide_starts``: uint64, the upper half of an IPv6 address."""

    starts: npt.NDArray[np.int64]
    asns: npt.NDArray[np.int32]
    kinds: npt.NDArray[np.int8]
    wide_starts: npt.NDArray[np.uint64]
    wide_kinds: npt.NDArray[np.int8]


def lookup(ips: pa.Array) -> Network:
    """The networks of addresses (strings or nulls, ports and brackets allowed). Each distinct one is read once."""
    encoded = ips if pa.types.is_dictionary(ips.type) else ips.dictionary_encode()
    known = _distinct(encoded.dictionary.cast(pa.string()).to_pylist())
    places = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy(zero_copy_only=False)
    return Network(known.address[places], known.block[places], known.asn[places], known.kind[places])


def _distinct(texts: list[str | None]) -> Network:
    """The networks of these addresses, and of a missing one at the end."""
    rows = len(texts) + 1
    known = Network(
        np.zeros(rows, np.int64), np.zeros(rows, np.int64), np.zeros(rows, np.int32), np.zeros(rows, np.int8)
    )
    narrow = np.zeros(rows, np.bool_)
    wide, wide_rows = [], []
    for row, text in enumerate(texts):
        number, version = _parsed(text)
        if version == 4:
            known.address[row], narrow[row] = number, True
        elif version == 6:
            known.address[row] = _hashed(number >> 64)
            wide.append(number >> 64)
            wide_rows.append(row)
    tables = _tables()
    found = np.searchsorted(tables.starts, known.address[narrow], "right") - 1
    known.asn[narrow], known.kind[narrow] = tables.asns[found], tables.kinds[found]
    known.block[narrow] = known.address[narrow] >> 8
    if wide_rows:
        found = np.searchsorted(tables.wide_starts, np.array(wide, np.uint64), "right") - 1
        known.kind[wide_rows] = tables.wide_kinds[found]
        known.block[wide_rows] = known.address[wide_rows]
    return known


_OCTET = r"(25[0-5]|2[0-4][0-9]|1[0-9][0-9]|[1-9]?[0-9])"
_DOTTED = re.compile(rf"{_OCTET}\.{_OCTET}\.{_OCTET}\.{_OCTET}")
"""An IPv4 address as nearly all logs write it, which is read at a tenth of the cost."""


def _parsed(text: str | None) -> tuple[int, int]:
    """The address as a number and its version, 0 where it is none."""
    if not text:
        return 0, 0
    text = text.strip()
    if text.startswith("["):
        text = text[1:].partition("]")[0]
    elif text.count(":") == 1:
        text = text.partition(":")[0]
    plain = _DOTTED.fullmatch(text)
    if plain is not None:
        first, second, third, fourth = map(int, plain.groups())
        return first << 24 | second << 16 | third << 8 | fourth, 4
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return 0, 0
    mapped = address.ipv4_mapped if isinstance(address, ipaddress.IPv6Address) else None
    return (int(mapped), 4) if mapped is not None else (int(address), address.version)


def _hashed(prefix: int) -> int:
    """A negative number for a /64, so that it meets no IPv4 address and no missing one."""
    digest = hashlib.blake2b(prefix.to_bytes(8, "big"), digest_size=8, person=b"iolaus.net").digest()
    return -1 - (int.from_bytes(digest, "big") >> 1)


@cache
def _tables() -> _Tables:
    """The tables that ship; steps between starts are kept as planes of bytes, which compress best."""
    with (files("iolaus") / "data" / "networks.npz").open("rb") as file, np.load(file) as arrays:
        return _Tables(
            np.cumsum(_from_planes(arrays["steps"]), dtype=np.int64),
            arrays["numbers"][_from_planes(arrays["places"])].astype(np.int32),
            arrays["kinds"],
            arrays["wide_starts"],
            arrays["wide_kinds"],
        )


def _from_planes(planes: npt.NDArray[np.uint8]) -> npt.NDArray[np.uint32]:
    """uint8[4, n], least byte first, to uint32[n]."""
    return np.ascontiguousarray(planes.T).view(np.uint32).ravel()
