"""XML that is text: DocBook, TEI and JATS by their own structure, any other as text.

These name their parts so that one table has them all. A *block* is an element with text of its own; what stands in it
between the text, and is no block itself, belongs to the line. Of XML that is none of these, every element with text
of its own is a block.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.builder import Builder
from searchlib.documents.markup.formulas import formula
from searchlib.documents.markup.html import load_html
from searchlib.documents.markup.inline import raised
from searchlib.documents.markup.mediawiki import pages_of
from searchlib.documents.markup.xmlnames import (
    BLOCKS,
    CAPTIONED,
    CODE,
    HEADINGS,
    ITEMS,
    LEFT_OUT,
    LINES,
    NOTES,
    QUOTES,
    RAISED,
    ROOTS,
    SECTIONS,
    TABLES,
    TYPES,
)
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean
from searchlib.documents.xmltrees import attribute, child, flat, local, parse, squeezed, within
from searchlib.model.locators import Locator
from searchlib.model.records import Document, Kind, Scalar

_SHORT_DATA: Final = 200  # code points
_LONG_WORDS: Final = 40  # code points of a word, at the mean


@sandboxed
def load_xml(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks. Raises SeedError if it is no XML."""
    data = seed.read()
    if not data.strip():
        return
    root = parse(data, seed.name)
    name = local(root)
    if name == "html":
        yield from load_html(seed)
        return
    if name == "mediawiki":
        yield from pages_of(root, seed)
        return
    kind = TYPES.get(name, "xml")
    if name == "article" and child(root, "front") is not None:
        kind = "jats"
    elif kind == "docbook" and not _is_docbook(root):
        kind = "xml"
    builder = Builder()
    reader = _XmlText(builder, kind)
    title = _title(root, kind)
    if title and kind != "xml":
        builder.add(title, "heading", 0, 1)
        reader.level = 1
        reader.title = title
    reader.blocks(root)
    reader.notes()
    language = (attribute(root, "lang") or "")[:2].lower()
    yield Document(
        seed.name,
        builder.text,
        title or builder.first_heading or seed.stem,
        kind,
        (language if language.isalpha() else "") or seed.options.language,
        _metadata(root, kind),
        builder.blocks,
        line=0,
    )


def _is_docbook(root: Element) -> bool:
    return "docbook" in str(root.tag) or next(within(root, "para", "simpara", "programlisting"), None) is not None


def _header(root: Element, kind: str) -> Element | None:
    """The element that tells about the document."""
    if kind == "tei":
        return child(root, "teiHeader")
    if kind == "jats":
        return child(root, "front", "article-meta")
    return next((one for one in root if local(one) in ("info", "bookinfo", "articleinfo", "chapterinfo")), None)


def _title(root: Element, kind: str) -> str:
    header = _header(root, kind)
    found: Element | None = None
    if kind == "tei":
        found = next((one for one in within(header, "title")), None) if header is not None else None
    elif kind == "jats":
        found = next(within(header, "article-title"), None) if header is not None else None
    elif kind == "docbook":
        found = child(root, "title")
        found = child(header, "title") if found is None else found
    else:
        found = child(root, "title")
    return clean(flat(found))


def _metadata(root: Element, kind: str) -> dict[str, Scalar | tuple[Scalar, ...]]:
    header = _header(root, kind)
    if header is None:
        return {}
    authors = []
    keywords = []
    date = ""
    for one in header.iter():
        name = local(one)
        if name == "author" or (name == "contrib" and attribute(one, "contrib-type") in ("author", "")):
            authors.append(_person(one))
        elif name in ("keyword", "kwd"):
            keywords.append(clean(flat(one)))
        elif name in ("date", "pubdate", "pub-date") and not date:
            parts = [flat(child(one, part)) for part in ("year", "month", "day")]
            said = "-".join(part.zfill(2) for part in parts if part.isdecimal())
            date = attribute(one, "when") or said or clean(flat(one))
    found: dict[str, Scalar | tuple[Scalar, ...]] = {}
    for key, values in (("author", authors), ("keywords", keywords)):
        kept = tuple(dict.fromkeys(filter(None, values)))
        if kept:
            found[key] = kept[0] if len(kept) == 1 else kept
    if date:
        found["date"] = date[:40]
    return found


def _person(element: Element) -> str:
    given = next(within(element, "given-names", "firstname", "forename", "givenname"), None)
    family = next(within(element, "surname"), None)
    if family is not None:
        return clean(" ".join(filter(None, (flat(given), flat(family)))))
    named = next(within(element, "personname", "persName", "name", "string-name", "collab"), None)
    return clean(flat(element if named is None else named))[:200]


