"""Word documents (DOCX) as a reader sees them: without what was deleted or hidden, with notes, comments, text boxes.

A *story* is a run of paragraphs and tables: the body, a note, a comment, a text box. What the body refers to follows
the paragraph that does. Running heads and tables of contents are left out. `docxstyles` knows what styles mean.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.builder import Builder
from searchlib.documents.markup.formulas import formula
from searchlib.documents.markup.inline import raised
from searchlib.documents.office.docxparts import Parts
from searchlib.documents.office.docxstyles import Numbers, Styles
from searchlib.documents.packages import Package
from searchlib.documents.properties import dublin_core, metadata, said, title_of
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.xmltrees import attribute, child, children, local, within
from searchlib.errors import SeedError
from searchlib.model.records import Document, Kind

_NOT_SEEN: Final = frozenset(
    {"del", "moveFrom", "delText", "instrText", "rPr", "pPr", "sdtPr", "sdtEndPr", "tblPr", "tblGrid", "trPr", "tcPr"}
    | {"rt", "proofErr", "Fallback", "customXmlPr", "smartTagPr", "sectPr", "fldData", "rubyPr"}
)
_CHARACTERS: Final = {"tab": " ", "ptab": " ", "br": "\n", "cr": "\n", "noBreakHyphen": "-"}
_OFF: Final = frozenset({"0", "false", "off"})


@sandboxed
def load_docx(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks. Raises SeedError for what is encrypted or damaged."""
    if not seed.read():
        return
    package = Package(seed, "DOCX")
    main = next(iter(package.related("", "officeDocument")), "word/document.xml")
    root = package.tree(main)
    body = child(root, "body")
    if body is None:
        raise SeedError("no DOCX: has no text of a document in it; save it anew as DOCX", seed.name)
    relations = package.relations(main)

    def part(kind: str) -> Element | None:
        return next((package.tree(target) for found, target in relations.values() if found == kind), None)

    builder = Builder()
    targets = {id: target for id, (_, target) in relations.items()}
    story = _Story(builder, Styles(part("styles")), Numbers(part("numbering")), Parts(package, targets))
    story.notes = {
        (kind, attribute(one, "id")): one
        for kind in ("footnote", "endnote", "comment")
        for one in children(part(kind + "s"))
        if attribute(one, "type") not in ("separator", "continuationSeparator", "continuationNotice")
    }
    story.add(body)
    about = dublin_core(next(map(package.tree, package.related("", "core-properties")), None))
    title = story.title or title_of(said(about, "title"), builder.first_heading) or seed.stem
    yield Document(
        seed.name, builder.text, title, "docx", seed.options.language, metadata(about), builder.blocks, line=0
    )


