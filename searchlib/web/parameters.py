"""What a verb can be told in an address: a table of parameters, from which the parser and the description follow."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal, TypeAlias

from searchlib.model.jsonable import JsonObject
from searchlib.search.wanted import FACET_VALUES
from searchlib.web.problemdetails import ProblemDetail, bad_parameter

Kind: TypeAlias = Literal["text", "whole", "number", "flag"]
Asked: TypeAlias = Mapping[str, Any]

MOST_VALUES: Final = 50
"""Times that a parameter may be given."""
MOST_FACET_VALUES: Final = 1000
LEAST_NUMBER: Final = 0.1
_WHOLE = re.compile(r"-?[0-9]{1,12}")


@dataclass(frozen=True, slots=True)
class Parameter:
    """Something that a verb is told, by the name it has in Python."""

    name: str
    meaning: str
    kind: Kind = "text"
    default: Any = None
    least: int | None = None
    most: int | None = None
    choices: tuple[str, ...] = ()
    required: bool = False
    many: bool = False
    in_path: bool = False

    def value(self, given: Sequence[str]) -> Any:
        """What is meant by the texts that are given, which may be none. Raises ProblemDetail."""
        if self.many:
            if len(given) > MOST_VALUES:
                raise bad_parameter(self.name, f"{self.name} is given {len(given)} times: give up to {MOST_VALUES}.")
            if self.required and not given:
                raise bad_parameter(self.name, f"{self.name} is missing: {self.meaning}")
            return [self._one(text) for text in given]
        if len(given) > 1:
            raise bad_parameter(self.name, f"{self.name} is given {len(given)} times: give it once.")
        if not given:
            if self.required:
                raise bad_parameter(self.name, f"{self.name} is missing: {self.meaning}")
            return self.default
        return self._one(given[0])

    def _one(self, text: str) -> Any:
        if self.kind == "flag":
            if text not in ("true", "false"):
                raise self._refused(text, "true or false")
            return text == "true"
        if self.kind == "number":
            return self._number(text)
        if self.kind == "whole":
            if not _WHOLE.fullmatch(text) or not (self.least or 0) <= int(text) <= (self.most or int(text)):
                raise self._refused(text, f"a whole number from {self.least or 0} to {self.most}")
            return int(text)
        if self.choices and text not in self.choices:
            raise self._refused(text, "one of " + ", ".join(self.choices))
        if self.least and len(text) < self.least:
            raise self._refused(text, "some text")
        return text

    def _number(self, text: str) -> float:
        try:
            found = float(text)
        except ValueError:
            found = math.nan
        if not (math.isfinite(found) and found >= LEAST_NUMBER):
            raise self._refused(text, f"a number from {LEAST_NUMBER} on")
        return found

    def _refused(self, text: str, give: str) -> ProblemDetail:
        shown = text if len(text) <= 80 else text[:79] + "…"
        return bad_parameter(self.name, f"{self.name} is {shown!r}: give {give}.")

    def described(self) -> JsonObject:
        """The parameter as OpenAPI has it."""
        schema: JsonObject = dict(_SCHEMAS[self.kind])
        if self.kind == "whole":
            schema |= {"minimum": self.least or 0, "maximum": self.most}
        elif self.least:
            schema["minLength"] = self.least
        if self.choices:
            schema["enum"] = list(self.choices)
        if self.default is not None:
            schema["default"] = self.default
        if self.many:
            schema = {"type": "array", "items": schema, "maxItems": MOST_VALUES}
            if self.required:
                schema["minItems"] = 1
        found: JsonObject = {
            "name": self.name,
            "in": "path" if self.in_path else "query",
            "description": self.meaning,
            "schema": schema,
        }
        return found | ({"required": True} if self.required or self.in_path else {})


_SCHEMAS: Mapping[Kind, JsonObject] = {
    "text": {"type": "string"},
    "whole": {"type": "integer"},
    "number": {"type": "number", "minimum": LEAST_NUMBER},
    "flag": {"type": "boolean"},
}


def read(parameters: Sequence[Parameter], given: Mapping[str, Sequence[str]], *, strict: bool = True) -> dict[str, Any]:
    """The values of the parameters by name. Raises ProblemDetail for one that cannot be.

    Also, if ``strict``, for one that there is not: a program has misspelt it. Addresses of pages have gone through
    other hands, which may have hung something on.
    """
    known = {one.name: one for one in parameters}
    for name in given:
        if strict and name not in known:
            names = ", ".join(known) or "none"
            raise bad_parameter(name, f"There is no parameter {name[:80]!r}: there are {names}.")
    return {name: one.value(given.get(name, ())) for name, one in known.items()}


def filters(given: Sequence[str]) -> list[Any] | None:
    """What limits the hits, as `searchlib.search.filtering` takes it: each a query, or a JSON object of values.

    In an object a range is ``{"from": 1990, "to": 1999}``, of which one may be left out.
    """
    return [_filter(text) for text in given] or None


def _filter(text: str) -> Any:
    if not text.lstrip().startswith("{"):
        return text
    try:
        found = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return ranged(found)


def ranged(values: JsonObject) -> JsonObject:
    """Values by field, of which a range is written ``{"from": 1990, "to": 1999}``, as a filter."""
    return {name: _wanted(value) for name, value in values.items()}


def _wanted(value: Any) -> Any:
    if isinstance(value, list):
        return [_wanted(one) for one in value]
    if isinstance(value, dict) and value and value.keys() <= {"from", "to"}:
        return value.get("from"), value.get("to")
    return value


def facet_sizes(given: Sequence[str]) -> dict[str, int | None]:
    """The names of facets, and how many values each is to have, of ``KEY`` and ``KEY:N``."""
    found: dict[str, int | None] = {}
    for text in given:
        name, colon, size = text.rpartition(":")
        if colon and size.isascii() and size.isdigit():
            if len(size) > 9 or int(size) > MOST_FACET_VALUES:
                raise bad_parameter("facets", f"facets has {text[:80]!r}: give up to {MOST_FACET_VALUES} values.")
            found[name] = int(size)
        else:
            found[text] = FACET_VALUES
    return found
