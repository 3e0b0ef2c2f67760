"""Working state: whole files or none, finished steps, and nothing left of other inputs."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from iolaus.errors import InputError
from iolaus.workspace import Workspace, disk_error, renamed_into, write_atomically


def test_finished_steps_are_remembered(tmp_path: Path) -> None:
    work = Workspace(tmp_path, "one")
    assert work.finished("ingest") is None
    work.finish("ingest", {"rows": 3})
    work.finish("sketch")
    again = Workspace(tmp_path, "one")
    assert again.finished("ingest") == {"rows": 3}
    assert again.finished("sketch") == {}


def test_other_inputs_start_afresh_and_leave_nothing(tmp_path: Path) -> None:
    old = Workspace(tmp_path, "one")
    write_atomically(old.folder("ingest") / "part.parquet", b"text of somebody")
    old.finish("ingest")
    new = Workspace(tmp_path, "two")
    assert new.finished("ingest") is None
    assert not old.root.exists()


def test_dropping_a_stage_keeps_its_marker(tmp_path: Path) -> None:
    work = Workspace(tmp_path, "one")
    (work.folder("sketch") / "file").write_bytes(b"x")
    work.finish("sketch")
    work.drop("sketch")
    work.drop("never made")
    assert work.finished("sketch") == {}
    assert not list(work.folder("sketch").iterdir())


def test_a_block_that_fails_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "file"
    write_atomically(path, b"old")
    with pytest.raises(RuntimeError), renamed_into(path) as partial:
        partial.write_bytes(b"half")
        raise RuntimeError
    assert path.read_bytes() == b"old"
    write_atomically(path, b"new")
    assert path.read_bytes() == b"new"


def test_a_kill_leaves_no_file_under_its_name(tmp_path: Path) -> None:
    """What is written stands beside its name until it is whole."""
    with renamed_into(tmp_path / "file") as partial:
        partial.write_bytes(b"half")
        assert not (tmp_path / "file").exists()
    assert [path.name for path in tmp_path.iterdir()] == ["file"]


def test_a_full_disk_is_one_clear_line(tmp_path: Path) -> None:
    with pytest.raises(InputError) as raised, renamed_into(tmp_path / "file") as partial:
        partial.write_bytes(b"half")
        raise OSError(errno.ENOSPC, "No space left on device")
    assert str(raised.value) == f"{tmp_path}: the disk is full. Free space there, or give another --out; run again."
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (PermissionError(errno.EACCES, "x"), "Permission denied"),
        (IsADirectoryError(errno.EISDIR, "x"), "Is a directory"),
        (OSError("no number"), "OSError"),
    ],
)
def test_other_errors_say_what_to_check(error: OSError, said: str) -> None:
    message = str(disk_error(Path("/some/file"), error))
    assert message == f"/some/file: {said}. Check the path and its permissions, then run again."


def test_a_full_disk_is_named_where_only_words_tell() -> None:
    """Arrow's errors carry the number of the system's in their text alone."""
    error = OSError("Error writing bytes to file. Detail: [errno 28] No space left on device")
    assert error.errno is None
    assert "the disk is full" in str(disk_error(Path("/some/file"), error))
