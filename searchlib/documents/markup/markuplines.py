"""What formats of lines with marks have in common: lines become paragraphs, each of a kind, with its line."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from typing import Final

from searchlib.documents.builder import Builder
from searchlib.documents.seed import Seed
from searchlib.model.records import Document, Kind, Metadata

_ITEM: Final = re.compile(r"[ \t]*(?:[-+*•]|\d{1,3}[.)]|#\.|\(?[a-zA-Z0-9]{1,3}\))[ \t]+(?=\S)")


class MarkedLines:
    """Puts lines together. ``plain`` makes of a paragraph what a reader sees of it."""

    def __init__(self, plain: Callable[[str], str]) -> None:
        self.builder = Builder()
        self.plain = plain
        self._lines: list[str] = []
        self._first = 0
        self._kind: Kind = "text"

    def document(self, seed: Seed, type: str, title: str, language: str, metadata: Metadata) -> Document:
        """What was put together, with what the file says of itself; its name and first heading are a title too."""
        named = self.plain(title) or self.builder.first_heading or seed.stem
        said = language[:2].lower() or seed.options.language
        return Document(seed.name, self.builder.text, named, type, said, metadata, self.builder.blocks)

    def add(self, line: str, number: int, kind: Kind = "text", anew: bool = False) -> None:
        """Add a line to the paragraph, which begins ``anew``, or because the kind is another."""
        if anew or (self._lines and kind != self._kind):
            self.end()
        if not line.strip():
            self.end()
            return
        if not self._lines:
            self._first, self._kind = number, kind
        self._lines.append(line.strip() if kind != "code" else line)

    @property
    def kind(self) -> Kind | None:
        """The kind of the paragraph that goes on; None if none does."""
        return self._kind if self._lines else None

    def end(self) -> None:
        """End the paragraph, if there is one."""
        if self._lines:
            lines, self._lines = self._lines, []
            self.builder.add(self.plain("\n".join(lines)), self._kind, self._first)

    def heading(self, text: str, level: int, number: int) -> None:
        """Add a heading."""
        self.end()
        self.builder.add(" ".join(self.plain(text).split()), "heading", number, level)

    def code(self, lines: Sequence[str], number: int) -> None:
        """Add lines as they are, but for the indent of all."""
        self.end()
        filled = [line for line in lines if line.strip()]
        indent = min((len(line) - len(line.lstrip()) for line in filled), default=0)
        self.builder.add("\n".join(line[indent:].rstrip() for line in lines), "code", number)

    def table(self, rows: Sequence[Sequence[str]], number: int) -> None:
        """Add a table."""
        self.end()
        texts = [" | ".join(" ".join(self.plain(cell).split()) for cell in row) for row in rows]
        self.builder.add("\n".join(text for text in texts if text.strip(" |")), "table", number)


def is_item(line: str) -> bool:
    """Whether a line begins as an item of a list does."""
    return _ITEM.match(line) is not None


def without_mark(line: str) -> str:
    """An item without its bullet; numbers stay."""
    text = line.strip()
    return text[1:].strip() if text[:1] in "-+*•" else text


def numbered(source: str) -> Iterator[tuple[int, str]]:
    """The lines with their numbers."""
    return enumerate(source.split("\n"), 1)
