"""Whose mail a domain carries: anybody's, or that of one firm, school or household.

An address at a domain of one's own says openly whom it belongs to. Public providers and domains for throwing away,
where anybody gets an address, are listed in a file that ships with the package; what is on no list is somebody's own.
A name that a provider hashed before it came here may be either, and says nothing.
"""

from __future__ import annotations

import gzip
import re
from functools import cache
from importlib.resources import files

import numpy as np
import numpy.typing as npt
import pyarrow as pa

DOMAIN = re.compile(r"[\w-]+(\.[\w-]+)*\.[^\W\d_][\w-]+")
"""A name of mail servers, international ones among them: a hash has no dots, or ends in digits."""


@cache
def public_domains() -> frozenset[str]:
    """Domains at which anybody gets an address, in small letters."""
    content = gzip.decompress(files("iolaus").joinpath("data", "mail_domains.txt.gz").read_bytes())
    return frozenset(content.decode().split())


def own_domains(domains: pa.ChunkedArray) -> npt.NDArray[np.int64]:
    """int64[n], equal from 0 on for accounts of one domain of somebody's own; -1 for others, and what is no domain."""
    encoded = domains.combine_chunks().dictionary_encode()
    names = [(name or "").strip().rstrip(".").lower().rpartition("@")[2] for name in encoded.dictionary.to_pylist()]
    own = sorted(name for name in {*names} - public_domains() if DOMAIN.fullmatch(name))
    known = {name: place for place, name in enumerate(own)}
    codes = np.array([*(known.get(name, -1) for name in names), -1], np.int64)
    found: npt.NDArray[np.int64] = codes[encoded.indices.fill_null(len(names)).to_numpy(zero_copy_only=False)]
    return found
