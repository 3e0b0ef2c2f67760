"""Builds src/iolaus/data/networks.npz: address ranges, their autonomous systems and kinds.

    python training/build_networks.py FOLDER

FOLDER holds asn-ipv4.csv.gz (first, last, number, name), ip_ranges.parquet (kind, cidr) and datacenter_asn.txt
(AS numbers, one a line, with comments). Where lists disagree, what hides people most wins.
"""

from __future__ import annotations

import csv
import gzip
import ipaddress
import sys
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow.parquet as pq

from iolaus.networks import Kind

TARGET = Path(__file__).parent.parent / "src" / "iolaus" / "data" / "networks.npz"
RELAYS = {"provider:apple-proxy"}
NETWORKS = {"vpn": Kind.VPN, "provider:protonvpn": Kind.VPN, "tor_exit": Kind.TOR, "datacenter": Kind.DATACENTRE}
ORDER = (Kind.DATACENTRE, Kind.CLOUD, Kind.VPN, Kind.RELAY, Kind.TOR)
Range = tuple[int, int, int]


def kind_of(name: str) -> Kind:
    """The kind of a list by its name."""
    return Kind.RELAY if name in RELAYS else NETWORKS.get(name, Kind.CLOUD)


def number_of(address: str) -> int:
    """An IPv4 address as a number."""
    return int.from_bytes(bytes(map(int, address.split("."))), "big")


def systems(folder: Path) -> list[Range]:
    """First address, last address, AS number; wide ranges before the narrow ones within them."""
    with gzip.open(folder / "asn-ipv4.csv.gz", "rt", encoding="utf-8") as file:
        ranges = [(number_of(row[0]), number_of(row[1]), int(row[2])) for row in csv.reader(file)]
    return sorted(ranges, key=lambda row: (row[0] - row[1], row[0]))


def servers(folder: Path) -> set[int]:
    """AS numbers that host servers."""
    lines = (folder / "datacenter_asn.txt").read_text("utf-8").splitlines()
    return {int(line.split("#")[0].strip()[2:]) for line in lines if line.startswith("AS")}


def listed(folder: Path, version: int) -> list[Range]:
    """Ranges of the lists (IPv6: upper halves of addresses), in the order in which they overrule each other."""
    table = pq.read_table(folder / "ip_ranges.parquet").to_pydict()
    ranges: list[tuple[int, Range]] = []
    for name, cidr in zip(table["kind"], table["cidr"], strict=True):
        network = ipaddress.ip_network(cidr, strict=False)
        if network.version == version:
            kind, shift = kind_of(name), 64 if version == 6 else 0
            first, last = int(network.network_address) >> shift, int(network.broadcast_address) >> shift
            ranges.append((ORDER.index(kind), (first, last, int(kind))))
    return [row for _, row in sorted(ranges)]


def reserved() -> list[Range]:
    """IPv4 that nobody on the internet has."""
    blocks = [
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/3",
    ]
    networks = [ipaddress.IPv4Network(block) for block in blocks]
    return [(int(n.network_address), int(n.broadcast_address), int(Kind.UNKNOWN)) for n in networks]


def painted(cuts: npt.NDArray[np.uint64], ranges: list[Range]) -> npt.NDArray[np.int64]:
    """The last range's value for each piece between ``cuts``, 0 where none lies."""
    values = np.zeros(len(cuts), np.int64)
    firsts = np.searchsorted(cuts, np.array([row[0] for row in ranges], np.uint64), "left")
    lasts = np.searchsorted(cuts, np.array([row[1] for row in ranges], np.uint64), "right")
    for first, last, row in zip(firsts, lasts, ranges, strict=True):
        values[first:last] = row[2]
    return values


def cut(*lists: list[Range], top: int) -> npt.NDArray[np.uint64]:
    """Every place where a range begins or ends."""
    edges = {0}
    for ranges in lists:
        for first, last, _ in ranges:
            edges |= {first, last + 1}
    return np.array(sorted(edge for edge in edges if edge <= top), np.uint64)


def changes(*values: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
    """Where a piece differs from the one before."""
    differs = np.zeros(len(values[0]), np.bool_)
    differs[0] = True
    for column in values:
        differs[1:] |= column[1:] != column[:-1]
    return differs


def planes(values: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint8]:
    """uint32[n] as uint8[4, n], least byte first."""
    return np.ascontiguousarray(values.astype("<u4").view(np.uint8).reshape(-1, 4).T)


def main(folder: Path) -> None:
    """Reads the lists and writes the table."""
    announced, lists, private = systems(folder), listed(folder, 4), reserved()
    cuts = cut(announced, lists, private, top=2**32 - 1)
    asns, by_list, hidden = (
        painted(cuts, announced),
        painted(cuts, lists),
        painted(cuts, [(*r[:2], 1) for r in private]),
    )
    kinds = np.where(asns > 0, int(Kind.OTHER), int(Kind.UNKNOWN))
    kinds[np.isin(asns, list(servers(folder)))] = Kind.DATACENTRE
    kinds = np.where(by_list > 0, by_list, kinds)
    kinds[hidden > 0], asns[hidden > 0] = Kind.UNKNOWN, 0
    kept = changes(asns, kinds)
    numbers, places = np.unique(asns[kept], return_inverse=True)
    wide = listed(folder, 6)
    wide_cuts = cut(wide, top=2**64 - 1)
    wide_kinds = painted(wide_cuts, wide)
    wide_kept = changes(wide_kinds)
    np.savez_compressed(
        TARGET,
        steps=planes(np.diff(cuts[kept].astype(np.int64), prepend=0).astype(np.uint32)),
        places=planes(places.astype(np.uint32)),
        numbers=numbers.astype(np.uint32),
        kinds=kinds[kept].astype(np.int8),
        wide_starts=wide_cuts[wide_kept],
        wide_kinds=wide_kinds[wide_kept].astype(np.int8),
    )
    sys.stdout.write(f"{TARGET.name}: {TARGET.stat().st_size:,} bytes, {int(kept.sum()):,} ranges\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
