"""Builds src/iolaus/data/mail_domains.txt.gz: domains at which anybody gets an address of mail.

    python training/build_mail.py DOMAINS BLOCKLIST

DOMAINS is domains.json of npm free-email-domains, BLOCKLIST a file of throw-away domains, one a line.
"""

from __future__ import annotations

import gzip
import json
import sys
from pathlib import Path

TARGET = Path(__file__).parent.parent / "src" / "iolaus" / "data" / "mail_domains.txt.gz"

ADDED = ("tutanota.com",)
"""Domains of large public providers that neither list has."""


def main() -> None:
    """Write both lists as one, sorted."""
    free, throw_away = (Path(name).read_text("utf-8") for name in sys.argv[1:3])
    lines = [*json.loads(free), *throw_away.splitlines(), *ADDED]
    domains = sorted({line.strip().lower() for line in lines if line.strip() and not line.startswith("#")})
    TARGET.write_bytes(gzip.compress("\n".join(domains).encode() + b"\n", 9, mtime=0))


if __name__ == "__main__":
    main()
