"""Values, properties, regular expressions and a package's names that are made when they are first asked for, and kept.

`cached_property` is `functools.cached_property` as of Python 3.12. That of 3.11 has a lock that all instances share.
Threads wait for each other there, and a child that was forked while another thread had it waits for ever. What two
threads compute at once is the same.
"""

# ruff: noqa: N801 - named and documented as what it stands for

from __future__ import annotations

import re
import sys
from collections.abc import Callable, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any, Generic, TypeVar, cast

__all__ = ["Lazy", "cached_property", "lazy_expression", "names_in"]

Value = TypeVar("Value")
Text = TypeVar("Text", str, bytes)


def lazy_expression(pattern: Text, flags: int = 0) -> re.Pattern[Text]:
    """The methods of a regular expression that is compiled when the first of them is called.

    Whoever imports a module does not wait for expressions that nothing asks for. Once used, a method costs what the
    expression's own does.
    """
    return cast("re.Pattern[Text]", _Expression(pattern, flags))


class _Expression:
    def __init__(self, pattern: Any, flags: int) -> None:
        self._asked = pattern, flags

    def __getattr__(self, name: str) -> Any:
        found = self.__dict__[name] = getattr(re.compile(*self._asked), name)
        return found


def names_in(package: str, modules: Sequence[str]) -> tuple[Callable[[str], Any], Callable[[], list[str]]]:
    """What a package has for ``__getattr__`` and ``__dir__`` whose ``__all__`` is defined in modules of it.

    They are looked through in this order.
    """
    namespace = vars(sys.modules[package])

    def named(name: str) -> Any:
        for module in modules if name in namespace["__all__"] else ():
            found = vars(import_module(f"{package}.{module}")).get(name)
            if found is not None:
                namespace[name] = found
                return found
        raise AttributeError(f"module {package!r} has no attribute {name!r}", name=name, obj=sys.modules[package])

    return named, lambda: sorted({*namespace, *namespace["__all__"]})


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
