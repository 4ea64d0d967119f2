"""Values as bytes and back."""

import contextlib
import datetime
from decimal import Decimal

import pytest
from exploring import examples
from hypothesis import given
from hypothesis import strategies as st

from searchlib.engines.whoosh.compat import valuebytes

scalars = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(),
    st.floats(allow_nan=False),
    st.text(st.characters(exclude_categories=())),
    st.binary(),
    st.dates(),
    st.times(),
    st.datetimes(),
    st.datetimes(timezones=st.just(datetime.UTC)),
    st.timedeltas(),
    st.decimals(allow_nan=False),
)
hashable = st.recursive(scalars, lambda inner: st.one_of(st.tuples(inner, inner), st.frozensets(inner)), max_leaves=3)
anything = st.recursive(
    scalars,
    lambda inner: st.one_of(
        st.lists(inner),
        st.tuples(inner, inner),
        st.sets(hashable),
        st.frozensets(hashable),
        st.dictionaries(hashable, inner),
    ),
    max_leaves=5,
)


def typed(value):
    """A value with the types of everything in it, for comparison: 1, 1.0 and True are equal otherwise."""
    if isinstance(value, (list, tuple)):
        return type(value), [typed(item) for item in value]
    if isinstance(value, dict):
        return dict, [(typed(key), typed(item)) for key, item in value.items()]
    if isinstance(value, (set, frozenset)):
        return type(value), sorted(repr(typed(item)) for item in value)
    return type(value), repr(value)


@given(anything)
def test_a_value_reads_back_with_its_type(value):
    read = valuebytes.decode(valuebytes.encode(value))
    assert read == value
    assert typed(read) == typed(value)


@examples(30)
@given(anything)
def test_no_part_of_an_encoded_value_is_a_value_and_damage_is_said(value):
    data = valuebytes.encode(value)
    for cut in range(len(data)):
        with pytest.raises(valuebytes.ValueDamaged):
            valuebytes.decode(data[:cut])
    with pytest.raises(valuebytes.ValueDamaged):
        valuebytes.decode(data + b"N")


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_damaged(data):
    with contextlib.suppress(valuebytes.ValueDamaged):
        valuebytes.decode(data)


def test_sets_are_written_the_same_in_whatever_order_they_are_walked():
    one, other = {0, 8}, {8, 0}  # they collide in a set's table, so the order of insertion shows
    assert list(one) != list(other)
    assert valuebytes.encode(one) == valuebytes.encode(other)


def test_what_is_no_data_is_refused_by_name():
    class Thing:
        pass

    for thing in (Thing(), [Thing()], {"key": Thing()}, object, lambda: None, 1j):
        with pytest.raises(TypeError, match="cannot be stored"):
            valuebytes.encode(thing)


def test_numpy_numbers_and_enumerations_become_plain_ones():
    import enum

    import numpy as np

    class Colour(enum.IntEnum):
        RED = 3

    assert valuebytes.decode(valuebytes.encode([np.float64(1.5), Colour.RED, np.str_("a")])) == [1.5, 3, "a"]


def test_values_nested_too_deep_are_refused_both_ways():
    nested: list = []
    for _ in range(1000):
        nested = [nested]
    with pytest.raises(ValueError, match="deep"):
        valuebytes.encode(nested)
    with pytest.raises(valuebytes.ValueDamaged):
        valuebytes.decode(b"l\x01" * 10_000 + b"N")


def test_a_count_that_the_bytes_cannot_hold_allocates_nothing():
    with pytest.raises(valuebytes.ValueDamaged):
        valuebytes.decode(b"l" + valuebytes.number(1 << 55))
    with pytest.raises(valuebytes.ValueDamaged):
        valuebytes.decode(b"s" + valuebytes.number(1 << 55))


def test_a_decimal_keeps_its_digits():
    assert str(valuebytes.decode(valuebytes.encode(Decimal("1.500")))) == "1.500"
