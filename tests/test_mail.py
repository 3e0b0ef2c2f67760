"""Whose mail a domain carries."""

from __future__ import annotations

import pyarrow as pa
import pytest

from iolaus.mail import own_domains, public_domains


def test_accounts_of_one_own_domain_are_one_s() -> None:
    found = own_domains(
        pa.chunked_array([["firm.example", "gmail.com", None, "Firm.Example."], ["a@firm.example", "b.example"]])
    )
    assert found[0] == found[3] == found[4] >= 0
    assert found[5] >= 0 and found[5] != found[0]
    assert (found[1], found[2]) == (-1, -1)


@pytest.mark.parametrize("domain", ["gmail.com", "qq.com", "web.de", "proton.me", "tutanota.com", "mailinator.com"])
def test_public_and_throw_away_domains_are_nobody_s(domain: str) -> None:
    assert domain in public_domains()
    assert own_domains(pa.chunked_array([[domain, domain]])).tolist() == [-1, -1]


@pytest.mark.parametrize(
    "name", ["9f86d081884c7d65", "sha256:9f86d081884c", "firm", "10.0.0.1", "+49.123", "a b.com", "."]
)
def test_what_is_no_domain_tells_nothing(name: str) -> None:
    """A provider may hash domains: the hash of a public one is nobody's own."""
    assert own_domains(pa.chunked_array([[name, name, "firm.example"]])).tolist() == [-1, -1, 0]


def test_a_column_without_domains_tells_nothing() -> None:
    assert own_domains(pa.chunked_array([pa.nulls(3, pa.string())])).tolist() == [-1, -1, -1]
    assert len(own_domains(pa.chunked_array([pa.array([], pa.string())]))) == 0
