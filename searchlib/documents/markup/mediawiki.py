"""MediaWiki: pages as they are written, without templates, with notes after their paragraph."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.builder import Builder
from searchlib.documents.markup.inline import raised
from searchlib.documents.markup.markuplines import MarkedLines, numbered
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean, text_of
from searchlib.documents.xmltrees import child, flat, local
from searchlib.model.records import Document, Scalar

_HEADING: Final = re.compile(r"(={1,6})[ \t]*(.*?\S)[ \t]*\1[ \t]*")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BRACES: Final = re.compile(r"\{\{[^{}]*\}\}")
_REF: Final = re.compile(r"<ref\b[^<>]*/>|<ref\b[^<>]*>(.{0,5000}?)</ref>", re.DOTALL | re.IGNORECASE)
_CODE: Final = re.compile(r"<(pre|syntaxhighlight|source|nowiki)\b[^<>]*(?<!/)>", re.IGNORECASE)
_FILE: Final = re.compile(r"\[\[(?:File|Image|Datei|Bild|Fichier|Archivo|Файл):([^\[\]]*)\]\]", re.IGNORECASE)
_CATEGORY: Final = re.compile(
    r"\[\[(?:Category|Kategorie|Catégorie|Categoría|Категория):([^\[\]|]+)[^\[\]]*\]\]\n?", re.IGNORECASE
)
_LINK: Final = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_URL: Final = re.compile(r"\[(?:mailto:|(?:https?:|ftp:)?//)[^\s\[\]]+(?:[ \t]+([^\[\]]*))?\]")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_SUP: Final = re.compile(r"<sup>([^<>]{0,40})</sup>", re.IGNORECASE)
_CELL: Final = re.compile(r"\|\||!!")
_MARKED: Final = "\x00"
_MOST_NESTED: Final = 40


@sandboxed
def load_wiki(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks."""
    source = text_of(seed)
    builder, categories = _blocks(source)
    metadata: dict[str, Scalar | tuple[Scalar, ...]] = {"categories": categories} if categories else {}
    yield Document(seed.name, builder.text, seed.stem, "mediawiki", seed.options.language, metadata, builder.blocks)


def pages_of(root: Element, seed: Seed) -> Iterator[Document]:
    """The pages of a dump, each a document; not those that only lead to another."""
    taken: set[str] = set()
    for page in root:
        title = clean(flat(child(page, "title")))
        text = child(page, "revision", "text")
        if local(page) != "page" or child(page, "redirect") is not None or text is None:
            continue
        name = f"{seed.name}#{title.replace('#', '_') or len(taken) + 1}"
        while name in taken:
            name += "~"
        taken.add(name)
        builder, categories = _blocks(clean(text.text or ""))
        metadata: dict[str, Scalar | tuple[Scalar, ...]] = {"categories": categories} if categories else {}
        date = flat(child(page, "revision", "timestamp"))
        if date:
            metadata["date"] = date
        blocks = tuple(replace(block, line=0) for block in builder.blocks)
        yield Document(name, builder.text, title, "mediawiki", seed.options.language, metadata, blocks, line=0)


def _blocks(source: str) -> tuple[Builder, tuple[str, ...]]:
    """The blocks of a page, and its categories. Lines stay where they are."""
    page = _WikiPage()
    source = _COMMENT.sub(_breaks, source.replace(_MARKED, ""))
    source = _replaced(source, page.keep)
    for _ in range(_MOST_NESTED):
        source, count = _BRACES.subn(_breaks, source)
        if not count:
            break
    categories = tuple(dict.fromkeys(match[1].strip() for match in _CATEGORY.finditer(source)))
    source = _REF.sub(page.note, _CATEGORY.sub("\n", source))
    for number, line in numbered(source):
        page.add(line, number)
    page.end(max(1, source.count("\n")))
    return page.lines.builder, categories


def _breaks(match: re.Match[str]) -> str:
    """The line breaks in what is left out."""
    return "\n" * match[0].count("\n")


