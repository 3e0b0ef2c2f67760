"""The deployment's secret key: every hash of text is keyed with it.

Without the key nobody can tell which shingles are sampled, nor test whether a guess is in the state.
"""

from __future__ import annotations

import hashlib
import os
import secrets
from pathlib import Path

from iolaus.errors import InputError
from iolaus.workspace import disk_error

BYTES = 32


class Key:
    """A 256-bit key with the few derivations that stages need."""

    def __init__(self, secret: bytes) -> None:
        if len(secret) != BYTES:
            raise ValueError(f"a sketch key has {BYTES} bytes, found {len(secret)}")
        self._secret = secret

    def __reduce__(self) -> str:
        """Raises TypeError: what is pickled is sent or kept somewhere, and a key is neither."""
        raise TypeError("a sketch key is not pickled; name its file and its id")

    @property
    def id(self) -> str:
        """Names the key without telling it: 16 hex digits, for run.json."""
        return hashlib.blake2b(b"id", key=self._secret, digest_size=8).hexdigest()

    def hash(self, content: bytes) -> int:
        """Keyed 64-bit hash as a signed integer, as tables keep it."""
        digest = hashlib.blake2b(content, key=self._secret, digest_size=8).digest()
        return int.from_bytes(digest, "little", signed=True)

    def seed(self, purpose: str) -> int:
        """An unsigned 64-bit seed for one purpose, for compiled kernels."""
        digest = hashlib.blake2b(purpose.encode(), key=self._secret, digest_size=8, person=b"seed").digest()
        return int.from_bytes(digest, "little")


def default_path() -> Path:
    """Where the key lies unless ``sketch.key_file`` says otherwise."""
    base = os.environ.get("XDG_CONFIG_HOME")
    return (Path(base) if base else Path.home() / ".config") / "iolaus" / "sketch.key"


def place(path: Path | None) -> Path:
    """Where the key lies, by the setting."""
    return path or default_path()


def load(path: Path | None) -> Key:
    """The key in ``path``, made with owner-only access on first use. Raises InputError where it cannot be."""
    found = place(path)
    _make(found)
    return read(found)


def _make(path: Path) -> None:
    """A new key in a file that its owner alone may read, where there is none."""
    try:
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True)
            partial = path.with_name(f".{path.name}.{os.getpid()}")
            with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
                file.write(secrets.token_hex(BYTES) + "\n")
            partial.replace(path)
    except OSError as error:
        raise disk_error(path, error) from error


def read(path: Path) -> Key:
    """The key in a file that is there. Raises InputError where it cannot be read or is none."""
    try:
        secret = bytes.fromhex(path.read_text("ascii").strip())
    except OSError as error:
        raise disk_error(path, error) from error
    except ValueError:
        raise InputError(f"{path}: not {BYTES * 2} hex digits. Restore the key, or remove it for a new one.") from None
    if len(secret) != BYTES:
        raise InputError(f"{path}: not {BYTES * 2} hex digits. Restore the key, or remove it for a new one.")
    return Key(secret)
