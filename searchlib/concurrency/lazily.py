"""Values and properties that are computed when they are first asked for, and kept.

`cached_property` is `functools.cached_property` as of Python 3.12. That of 3.11 has a lock that all instances share.
Threads wait for each other there, and a child that was forked while another thread had it waits for ever. What two
threads compute at once is the same.
"""

# ruff: noqa: N801 - named and documented as what it stands for

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Generic, TypeVar

__all__ = ["Lazy", "cached_property"]

Value = TypeVar("Value")


class Lazy(Generic[Value]):
    """A value that is made when it is first called for; equal to any other way to call for an equal one."""

    __slots__ = ("_make", "_value")

    def __init__(self, make: Callable[[], Value]) -> None:
        self._make: Callable[[], Value] | None = make
        self._value: Value

    def __call__(self) -> Value:
        """The value."""
        make = self._make
        if make is not None:
            self._value = make()
            self._make = None  # after the value: another thread may have seen that there is none
        return self._value

    def __eq__(self, other: object) -> bool:
        return bool(self() == other()) if callable(other) else NotImplemented

    def __hash__(self) -> int:
        return hash(self())


if TYPE_CHECKING or sys.version_info >= (3, 12):
    from functools import cached_property
else:

    class cached_property:
        """A property that is computed once for each instance."""

        def __init__(self, function: Any) -> None:
            self._function = function
            self.__doc__ = function.__doc__

        def __set_name__(self, owner: type, name: str) -> None:
            self._name = name

        def __get__(self, instance: Any, owner: type | None = None) -> Any:
            if instance is None:
                return self
            return instance.__dict__.setdefault(self._name, self._function(instance))
