"""What a user can mend: every message says the place, the problem and the next step."""

from __future__ import annotations


class InputError(Exception):
    """Bad input or usage (exit status 2). The message is shown as it stands, on one line, without a trace."""


class TooManyRejectsError(InputError):
    """More rows of one file were refused than ``--max-rejects`` allows (exit status 3)."""
