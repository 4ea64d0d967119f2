"""Keys of whole values: they tell apart what differs, and sort as numbers and as time do."""

from __future__ import annotations

import math
from datetime import UTC, datetime
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.model.records import TOO_BIG, Scalar
from searchlib.query.valuekeys import TEXT, after, date_key, measure_key, sortable, whole_keys

NUMBERS = st.one_of(
    st.integers(-(2**70), 2**70),
    st.integers(-TOO_BIG + 1, TOO_BIG - 1),
    st.floats(allow_nan=False, allow_infinity=False).filter(lambda number: abs(number) < TOO_BIG),
    st.sampled_from([2**53, 2**53 + 1, 2**64 - 1, 2**64, 1890123456789012345, 1890123456789012346, 0, -0.0]),
)


def key(value: Scalar) -> str:
    return whole_keys(value)[-1]


@given(NUMBERS, NUMBERS)
def test_keys_of_numbers_sort_as_the_numbers_do(one: float, other: float) -> None:
    assert (sortable(one) < sortable(other)) is (one < other)
    assert (sortable(one) == sortable(other)) is (one == other)


@given(st.datetimes(timezones=st.timezones()), st.datetimes(timezones=st.timezones()))
def test_keys_of_moments_sort_by_time_whatever_their_zones(one: datetime, other: datetime) -> None:
    try:
        earlier = one.astimezone(UTC) < other.astimezone(UTC)
    except OverflowError:
        return
    if (one.utcoffset() or other.utcoffset()) is not None and not any(
        moment.utcoffset().total_seconds() % 60
        for moment in (one, other)  # type: ignore[union-attr]
    ):
        assert (
            date_key(one.isoformat("T", "microseconds")) < date_key(other.isoformat("T", "microseconds"))
        ) is earlier


def test_years_and_dates_are_in_the_order_of_time() -> None:
    said: list[Scalar] = [
        *("-0044-03-15", "-0044-12-01", "0001-01-01", "0800-12-25", "1850", "1999-12-31", 2000, "2020-01-02"),
        *("2020-01-02T22:05Z", "2020-01-03T00:10+02:00", "2020-01-02 23:00:00", "2020-01-03", "2020-05", 2021),
        *("2021-01-01T00:00:00.5Z", "2021-01-01T00:00:01Z", "12021-01-01"),
    ]
    keys = [key(one) for one in said]
    assert keys == sorted(keys)
    assert len(set(keys)) == len(keys)


@pytest.mark.parametrize(
    "within", ["2020-01-02", "2020-01-02T23:59:59.999", "2020-01-02 03:04", "2020-01-02T10:00:00Z"]
)
@pytest.mark.parametrize("whole", ["2020-01-02", "2020-01", "2020"])
def test_a_day_is_a_range_of_time_as_a_month_and_a_year_are(within: str, whole: str) -> None:
    assert key(whole) <= key(within) <= after(key(whole))
    assert not key(whole) <= key("2021-01-01T00:00Z") <= after(key(whole))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("2020-01-02T23:00Z", "2020-01-03T01:00+02:00"),
        ("2020-01-02T23:00Z", "2020-01-02 23:00"),
        ("2020-01-02T23:00:00+0000", "2020-01-02T18:00:00-05"),
        ("7", 7),
        (7, 7.0),
        ("-3.5", -3.5),
        ("0.00001", 0.00001),
    ],
)
def test_the_same_said_otherwise_has_one_key(one: Scalar, other: Scalar) -> None:
    assert key(one) == key(other)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("1890123456789012345", "1890123456789012346"),
        (2**64, 2**64 + 1),
        ("02134", "2134"),
        ("1.10", "1.1"),
        ("1.0", "1"),
        ("+49", "49"),
        ("1e3", "1000"),
        ("0.1000000000000000000001", "0.1"),
    ],
)
def test_what_is_written_for_different_things_is_told_apart(one: Scalar, other: Scalar) -> None:
    assert key(one) != key(other)


@pytest.mark.parametrize(
    "text", ["02134", "+49 30 1", "1e3", "2020-02-30", "1900-02-29", "2020-13", "2020-1-2", "-", "12:30", ""]
)
def test_what_is_no_measure_is_text(text: str) -> None:
    assert key(text).startswith(TEXT)
    assert measure_key(text) == ""


@pytest.mark.parametrize(("spelled", "number"), [("1.10", 1.1), ("2.00", 2)])
def test_a_spelling_of_a_number_stands_beside_it(spelled: str, number: float) -> None:
    assert key(number) < key(spelled) < after(key(number)) < key(math.nextafter(number, 9))


def test_keys_go_up_from_one_to_the_next_beyond_what_floats_hold() -> None:
    assert all(sortable(one) < sortable(other) for one, other in pairwise(range(2**60 - 300, 2**60 + 300)))
