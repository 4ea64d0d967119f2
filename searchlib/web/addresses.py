"""Addresses of pages: the address is the query.

``/?q=words&in=author:Ada&sort=-year&page=2``. What is still typed is asked for with ``typing=1``, which is in no
address that is shown. What can be clicked is another `Query`, with a part of it changed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final
from urllib.parse import quote, urlencode

from searchlib.analysis.words import is_unspaced
from searchlib.citing.references import Span, read_reference
from searchlib.query.lexer import OPERATORS
from searchlib.web.parameters import Parameter, read

HITS: Final = 10
_LAST: Final = re.compile(r"(?:[\w\s’']*\s)?(\w{2,})")
"""Plain words, of which the last has two letters: what stands in brackets or quotation marks is no beginning."""
MOST_PAGES: Final = 1000
_Q = Parameter("q", "What to find.", default="")
_PARAMETERS = (
    _Q,
    Parameter("in", "FIELD:VALUE", many=True),
    Parameter("filter", "A query that hits match too.", many=True),
    Parameter("sort", "A field.", default=""),
    Parameter("one", "One hit of a document.", choices=("1", ""), default=""),
    Parameter("typing", "Whether the last word may go on.", choices=("1", ""), default=""),
    Parameter("page", "Which page of hits.", "whole", 1, least=1, most=MOST_PAGES),
)


@dataclass(frozen=True, slots=True)
class PageQuery:
    """What the address of a page of hits says. ``chosen`` are fields with the value that each is to have."""

    q: str = ""
    chosen: tuple[tuple[str, str], ...] = ()
    within: tuple[str, ...] = ()
    sort: str = ""
    one: bool = False
    page: int = 1
    typing: bool = False

    @classmethod
    def read(cls, given: Mapping[str, Sequence[str]]) -> PageQuery:
        """What an address says. Raises ProblemDetail."""
        asked = read(_PARAMETERS, given, strict=False)
        pairs = (text.partition(":") for text in asked["in"])
        chosen = tuple((name, value) for name, colon, value in pairs if name and colon)
        within = tuple(filter(None, asked["filter"]))
        return cls(
            asked["q"].strip(), chosen, within, asked["sort"], bool(asked["one"]), asked["page"], bool(asked["typing"])
        )

    @property
    def is_empty(self) -> bool:
        """Whether nothing is asked for."""
        return not (self.q or self.chosen or self.within)

    @property
    def reference(self) -> tuple[str, Span | None] | None:
        """The id and the part of a paragraph, if what is asked for is a reference, and is not still typed."""
        return None if self.typing else read_reference(self.q.removeprefix("[").removesuffix("]"))

    @property
    def text(self) -> str:
        """What is searched: everything, if there are no words; also what begins as the last word, if it is typed."""
        last = _LAST.fullmatch(self.q) if self.typing else None
        if last is None or is_unspaced(last[1]) or any(word in ("NOT", *OPERATORS) for word in self.q.split()):
            return self.q or "*"
        return f"{self.q} {last[1]}*"

    @property
    def filters(self) -> list[Any] | None:
        """What the hits are limited by: of several values of a field any, of several fields all."""
        wanted: dict[str, Any] = {}
        for name, value in self.chosen:
            wanted.setdefault(name, []).append(value)
        return [*self.within, *([wanted] if wanted else [])] or None

    def parameters(self) -> list[tuple[str, str]]:
        """All of it, as it stands in an address; what is as usual is left out."""
        found = [("q", self.q)] if self.q else []
        found += [("in", f"{name}:{value}") for name, value in self.chosen]
        found += [("filter", text) for text in self.within]
        found += [("sort", self.sort)] if self.sort else []
        found += [("one", "1")] if self.one else []
        found += [("page", str(self.page))] if self.page > 1 else []
        return found

    def address(self, base: str, path: str = "/") -> str:
        """The address of the page, or of another one of the same query."""
        asked = encoded(self.parameters())
        return f"{base}{path}" + (f"?{asked}" if asked else "")

    def at(self, page: int) -> PageQuery:
        """The same, another page."""
        return replace(self, page=page)

    def asking(self, q: str) -> PageQuery:
        """The same, with other words."""
        return replace(self, q=q, page=1)

    def choosing(self, name: str, value: str) -> PageQuery:
        """The same, with a value chosen, or no longer so if it was."""
        pair = (name, value)
        kept = tuple(one for one in self.chosen if one != pair)
        return replace(self, chosen=kept if pair in self.chosen else (*kept, pair), page=1)

    def without_filter(self, text: str) -> PageQuery:
        """The same without a query that hits had to match."""
        return replace(self, within=tuple(one for one in self.within if one != text), page=1)


def encoded(pairs: Sequence[tuple[str, str]]) -> str:
    """Parameters, as they stand in an address: readable where that is allowed."""
    return urlencode([(name, _utf8(value)) for name, value in pairs], quote_via=quote, safe="/:,")


def paragraph_address(base: str, id: str, q: str = "", context: int = 0, part: Span | None = None) -> str:
    """The address of a paragraph's page; with the words that it was found by, how many are shown around it, and the
    part of its text that is cited.
    """
    pairs = ([("q", q)] if q else []) + ([("context", str(context))] if context else [])
    pairs += [("char", f"{part[0]},{part[1]}")] if part is not None else []
    return f"{base}/p/{quote(id)}" + (f"?{encoded(pairs)}" if pairs else "")


def document_address(base: str, path: str, q: str = "", number: int = 0) -> str:
    """The address of a document's page, at one of its paragraphs: of a long one, the part that has it."""
    pairs = [("path", path)] + ([("q", q)] if q else []) + ([("at", str(number))] if number > 1 else [])
    return f"{base}/document?{encoded(pairs)}" + (f"#p{number}" if number else "")


def _utf8(text: str) -> bytes:
    return text.encode("utf-8", "replace")
