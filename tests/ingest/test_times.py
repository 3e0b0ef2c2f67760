"""Times in every usual spelling are the same moment; others are refused with the reason."""

from __future__ import annotations

import zoneinfo
from datetime import UTC, datetime, timedelta
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from iolaus.ingest.times import MISSING, OUT_OF_RANGE, UNREADABLE, TimeStyle, cast_time

moments = st.datetimes(datetime(2000, 1, 1), datetime(2099, 12, 31, 23, 59, 59), timezones=st.just(UTC))
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@given(st.lists(moments, min_size=1, max_size=6))
def test_every_spelling_is_the_same_moment(whole: list[datetime]) -> None:
    micros = [(m - EPOCH) // timedelta(microseconds=1) for m in whole]
    spellings: list[list[Any] | pa.Array] = [
        list(whole),
        [m.isoformat() for m in whole],
        [m.isoformat().replace("+00:00", "Z") for m in whole],
        [m.astimezone(zoneinfo.ZoneInfo("Asia/Kolkata")).isoformat() for m in whole],
        micros,
        [n * 1000 for n in micros],
        [str(n) for n in micros],
        pa.array(micros, pa.timestamp("us", "UTC")),
        pa.array([n * 1000 for n in micros], pa.timestamp("ns", "Europe/Paris")),
    ]
    for raw in spellings:
        times = cast_time(raw)
        assert times.array.cast(pa.int64()).to_pylist() == micros
        assert times.naive == 0 and not times.reasons


@given(moments)
def test_seconds_with_a_fraction(moment: datetime) -> None:
    (found,) = cast_time([moment.timestamp()]).array.to_pylist()
    assert abs(found - moment) <= timedelta(microseconds=1)


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        (None, MISSING),
        ("", MISSING),
        ("2026-13-01", UNREADABLE),
        ("soon", UNREADABLE),
        (True, UNREADABLE),
        ([], UNREADABLE),
        ("1601-01-01T00:00:00Z", OUT_OF_RANGE),
        ("9999-12-31T00:00:00Z", OUT_OF_RANGE),
        (0, OUT_OF_RANGE),
        (-1, OUT_OF_RANGE),
        (10**40, OUT_OF_RANGE),
        (float("inf"), OUT_OF_RANGE),
    ],
)
def test_each_refusal_alone_and_in_company(raw: Any, reason: str) -> None:
    for values in ([raw], ["2026-01-01T00:00:00Z", raw]):
        times = cast_time(values)
        assert times.reasons == {len(values) - 1: reason}
        assert times.array[len(values) - 1].as_py() is None
        assert len(values) == 1 or times.array[0].as_py() == datetime(2026, 1, 1, tzinfo=UTC)


def test_bounds_are_half_open() -> None:
    times = cast_time(["2000-01-01T00:00:00Z", "2100-01-01T00:00:00Z", "1999-12-31T23:59:59.999999Z"])
    assert sorted(times.reasons) == [1, 2]


def test_times_without_a_zone_are_counted_and_read_as_utc() -> None:
    for raw in (["2026-01-01 10:00:00.1234567"], ["2026-01-01 10:00:00.1234567", "2026-01-01T10:00:00Z"]):
        times = cast_time(raw)
        assert times.naive == 1
        assert times.array[0].as_py() == datetime(2026, 1, 1, 10, 0, 0, 123456, tzinfo=UTC)


def test_a_mapping_says_how_times_are_written() -> None:
    paris = zoneinfo.ZoneInfo("Europe/Paris")
    noon = datetime(2026, 7, 1, 10, tzinfo=UTC)
    by_format = cast_time(["01/07/2026 12:00", "x"], TimeStyle("%d/%m/%Y %H:%M", None, paris))
    assert by_format.array[0].as_py() == noon and by_format.naive == 0 and by_format.reasons == {1: UNREADABLE}
    assert cast_time(["2026-07-01T12:00:00"], TimeStyle(zone=paris)).array[0].as_py() == noon
    assert cast_time([int(noon.timestamp())], TimeStyle(unit="ms")).reasons == {0: OUT_OF_RANGE}