class _WikiPage:
    """Goes through the lines of a page. Code and notes are taken out before: marks stand in their places."""

    def __init__(self) -> None:
        self.lines = MarkedLines(_plain)
        self._kept: list[str] = []  # code
        self._notes: list[tuple[str, str]] = []
        self._told = 0  # of these
        self._pending = ""  # text since notes were told
        self._rows: list[list[str]] | None = None  # of the table that is open
        self._begun = 0

    def keep(self, tag: str, inner: str) -> str:
        """Take out code; what stands in its place."""
        self._kept.append(inner)
        inline = "" if "\n" in inner or tag != "nowiki" else "i"
        return f"{_MARKED}{inline}{len(self._kept) - 1}{_MARKED}" + "\n" * inner.count("\n")

    def note(self, match: re.Match[str]) -> str:
        """Take out a note; its mark."""
        mark = ""
        if match[1] and match[1].strip():
            mark = raised(str(len(self._notes) + 1))
            self._notes.append((mark, match[1]))
        return mark + _breaks(match)

    def add(self, whole: str, number: int) -> None:
        """Add a line."""
        bare = whole.strip()
        if bare.startswith(_MARKED) and not bare.startswith(f"{_MARKED}i"):
            self.lines.code(self._kept[int(bare.split(_MARKED)[1])].split("\n"), number)
            return
        self._pending += whole
        line = re.sub(rf"{_MARKED}i?(\d+){_MARKED}", lambda match: _entities(self._kept[int(match[1])]), whole)
        if self._rows is not None:
            self._add_to_table(self._rows, bare)
        else:
            self._add_text(line, bare, number)
        if self.lines.kind is None:
            self._tell_notes(number)

    def _add_text(self, line: str, bare: str, number: int) -> None:
        if bare.startswith("{|"):
            self.lines.end()
            self._rows, self._begun = [[]], number
        elif match := _HEADING.fullmatch(bare):
            self.lines.heading(match[2], max(1, len(match[1]) - 1), number)
        elif line[:1] in "*#;:" and line.strip("*#;: "):
            self.lines.add(line.lstrip("*#;: "), number, "text" if line.startswith(":") else "item", anew=True)
        elif re.match(r"-{4,}|__[A-Z]+__$|#redirect", bare, re.IGNORECASE):
            self.lines.end()
        else:
            self.lines.add(line, number, "text", anew=self.lines.kind == "item")

    def _add_to_table(self, rows: list[list[str]], bare: str) -> None:
        if bare.startswith("|}"):
            self.lines.table(rows, self._begun)
            self._rows = None
        elif bare.startswith("|-"):
            rows.append([])
        elif bare.startswith(("|+", "|", "!")):
            cells = _CELL.split(bare.lstrip("|+!"))
            rows[-1] += [cell if "[[" in cell else cell.rpartition("|")[2] for cell in cells]
        elif rows[-1]:
            rows[-1][-1] += f" {bare}"

    def _tell_notes(self, number: int, all_of_them: bool = False) -> None:
        """Add the notes that the text since the last refers to."""
        for mark, text in self._notes[self._told :]:
            if not all_of_them and mark not in self._pending:
                break
            self.lines.builder.add(f"{mark} {_plain(text)}", "text", number)
            self._told += 1
        self._pending = ""

    def end(self, number: int) -> None:
        """End the page."""
        if self._rows:
            self.lines.table(self._rows, self._begun)
        self.lines.end()
        self._tell_notes(number, all_of_them=True)


def _replaced(source: str, keep: Callable[[str, str], str]) -> str:
    """``source`` with what ``keep`` makes of each element of code; in one pass, also where none is closed."""
    lowered = source.lower()
    parts = []
    done = 0
    never: set[str] = set()
    for match in _CODE.finditer(source):
        tag = match[1].lower()
        if match.start() < done or tag in never:
            continue
        end = lowered.find(f"</{tag}>", match.end()) if len(lowered) == len(source) else -1
        if end < 0:
            never.add(tag)
            continue
        parts += [source[done : match.start()], keep(tag, source[match.end() : end])]
        done = end + len(tag) + 3
    return "".join([*parts, source[done:]])


def _entities(text: str) -> str:
    """Text that is no markup, so that it stays."""
    return "".join(f"&#{ord(letter)};" if letter in "[]{}<>&'=*#|" else letter for letter in text)


def _plain(text: str) -> str:
    text = _FILE.sub(lambda match: " " + (match[1].rpartition("|")[2] if "|" in match[1] else "") + " ", text)
    text = _LINK.sub(r"\1", text)
    text = _URL.sub(lambda match: match[1] or "", text)
    text = re.sub("'{2,5}", "", text)
    text = _SUP.sub(lambda match: raised(match[1]), text)
    return html.unescape(_TAG.sub("", text)).strip()
