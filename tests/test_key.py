"""The key: made once, owner-only, and never told by what it makes."""

from __future__ import annotations

import pickle
import stat
from pathlib import Path

import pytest

from iolaus import key as keys
from iolaus.errors import InputError
from iolaus.key import BYTES, Key, default_path, load, read


def test_first_use_makes_a_key_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "sketch.key"
    made = load(path)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [p.name for p in path.parent.iterdir()] == ["sketch.key"]
    again = load(path)
    assert again.id == made.id
    assert again.hash(b"x") == made.hash(b"x")


def test_keys_differ(tmp_path: Path) -> None:
    one, other = load(tmp_path / "one"), load(tmp_path / "other")
    assert one.id != other.id
    assert one.hash(b"x") != other.hash(b"x")
    assert one.seed("a") != other.seed("a")


def test_nothing_that_is_made_tells_the_key() -> None:
    secret = bytes(range(BYTES))
    key = Key(secret)
    assert key.id not in secret.hex()
    assert len({key.seed("a"), key.seed("b"), key.hash(b"a") & (2**64 - 1), int(key.id, 16)}) == 4
    assert secret.hex() not in repr(key)


def test_hashes_are_signed_64_bits_and_spread() -> None:
    key = Key(bytes(BYTES))
    found = [key.hash(str(n).encode()) for n in range(2_000)]
    assert all(-(2**63) <= value < 2**63 for value in found)
    assert len(set(found)) == 2_000
    assert 800 < sum(value < 0 for value in found) < 1_200
    assert 0 <= key.seed("x") < 2**64


@pytest.mark.parametrize("content", ["", "not hex", "ab" * (BYTES - 1), "ab" * (BYTES + 1), "é" * 64])
def test_a_spoiled_key_is_one_clear_line_that_does_not_repeat_it(tmp_path: Path, content: str) -> None:
    path = tmp_path / "sketch.key"
    path.write_text(content, "utf-8")
    with pytest.raises(InputError, match="64 hex digits") as raised:
        load(path)
    assert not content or content not in str(raised.value)


def test_a_key_that_cannot_be_made_is_one_clear_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(InputError, match="Check the path"):
        load(tmp_path / "file" / "sketch.key")


def test_wrong_length_is_refused() -> None:
    with pytest.raises(ValueError, match="32 bytes, found 3"):
        Key(b"abc")


def test_default_lies_in_the_users_config_folder(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    assert default_path() == tmp_path / "iolaus" / "sketch.key"
    assert load(None).id == load(tmp_path / "iolaus" / "sketch.key").id
    assert keys.BYTES * 8 == 256


def test_a_key_is_never_pickled() -> None:
    with pytest.raises(TypeError, match="not pickled"):
        pickle.dumps({"key": Key(bytes(BYTES))})


def test_a_key_that_is_not_there_is_not_made_by_reading(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="No such file"):
        read(tmp_path / "sketch.key")
    assert not list(tmp_path.iterdir())
    made = load(tmp_path / "sketch.key")
    assert read(tmp_path / "sketch.key").id == made.id
