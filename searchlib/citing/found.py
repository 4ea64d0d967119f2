"""A citation as it stands in a file: what it says, and where each part of that is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from searchlib.frozen import frozen

Form = Literal["text", "markdown", "json", "reference"]

LONGEST_QUOTE = 100_000  # code points that are read and compared; no paragraph is near that


@frozen
class Slot:
    """A part of a citation that can go out of date: its range in the file's text, and how a value is written there."""

    name: str
    start: int
    end: int
    write: Callable[[str], str] = str


@frozen
class WrittenCitation:
    """A citation in a file, in one of the forms that citations have. What it does not say is None.

    ``form`` says which. ``at`` is where its reference stands in the file's text. ``id`` may be the beginning of one, or
    "" in an annotation that another program made. ``part`` is the range of the quote in its paragraph, ``start`` and
    ``end`` that in the document. ``path``, ``paragraph``, ``line`` and ``locators`` are as the form prints them,
    ``quote``, ``prefix``, ``suffix``, ``digest`` and ``source`` (the document, in an annotation) too; ``link`` leads to
    the quote on the web.
    """

    form: Form
    at: int
    id: str
    quote: str | None = None
    part: tuple[int, int] | None = None
    path: str | None = None
    paragraph: int | None = None
    line: int | None = None
    start: int | None = None
    end: int | None = None
    digest: str | None = None
    prefix: str | None = None
    suffix: str | None = None
    source: str | None = None
    link: str | None = None
    locators: str | None = None
    slots: tuple[Slot, ...] = ()
