"""A frozen class is what `dataclasses.dataclass(frozen=True, slots=True)` makes of the same, but for what it costs."""

from __future__ import annotations

import copy
import inspect
import pickle
import pprint
from collections.abc import Callable, Iterator
from dataclasses import FrozenInstanceError, dataclass, field, fields, is_dataclass, replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from searchlib.frozen import frozen


class _Mixin:
    __slots__ = ()

    def __str__(self) -> str:
        return f"<{type(self).__name__}>"


def _made(decorated: Callable[[Any], Any], suffix: str) -> tuple[Any, ...]:
    @decorated
    class Plain(_Mixin):
        """With defaults, and what is left out."""

        name: str
        size: float = 1.0
        kinds: list[str] = field(default_factory=list)
        note: str = field(default="", compare=False)
        _hidden: Any = field(default=None, repr=False, compare=False)
        weights: Any = field(default=(), hash=False)

        @property
        def doubled(self) -> float:
            return 2 * self.size

    @decorated
    class Checked:
        """Changes nothing, but looks."""

        low: int
        high: int = 5

        def __post_init__(self) -> None:
            if self.low > self.high:
                raise ValueError("turn them around")

        def __iter__(self) -> Iterator[int]:
            return iter((self.low, self.high))

        def __repr__(self) -> str:
            return f"{self.low}-{self.high}"

    @decorated
    class Empty:
        """Nothing at all."""

    classes = (Plain, Checked, Empty)
    for cls in classes:
        cls.__qualname__ = cls.__name__ = f"{cls.__name__}{suffix}"
        globals()[cls.__qualname__] = cls  # where pickles look
    return classes


OURS = _made(frozen, "Here")
THEIRS = _made(dataclass(frozen=True, slots=True), "Gone")
VALUES = st.none() | st.integers(0, 2) | st.floats() | st.text(max_size=2)
PLAIN = st.fixed_dictionaries(
    {"name": VALUES}, optional=dict.fromkeys(("size", "kinds", "note", "_hidden", "weights"), VALUES)
)


def shown(value: Any) -> str:
    return repr(value).replace("Here", "Gone")


@given(PLAIN, PLAIN)
def test_values_are_compared_hashed_and_shown_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    ours, theirs = ([cls[0](**given) for given in (one, other)] for cls in (OURS, THEIRS))
    assert (ours[0] == ours[1]) is (theirs[0] == theirs[1])
    assert ours[0] == copy.copy(ours[0])
    assert ours[0] != theirs[0]
    assert [shown(value) for value in ours] == [repr(value) for value in theirs]
    for mine, its in zip(ours, theirs, strict=True):
        if isinstance(its.kinds, list):
            with pytest.raises(TypeError, match="unhashable"):
                hash(mine)
        else:
            assert hash(mine) == hash(its)


@given(PLAIN, PLAIN)
def test_copies_pickles_and_replacements_are_alike(one: dict[str, Any], other: dict[str, Any]) -> None:
    mine, its = OURS[0](**one), THEIRS[0](**one)
    assert shown(replace(mine, **other)) == repr(replace(its, **other))
    for again in (copy.copy(mine), copy.deepcopy(mine), pickle.loads(pickle.dumps(mine))):
        assert repr(again) == repr(mine)
        assert repr(again._hidden) == repr(mine._hidden)


def test_classes_say_the_same_of_themselves() -> None:
    for ours, theirs in zip(OURS, THEIRS, strict=True):
        assert is_dataclass(ours)
        assert [shown(one) for one in fields(ours)] == [shown(one) for one in fields(theirs)]
        assert ours.__slots__ == theirs.__slots__
        assert ours.__match_args__ == theirs.__match_args__
        assert ours.__doc__ == theirs.__doc__
        names = [list(inspect.signature(cls).parameters) for cls in (ours, theirs)]
        assert names[0] == names[1]
    assert str(inspect.signature(OURS[1])) == "(low: 'int', high: 'int' = 5) -> None"


def test_values_cannot_be_changed() -> None:
    for cls in (OURS[0], THEIRS[0]):
        value = cls("word")
        for name in ("name", "_hidden"):
            with pytest.raises(FrozenInstanceError, match=name):
                setattr(value, name, "other")
            with pytest.raises(FrozenInstanceError, match=name):
                delattr(value, name)
        assert value.name == "word"


def test_a_default_is_made_for_each_value() -> None:
    assert OURS[0]("a").kinds is not OURS[0]("a").kinds


def test_what_a_class_defines_itself_stays() -> None:
    assert repr(OURS[1](1, 2)) == "1-2"
    assert list(OURS[1](1)) == [1, 5]
    assert str(OURS[0]("a")) == "<PlainHere>"
    assert OURS[0]("a", 3).doubled == 6
    with pytest.raises(ValueError, match="turn them around"):
        OURS[1](6)


def test_arguments_that_cannot_be_are_refused_alike() -> None:
    for cls in (OURS[0], THEIRS[0]):
        with pytest.raises(TypeError, match=r"__init__\(\) missing 1 required positional argument: 'name'"):
            cls()
        with pytest.raises(TypeError, match="unexpected keyword argument 'colour'"):
            cls("a", colour=1)


def test_values_are_matched_by_position() -> None:
    checked = OURS[1]
    match checked(2, 3):
        case checked(low, high):
            assert (low, high) == (2, 3)
        case _:
            raise AssertionError("it is one")


def test_a_value_has_nothing_but_its_fields() -> None:
    for cls in (*OURS, *THEIRS):
        assert not hasattr(cls(*[1, 2][: len(cls.__match_args__)]), "__dict__")


def test_what_shows_itself_within_itself_comes_to_an_end() -> None:
    for cls in (OURS[0], THEIRS[0]):
        value = cls("a")
        value.kinds.append(value)
        assert "kinds=[...]" in repr(value)


def test_values_are_printed_prettily() -> None:
    assert pprint.pformat(OURS[0]("a")).startswith("PlainHere(name='a'")
