"""Puts together the text and the blocks of a document with markup, block by block.

The *outline* is the stack of headings that are open: a heading closes those of its level and below, and every block
knows the headings above it.
"""

from __future__ import annotations

from searchlib.documents.text import clean
from searchlib.model.locators import Locator
from searchlib.model.records import Block, Document, Kind
from searchlib.paragraphs import split


class Builder:
    """Collects blocks; ``text`` has them with a blank line between."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._blocks: list[Block] = []
        self._size = 0
        self._outline: list[tuple[int, str]] = []
        self._path: tuple[str, ...] = ()
        self.first_heading = ""
        """The first heading of level 1, or "" so far."""

    def add(
        self, text: str, kind: Kind = "text", line: int = 1, level: int = 0, locators: tuple[Locator, ...] = ()
    ) -> None:
        """Add a block; ``level`` (1 to 6) is that of a heading. Blocks without text are left out.

        ``line`` is 0 in a file without lines; ``locators`` say where else people find the block.
        """
        text = clean(text)
        stripped = text.strip("\n") if kind in ("code", "table") else text.strip()
        if not stripped.strip():
            return
        if line:
            line += text[: len(text) - len(text.lstrip("\n"))].count("\n")
        if self._parts:
            self._parts.append("\n\n")
            self._size += 2
        if kind == "heading":
            self.close(level)
        start = self._size
        self._parts.append(stripped)
        self._size += len(stripped)
        self._blocks.append(Block(start, self._size, kind, self._path, line, locators))
        if kind == "heading":
            name = " ".join(stripped.split())
            self._outline.append((level, name))
            self._path = (*self._path, name)
            if level == 1 and not self.first_heading:
                self.first_heading = name

    def close(self, level: int = 1) -> None:
        """Close the headings of a level and below: what follows has another above it, or none."""
        while self._outline and self._outline[-1][0] >= level:
            self._outline.pop()
        self._path = tuple(heading for _, heading in self._outline)

    def copy(self, document: Document, locators: tuple[Locator, ...] = (), below: int = 0, line: int = 0) -> None:
        """Add the blocks of a document that is a part of this one; its headings are ``below`` levels further down.

        ``line`` is 0, or that of this document's file on which the first line of the part's is.
        """
        if document.blocks is None:
            found = [(one.start, one.end, one.kind, 1, one.line) for one in split(document)]
        else:
            found = [(one.start, one.end, one.kind, len(one.headings) + 1, one.line) for one in document.blocks]
        for start, end, kind, level, at in found:
            self.add(document.text[start:end], kind, at + line - 1 if line else 0, level + below, locators)

    @property
    def text(self) -> str:
        """The document's text."""
        return "".join(self._parts)

    @property
    def blocks(self) -> tuple[Block, ...]:
        """Its blocks, in order."""
        return tuple(self._blocks)