class _XmlText:
    """Goes through a tree and adds its blocks; ``level`` is that of the headings of the section it is in."""

    def __init__(self, builder: Builder, kind: str) -> None:
        self.builder = builder
        self.any = kind == "xml"
        self.level = 0
        self.title = ""
        self.place: tuple[Locator, ...] = ()
        self._items = self._quotes = self._pages = self._count = 0
        self._notes: list[tuple[str, Element]] = []
        self._parts: list[str] = []

    def blocks(self, element: Element) -> None:
        """Add what is in an element, and what it says itself between that."""
        self._said(element.text)
        for one in element:
            name = local(one)
            if self._is_block(one, name):
                self.end()
                self._block(one, name, local(element))
            elif name not in LEFT_OUT or self.any:
                self._inline(one, name)
            self._said(one.tail)
        self.end()

    def _is_block(self, element: Element, name: str) -> bool:
        if self.any:
            # Between text an element belongs to the line.
            return not "".join(self._parts).strip() and not (element.tail or "").strip()
        if name in NOTES or (name in ("ref", "label", "term", "note") and "".join(self._parts).strip()):
            return False
        return name in BLOCKS or any(local(one) in BLOCKS for one in element)

    def _block(self, element: Element, name: str, parent: str) -> None:
        if self.any:
            self.blocks(element)
        elif name in LEFT_OUT:
            pass
        elif name in HEADINGS and (parent in SECTIONS or parent in ROOTS):
            self._heading(element)
        elif name in LINES:
            self.builder.add(self._line(element), "item" if name in ITEMS else "text", 0, 0, self.place)
        elif name in TABLES:
            self._table(element)
        elif name in CODE:
            text = "".join(element.itertext())
            self.builder.add(text, "code", 0, 0, self.place)
        elif name == "lg" and all(local(one) in ("l", "pb", "lb") for one in element):
            self._verses(element)
        elif name == "alternatives":
            for one in list(element)[:1]:
                self._block(one, local(one), name)
        elif name in CAPTIONED:
            self._captioned(element)
        else:
            section, item, quote = name in SECTIONS, name in ITEMS, name in QUOTES
            self.level += section
            self._items += item
            self._quotes += quote
            if section:
                self.builder.close(self.level)
            self.blocks(element)
            self.level -= section
            self._items -= item
            self._quotes -= quote

    def _captioned(self, element: Element) -> None:
        """A figure or table with its label and caption, which are one block."""
        above = [one for one in element if local(one) in ("label", "caption")]
        text = " ".join(filter(None, (self._line(one) for one in above)))
        self.builder.add(text, "text", 0, 0, self.place)
        for one in element:
            if one not in above and self._is_block(one, local(one)):
                self._block(one, local(one), local(element))
        self.notes()

    def _heading(self, element: Element) -> None:
        text = self._line(element)
        if not text or text == self.title:
            return
        self.builder.add(text, "heading", 0, max(self.level, 1), self.place)

    def _verses(self, element: Element) -> None:
        lines = []
        for one in element:
            if local(one) == "pb":
                self._page(one)
            elif local(one) == "l":
                lines.append(self._line(one))
        self.builder.add("\n".join(lines), "text", 0, 0, self.place)

    def _table(self, table: Element) -> None:
        self._caption(table)
        rows = []
        for row in within(table, "row", "tr"):
            cells = [self._line(one) for one in row if local(one) in ("entry", "td", "th", "cell")]
            rows.append(" | ".join(cells))
        self.builder.add("\n".join(row for row in rows if row.strip(" |")), "table", 0, 0, self.place)
        self.notes()

    def _caption(self, table: Element) -> None:
        for one in table:
            if local(one) in ("title", "head", "caption"):
                self.builder.add(self._line(one), "text", 0, 0, self.place)

    # What stands in a line

    def _line(self, element: Element) -> str:
        """All that an element says, on one line."""
        kept, self._parts = self._parts, []
        self._inside(element)
        text = " ".join("".join(self._parts).split())
        self._parts = kept
        return text

    def _said(self, text: str | None) -> None:
        if text:
            self._parts.append(squeezed(text))

    def _inside(self, element: Element) -> None:
        self._said(element.text)
        for one in element:
            name = local(one)
            if name and name not in LEFT_OUT:
                self._inline(one, name)
            self._said(one.tail)

    def _inline(self, element: Element, name: str) -> None:
        if not name:
            return
        if name == "pb":
            self._page(element)
        elif name in ("lb", "br"):
            self._parts.append(" ")
        elif name in NOTES or (name == "note" and not self.any):
            self._parts.append(self._marked(element))
        elif name == "choice":
            chosen = next(within(element, "reg", "corr", "expan"), None)
            chosen = next(iter(element), None) if chosen is None else chosen
            if chosen is not None:
                self._inside(chosen)
        elif name == "math":
            self._parts.append(formula(element))
        elif name in RAISED or attribute(element, "rend") in ("sup", "superscript"):
            self._parts.append(raised(self._line(element)))
        else:
            if name in BLOCKS:
                self._parts.append(" ")
            self._inside(element)
            if name in BLOCKS:
                self._parts.append(" ")

    def _page(self, element: Element) -> None:
        self._pages += 1
        self.place = (Locator("page", self._pages, attribute(element, "n")),)

    def _marked(self, note: Element) -> str:
        """The mark of a note, which will follow the block."""
        self._count += 1
        mark = raised(str(self._count), of_a_note=True)
        self._notes.append((mark, note))
        return mark

    def end(self) -> None:
        """End a block, if there is one."""
        text = "".join(self._parts)
        self._parts.clear()
        if text.strip() and not (self.any and _is_data(text)):
            kind: Kind = "item" if self._items else "quote" if self._quotes else "text"
            self.builder.add(" ".join(text.split()), kind, 0, 0, self.place)
        self.notes()

    def notes(self) -> None:
        """Add the notes of what was just added."""
        waiting, self._notes = self._notes, []
        for mark, note in waiting:
            text = self._line(note)
            if text:
                self.builder.add(f"{mark} {text}", "text", 0, 0, self.place)


def _is_data(text: str) -> bool:
    """Whether a text is bytes written down, as those of a picture: no words, but long runs of letters."""
    return len(text) > _SHORT_DATA and text.isascii() and len(text) > _LONG_WORDS * len(text.split())