class _Story:
    """Goes through stories and adds their blocks."""

    def __init__(self, builder: Builder, styles: Styles, numbers: Numbers, parts: Parts) -> None:
        self.builder = builder
        self.parts = parts
        self.styles = styles
        self.numbers = numbers
        self.notes: dict[tuple[str, str], Element] = {}
        self.title = ""
        self._marks: dict[tuple[str, str], str] = {}
        self._waiting: list[Callable[[], None]] = []  # what the paragraph refers to
        self._code: list[str] = []

    def add(self, story: Element) -> None:
        """Add all blocks of a story."""
        self._add(story)
        self._end_code()

    def _add(self, story: Element) -> None:
        for one in story:
            name = local(one)
            if name == "p":
                self._paragraph(one)
            elif name == "tbl":
                self._table(one)
            elif name == "sdt" and _is_contents(one):
                continue
            elif name == "AlternateContent":
                self._add(_chosen(one))
            elif name == "altChunk":
                self._end_code()
                self.parts.add_other(attribute(one, "id"), self.builder)
            elif name not in _NOT_SEEN:
                self._add(one)

    def _paragraph(self, paragraph: Element) -> None:
        properties = child(paragraph, "pPr")
        style = self.styles.of(properties)
        if style.is_contents:
            return
        text = self.text_of(paragraph)
        if style.kind == "code":
            self._code.append(text)
            return
        self._end_code()
        flattened = " ".join(text.split())
        if style.is_title and flattened:
            self.title = self.title or flattened
            self.builder.add(flattened, "heading", 0, 1)
        elif style.level and flattened:
            number = self.numbers.label(properties, style)
            level = style.level + bool(self.title)
            self.builder.add(f"{number or ''} {flattened}".lstrip(), "heading", 0, level)
        elif flattened:
            number = self.numbers.label(properties, style)
            kind: Kind = "item" if number is not None else style.kind
            self.builder.add(f"{number or ''} {text}".lstrip() if number else text, kind, 0)
        self._referred()

    def _end_code(self) -> None:
        if self._code:
            self.builder.add("\n".join(self._code), "code", 0)
            self._code.clear()
            self._referred()

    def _referred(self) -> None:
        """Add what the paragraph refers to."""
        waiting, self._waiting = self._waiting, []
        for add in waiting:
            add()

    def _table(self, table: Element) -> None:
        """A table as a block; one of a single column is a frame around its blocks."""
        self._end_code()
        rows = list(_below(table, "tr"))
        cells = [list(_below(row, "tc")) for row in rows]
        if all(len(row) <= 1 for row in cells):
            for row in cells:
                for cell in row:
                    self._add(cell)
            return
        texts = [" | ".join(" ".join(self._cell(cell).split()) for cell in row) for row in cells]
        self.builder.add("\n".join(text for text in texts if text.strip(" |")), "table", 0)
        self._referred()

    def _cell(self, cell: Element) -> str:
        merged = child(cell, "tcPr", "vMerge")
        if merged is not None and attribute(merged, "val") in ("", "continue"):
            return ""
        return "\n".join(self.text_of(one) for one in within(cell, "p"))

    # What stands in a line

    def text_of(self, paragraph: Element) -> str:
        """The text of a paragraph; what it refers to waits."""
        parts: list[str] = []
        self._inline(paragraph, parts)
        return "".join(parts)

    def _inline(self, element: Element, parts: list[str]) -> None:
        for one in element:
            name = local(one)
            if name == "t":
                parts.append(one.text or "")
            elif name == "r":
                self._run(one, parts)
            elif name in _NOT_SEEN:
                continue
            elif name in _CHARACTERS:
                parts.append(_CHARACTERS[name])
            elif name in ("footnoteReference", "endnoteReference", "commentReference"):
                parts.append(self._mark(name.removesuffix("Reference"), attribute(one, "id")))
            elif name in ("drawing", "pict", "object"):
                self._waiting += [lambda box=box: self._add(box) for box in _boxes(one)]  # type: ignore[misc]
                self._waiting += [lambda id=id: self.parts.add_chart(id, self.builder) for id in _charts(one)]  # type: ignore[misc]
            elif name == "AlternateContent":
                self._inline(_chosen(one), parts)
            elif name == "oMath":
                parts.append(" " * bool(parts and parts[-1][-1:].isalnum()) + formula(one))
            else:
                self._inline(one, parts)

    def _run(self, run: Element, parts: list[str]) -> None:
        properties = run[0] if len(run) and local(run[0]) == "rPr" else None
        if properties is None:
            self._inline(run, parts)
            return
        raises = False
        for one in properties:
            name = local(one)
            if name in ("vanish", "webHidden") and attribute(one, "val") not in _OFF:
                return
            raises = raises or (name == "vertAlign" and attribute(one, "val") == "superscript")
        if not raises:
            self._inline(run, parts)
            return
        above: list[str] = []
        self._inline(run, above)
        parts.append(raised("".join(above)))

    def _mark(self, kind: str, id: str) -> str:
        """The mark of a note, "" of a comment: what it says will follow the paragraph."""
        note = self.notes.get((kind, id))
        if note is None or (kind, id) in self._marks:
            return self._marks.get((kind, id), "")
        count = sum(known == kind for known, _ in self._marks) + 1
        mark = "" if kind == "comment" else raised(str(count))
        self._marks[kind, id] = mark
        begin = f"{attribute(note, 'author')}: " if kind == "comment" and attribute(note, "author") else f"{mark} "

        def add() -> None:
            texts = [self.text_of(one).strip() for one in within(note, "p")]
            self.builder.add(begin + "\n".join(text for text in texts if text) if any(texts) else "", "text", 0)

        self._waiting.append(add)
        return mark


def _below(element: Element, name: str) -> Iterator[Element]:
    """The elements of a name that are in another, also in content controls and the like, but not in one another."""
    for one in element:
        found = local(one)
        if found == name:
            yield one
        elif found in ("sdt", "sdtContent", "ins", "customXml", "smartTag", "moveTo"):
            yield from _below(one, name)


def _chosen(alternatives: Element) -> Element:
    """The first of several ways to show the same."""
    chosen = child(alternatives, "Choice")
    if chosen is None:
        chosen = child(alternatives, "Fallback")
    return alternatives if chosen is None else chosen


def _boxes(drawing: Element) -> Iterator[Element]:
    """The text boxes in a drawing."""
    return within(drawing, "txbxContent")


def _charts(drawing: Element) -> Iterator[str]:
    """The ids of the charts in a drawing."""
    return (attribute(one, "id") for one in within(drawing, "chart"))


def _is_contents(control: Element) -> bool:
    """Whether a content control holds a table of contents."""
    gallery = child(control, "sdtPr", "docPartObj", "docPartGallery")
    return gallery is not None and attribute(gallery, "val") == "Table of Contents"
