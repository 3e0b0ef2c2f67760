import ipaddress

import pyarrow as pa
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from iolaus.networks import DATACENTRE_KINDS, Kind, lookup


def kind(address: str | None) -> Kind:
    return Kind(int(lookup(pa.array([address], pa.string())).kind[0]))


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("34.64.0.1", Kind.CLOUD),
        ("1.116.0.1", Kind.DATACENTRE),
        ("104.28.100.10", Kind.RELAY),
        ("101.99.92.179", Kind.TOR),
        ("102.128.164.7", Kind.VPN),
        ("1.0.16.1", Kind.OTHER),
        ("10.1.2.3", Kind.UNKNOWN),
        ("192.168.0.1", Kind.UNKNOWN),
        ("255.255.255.255", Kind.UNKNOWN),
        ("0.0.0.0", Kind.UNKNOWN),
        ("2001:1520::1", Kind.DATACENTRE),
        ("fe80::1%eth0", Kind.UNKNOWN),
    ],
)
def test_kinds(address: str, expected: Kind) -> None:
    assert kind(address) is expected


@pytest.mark.parametrize("address", [None, "", "nonsense", "1.2.3", "1.2.3.4.5", "999.1.1.1", ":::", "1.2.3.4/24"])
def test_what_is_no_address_is_unknown_and_zero(address: str | None) -> None:
    found = lookup(pa.array([address, "8.8.8.8"], pa.string()))
    assert (found.address[0], found.block[0], found.asn[0], found.kind[0]) == (0, 0, 0, Kind.UNKNOWN)
    assert found.asn[1] == 15169


def test_one_address_in_several_spellings() -> None:
    found = lookup(pa.array(["8.8.8.8", " 8.8.8.8", "8.8.8.8:443", "::ffff:8.8.8.8", "[::ffff:8.8.8.8]:443"]))
    for column in (found.address, found.block, found.asn, found.kind):
        assert len(set(column.tolist())) == 1
    assert found.address[0] == 0x08080808
    assert found.block[0] == 0x080808


def test_a_wide_address_is_known_by_its_subscriber() -> None:
    found = lookup(pa.array(["2001:db8:1:2::1", "2001:db8:1:2:ffff::9", "2001:db8:1:3::1", "0.0.0.1"]))
    assert found.address[0] == found.address[1] == found.block[1] < 0
    assert len(set(found.address.tolist())) == 3
    assert found.asn.tolist()[:3] == [0, 0, 0]


def test_slices_dictionaries_and_nothing() -> None:
    whole = pa.array(["1.1.1.1", None, "8.8.8.8", "1.1.1.1"])
    assert lookup(whole.slice(2)).asn.tolist() == [15169, 13335]
    assert lookup(whole.dictionary_encode()).asn.tolist() == lookup(whole).asn.tolist()
    assert len(lookup(pa.array([], pa.string())).kind) == 0
    assert lookup(pa.array([None, None], pa.string())).kind.tolist() == [0, 0]


def test_servers_live_in_datacentres_and_clouds() -> None:
    assert set(DATACENTRE_KINDS) == {Kind.DATACENTRE, Kind.CLOUD}


@given(st.from_regex(r"[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}\.[0-9]{1,4}", fullmatch=True))
@example("01.2.3.4")
@example("255.255.255.256")
@example("\u0661.2.3.4")
def test_dotted_addresses_are_read_as_the_standard_reads_them(text: str) -> None:
    try:
        expected = int(ipaddress.IPv4Address(text))
    except ValueError:
        expected = 0
    assert int(lookup(pa.array([text], pa.string())).address[0]) == expected
