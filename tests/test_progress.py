"""Long work shows itself on a terminal, and is quiet elsewhere."""

from __future__ import annotations

import logging

import pytest

from iolaus.progress import Progress


def test_stages_are_timed_and_added_up() -> None:
    progress = Progress(False)
    for _ in range(2):
        with progress.stage("sketch") as tick:
            tick(10)
    with progress.stage("results", "cohorts"):
        pass
    assert list(progress.seconds) == ["sketch", "results"]
    assert all(seconds >= 0 for seconds in progress.seconds.values())


def test_quiet_where_nobody_watches(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress().stage("sketch") as tick:
        tick(5)
    found = capsys.readouterr()
    assert (found.out, found.err) == ("", "")


def test_counts_are_shown_on_standard_error(capsys: pytest.CaptureFixture[str]) -> None:
    with Progress(True).stage("sketch", "exchanges") as tick:
        tick(1_200)
        tick(34)
    found = capsys.readouterr()
    assert found.out == ""
    assert "sketch: 1,234 exchanges" in found.err


def test_counts_are_logged(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, "iolaus"), Progress(False).stage("sketch", "parts") as tick:
        tick(1_234)
    assert caplog.messages[0].startswith("sketch: 1,234 parts in ")


def test_a_stage_that_fails_is_not_done() -> None:
    progress = Progress(False)
    with pytest.raises(RuntimeError), progress.stage("sketch"):
        raise RuntimeError
    assert "sketch" not in progress.seconds
