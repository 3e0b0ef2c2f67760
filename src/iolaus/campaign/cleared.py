"""Accounts that a person looked at and found honest: a file of ids, kept beside the scans and read by each.

What a person dismissed is not reported again while it is mostly the same accounts. It is no pardon: a campaign that
takes cleared accounts in among others is judged like any.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from iolaus.errors import InputError
from iolaus.workspace import disk_error, write_atomically


def listed(path: Path) -> dict[int, str]:
    """Line -> id of a file that lists one a line; ``#`` begins a comment. Raises InputError where it cannot be read."""
    try:
        lines: Sequence[str] = path.read_text("utf-8").splitlines()
    except OSError as error:
        raise disk_error(path, error) from error
    except UnicodeDecodeError:
        raise InputError(f"{path}: no UTF-8 text. Write one id a line.") from None
    return {number: name for number, line in enumerate(lines, 1) if (name := line.split("#")[0].strip())}


def cleared_accounts(path: Path | None, accounts: pa.Table) -> npt.NDArray[np.int32]:
    """Numbers of the accounts that the file names. accounts: rows by account number, with ``account_id``.

    Ids of accounts that these logs do not hold are left: a list outlives a window. Raises as :func:`listed`.
    """
    if path is None:
        return np.zeros(0, np.int32)
    names = pa.array(sorted(set(listed(path).values())), pa.string())
    return np.flatnonzero(pc.is_in(accounts["account_id"].cast(pa.string()), value_set=names)).astype(np.int32)


def clear(path: Path, title: str, accounts: Sequence[str]) -> int:
    """Add accounts to the list under a comment; how many were not on it. The file is made where there is none.

    title: one line of why. Raises InputError where an id or the title cannot stand on a line, or the file is not
    readable.
    """
    for number, name in enumerate(accounts, 1):
        if name.split("#")[0].strip() != name or not name.isprintable():
            raise InputError(f"{path}: account {number} has an id that cannot stand on a line. Clear it by hand.")
    if not title.isprintable():
        raise InputError("--reason: holds a line break or a control character. Give one line.")
    known = set(listed(path).values()) if path.exists() else set()
    fresh = [name for name in accounts if name not in known]
    if fresh:
        before = path.read_text("utf-8").rstrip("\n") + "\n" if path.exists() else ""
        write_atomically(path, (before + "\n".join([f"# {title}", *fresh]) + "\n").encode())
    return len(fresh)
