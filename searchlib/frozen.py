"""Frozen values: classes of fields that are never changed, as `dataclasses.dataclass(frozen=True, slots=True)` makes.

What they do is the same: equal and hashed by their fields, shown as they are made, matched by position, pickled,
copied with `dataclasses.replace`. What differs is when it costs something. `dataclasses` compiles half a dozen methods
for each class as it is defined, half a millisecond each; here they are shared by all classes, or compiled when they are
needed. A command that answers a query defines seventy classes, and makes values of half of them, few of each.

``dataclasses.field`` gives a field its default, and leaves it out of comparing, hashing or ``repr``.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from functools import partial
from reprlib import recursive_repr
from typing import Any, TypeAlias, TypeVar, dataclass_transform

_Class = TypeVar("_Class", bound=type)
_NOT_GIVEN = dataclasses.MISSING
_OFTEN = 8  # values of a class take as long as to compile its ``__init__``

Fields: TypeAlias = dict[str, dataclasses.Field[Any]]
"""What is said of each field of a class, in order."""


@dataclass_transform(frozen_default=True, field_specifiers=(dataclasses.field,))
def frozen(cls: _Class) -> _Class:
    """The class with slots for its fields, and what a frozen dataclass can."""
    fields = _fields(cls)
    namespace = {name: value for name, value in vars(cls).items() if name not in fields}
    for name in ("__dict__", "__weakref__"):  # of the class without slots
        namespace.pop(name, None)
    made = {
        "__eq__": _Compiled(fields, _equals),
        "__hash__": _Compiled(fields, _hashed),
        "__repr__": _represented([name for name, field in fields.items() if field.repr]),
    }
    namespace |= {name: method for name, method in made.items() if namespace.get(name) is None}
    again: Any = type(cls)(
        cls.__name__,
        cls.__bases__,
        namespace
        | {
            "__slots__": tuple(fields),
            "__match_args__": tuple(fields),
            "__init__": _Init(fields, _initialised),
            "__setattr__": _set,
            "__delattr__": _delete,
            "__getstate__": _state,
            "__setstate__": _restore,
            "__dataclass_fields__": _OfDataclass(fields),
            "__dataclass_params__": _OfDataclass(fields),
        },
    )
    again.__qualname__ = cls.__qualname__
    return again  # type: ignore[no-any-return]


def _fields(cls: type) -> Fields:
    """What is said of each field, in order."""
    found = {}
    for name in cls.__annotations__:
        said = vars(cls).get(name, _NOT_GIVEN)
        found[name] = said if isinstance(said, dataclasses.Field) else dataclasses.field(default=said)
    return found


class _Later:
    """What a class has when it is first asked for it."""

    def __init__(self, fields: Fields) -> None:
        self._fields = fields

    def __set_name__(self, owner: type, name: str) -> None:
        self._owner, self._name = owner, name

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        made = self._make()
        type.__setattr__(self._owner, self._name, made)
        return made.__get__(instance, owner) if hasattr(made, "__get__") else made

    def _make(self) -> Any:
        raise NotImplementedError


class _Compiled(_Later):
    """A method, compiled for the fields of the class."""

    def __init__(self, fields: Fields, write: Callable[[type, Fields, dict[str, Any]], str]) -> None:
        super().__init__(fields)
        self._write = write

    def _make(self) -> Any:
        names: dict[str, Any] = {}
        exec(self._write(self._owner, self._fields, names), names)
        made = names[self._name]
        made.__qualname__ = f"{self._owner.__qualname__}.{self._name}"
        if self._name == "__init__":
            made.__annotations__ = {**self._owner.__annotations__, "return": None}
        return made


class _Init(_Compiled):
    """``__init__``, which is worth compiling for a class of which there are many values."""

    _often = 0

    def __get__(self, instance: object, owner: type | None = None) -> Any:
        if instance is None or self._often >= _OFTEN:
            return super().__get__(instance, owner)
        self._often += 1
        return partial(self._once, instance)

    def _once(self, instance: Any, /, *given: Any, **named: Any) -> None:
        values = {**dict(zip(self._fields, given, strict=False)), **named}
        fit = len(values) == len(given) + len(named) and values.keys() <= self._fields.keys()
        for name, field in self._fields.items():
            value = values.get(name, field.default)
            if value is _NOT_GIVEN and field.default_factory is not dataclasses.MISSING:
                value = field.default_factory()
            fit = fit and value is not _NOT_GIVEN
            object.__setattr__(instance, name, value)
        if not fit:
            super().__get__(instance)(*given, **named)  # which says what does not fit
        elif hasattr(instance, "__post_init__"):
            instance.__post_init__()


def _initialised(owner: type, fields: Fields, names: dict[str, Any]) -> str:
    names["NOT_GIVEN"] = _NOT_GIVEN
    arguments, lines = ["self"], []
    for name, field in fields.items():
        names[f"set_{name}"] = getattr(owner, name).__set__  # of the slot: quicker than to go round __setattr__
        argument, value = name, name
        if field.default is not _NOT_GIVEN:
            names[f"default_{name}"] = field.default
            argument += f"=default_{name}"
        elif field.default_factory is not _NOT_GIVEN:
            names[f"make_{name}"] = field.default_factory
            argument += "=NOT_GIVEN"
            value = f"make_{name}() if {name} is NOT_GIVEN else {name}"
        arguments.append(argument)
        lines.append(f"set_{name}(self, {value})")
    if hasattr(owner, "__post_init__"):
        lines.append("self.__post_init__()")
    return f"def __init__({', '.join(arguments)}):\n " + "\n ".join(lines or ["pass"])


def _equals(owner: type, fields: Fields, names: dict[str, Any]) -> str:
    compared = [name for name, field in fields.items() if field.compare]
    equal = f"{_tuple('self', compared)} == {_tuple('other', compared)}"
    return f"def __eq__(self, other):\n return {equal} if other.__class__ is self.__class__ else NotImplemented"


def _hashed(owner: type, fields: Fields, names: dict[str, Any]) -> str:
    hashed = [name for name, field in fields.items() if (field.compare if field.hash is None else field.hash)]
    return f"def __hash__(self):\n return hash({_tuple('self', hashed)})"


def _tuple(value: str, names: list[str]) -> str:
    return f"({''.join(f'{value}.{name}, ' for name in names)})"


class _OfDataclass(_Later):
    """What `dataclasses` knows of a dataclass with the same fields."""

    def _make(self) -> Any:
        said = {name: getattr(self._owner, name) for name in ("__annotations__", "__module__")}
        alike = type(self._owner.__name__, (), {**self._fields, **said, "__doc__": self._owner.__name__})
        frozen = self._name == "__dataclass_params__"  # which takes longer, and makes no other fields
        return getattr(dataclasses.dataclass(frozen=frozen, init=False, repr=False, eq=False)(alike), self._name)


def _represented(shown: list[str]) -> Callable[[Any], str]:
    @recursive_repr()
    def represented(self: Any) -> str:
        said = ", ".join(f"{name}={getattr(self, name)!r}" for name in shown)
        return f"{self.__class__.__qualname__}({said})"

    return represented


def _set(self: Any, name: str, value: Any) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")


def _delete(self: Any, name: str) -> None:
    raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")


def _state(self: Any) -> list[Any]:
    return [getattr(self, name) for name in type(self).__match_args__]


def _restore(self: Any, state: list[Any]) -> None:
    for name, value in zip(type(self).__match_args__, state, strict=True):
        object.__setattr__(self, name, value)
