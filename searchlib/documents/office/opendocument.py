"""OpenDocument: texts, presentations, spreadsheets (ODT, ODP, ODS), in a package or as one XML file (FODT and so on).

What was deleted, hidden sheets, indexes and tables of contents, and running heads are left out; notes and comments
follow the paragraph that they are in.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.builder import Builder
from searchlib.documents.markup.formulas import formula
from searchlib.documents.markup.inline import raised
from searchlib.documents.packages import Package, resolved
from searchlib.documents.properties import dublin_core, metadata, said, title_of
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.xmltrees import attribute, child, children, flat, local, parse, squeezed, within
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise
from searchlib.model.locators import Locator
from searchlib.model.records import Document, Kind

_KINDS: Final = {"text": "odt", "presentation": "odp", "spreadsheet": "ods"}
_LEFT_OUT: Final = frozenset(
    {"tracked-changes", "table-of-content", "illustration-index", "table-index", "object-index", "user-index"}
    | {"alphabetical-index", "bibliography", "forms", "sequence-decls", "variable-decls", "user-field-decls", "change"}
    | {"hidden-text", "ruby-text", "meta", "settings", "soft-page-break", "image", "date-time-decl", "footer-decl"}
    | {"header-decl", "desc", "title", "calculation-settings", "content-validations", "named-expressions", "shapes"}
    | {"page-number", "page-count", "bookmark-ref-removed", "event-listeners"}
)
_CODE: Final = frozenset({"preformatted text", "preformatted_20_text", "source code", "source_20_code"})
_DEEPEST: Final = 20  # styles that a style is based on
_MOST_REPEATED: Final = 1000  # times that a cell with text is


@sandboxed
def load_opendocument(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks. Raises SeedError for what is encrypted or damaged."""
    data = seed.read()
    if not data:
        return
    about: Element | None
    styles: Element | None = None
    package: Package | None = None
    if data[:4] == b"PK\x03\x04" or b"<" not in data[:200]:
        package = Package(seed, "OpenDocument")
        manifest = package.tree("META-INF/manifest.xml")
        if manifest is not None and next(within(manifest, "encryption-data"), None) is not None:
            raise SeedError("encrypted: save it without a password", seed.name)
        root, about, styles = package.tree("content.xml"), package.tree("meta.xml"), package.tree("styles.xml")
    else:
        root = parse(data, seed.name)
        about = child(root, "meta")
    body = child(root, "body")
    content = next((one for one in children(body) if local(one) in _KINDS), None)
    if root is None or content is None:
        raise SeedError(
            "no OpenDocument: has no text, slides or sheets in it; save it anew with its program", seed.name
        )
    builder = Builder()
    reader = _OpenDocument(builder, _Styles(root, styles), seed, package)
    kind = local(content)
    if kind == "presentation":
        reader.slides(content)
    elif kind == "spreadsheet":
        reader.sheets(content)
    else:
        reader.blocks(content)
    known = dublin_core(about)
    title = reader.title or title_of(said(known, "title"), builder.first_heading if kind != "spreadsheet" else "")
    yield Document(
        seed.name,
        builder.text,
        title or seed.stem,
        _KINDS[kind],
        seed.options.language,
        metadata(known),
        builder.blocks,
        line=0,
    )


class _Styles:
    """What styles say, with those that they are based on."""

    def __init__(self, *roots: Element | None) -> None:
        self._elements = {
            attribute(one, "name"): one for root in roots if root is not None for one in within(root, "style")
        }

    def bases(self, name: str) -> Iterator[Element]:
        """A style and those that it is based on."""
        for _ in range(_DEEPEST):
            style = self._elements.get(name)
            if style is None:
                return
            yield style
            name = attribute(style, "parent-style-name")

    def names(self, name: str) -> set[str]:
        """The names of a style and of those that it is based on, in lower case."""
        found = {name.lower()} if name else set()
        for one in self.bases(name):
            found |= {attribute(one, key).lower() for key in ("name", "display-name", "parent-style-name")}
        return found - {""}

    def says(self, name: str, key: str) -> str:
        """What a style says by an attribute of its properties; "" for nothing."""
        for style in self.bases(name):
            for properties in style:
                value = attribute(properties, key)
                if value:
                    return value
        return ""


class _OpenDocument:
    def __init__(self, builder: Builder, styles: _Styles, seed: Seed, package: Package | None) -> None:
        self.builder = builder
        self.package = package
        self.styles = styles
        self.seed = seed
        self.title = ""
        self.place: tuple[Locator, ...] = ()
        self._lists = 0
        self._waiting: list[tuple[str, Element]] = []
        self._notes = 0
        self._raises: dict[str, bool] = {}
        self._hides: dict[str, bool] = {}

    def blocks(self, element: Element) -> None:
        """Add all blocks below an element."""
        for one in element:
            name = local(one)
            if name in ("p", "h"):
                self._paragraph(one, name)
            elif name == "table":
                self._table(one)
            elif name in ("list-item", "list-header"):
                self._lists += 1
                self.blocks(one)
                self._lists -= 1
            elif name not in _LEFT_OUT:
                self.blocks(one)

    def slides(self, content: Element) -> None:
        """Add all slides, each below its title."""
        pages = [one for one in content if local(one) == "page"]
        most = self.seed.limits.pages
        if len(pages) > most:
            told = f"has {len(pages):,} slides, of which the first {most:,} are read; {how_to_raise('pages')}"
            self.seed.notes(0, told)
        for number, page in enumerate(pages[:most], 1):
            self.place = (Locator("slide", number),)
            titles = [one for one in page if attribute(one, "class") == "title"]
            title = " ".join(filter(None, map(flat, titles)))
            self.builder.close()
            self.builder.add(title, "heading", 0, 1, self.place)
            for one in page:
                if one not in titles and attribute(one, "class") not in (
                    "page-number",
                    "date-time",
                    "footer",
                    "header",
                ):
                    self.blocks([one])  # type: ignore[arg-type]

    def sheets(self, content: Element) -> None:
        """Add all sheets, a block a row."""
        for number, table in enumerate((one for one in content if local(one) == "table"), 1):
            if self.styles.says(attribute(table, "style-name"), "display") == "false":
                continue
            sheet = Locator("sheet", number, attribute(table, "name"))
            self.place = (sheet,)
            self.builder.add(sheet.label, "heading", 0, 1, self.place)
            place = 1
            for row in within(table, "table-row"):
                texts = self._cells(row)
                self.place = (sheet, Locator("row", place))
                if texts:
                    self.builder.add(" | ".join(texts), "table", 0, 0, self.place)
                self._referred()
                place += _times(row, "number-rows-repeated")

    def _cells(self, row: Element) -> list[str]:
        texts = []
        for cell in row:
            if local(cell) == "table-cell":
                lines = [self._text(one) for one in cell if local(one) == "p"]
                self._waiting += [("", one) for one in cell if local(one) == "annotation"]
                text = " ".join(" ".join(lines).split())
                if text:
                    texts += [text] * min(_times(cell, "number-columns-repeated"), _MOST_REPEATED)
        return texts

    def _paragraph(self, paragraph: Element, name: str) -> None:
        text = self._text(paragraph)
        style = attribute(paragraph, "style-name")
        names = self.styles.names(style)
        flattened = " ".join(text.split())
        if not flattened:
            pass
        elif "title" in names and not self.place:
            self.title = self.title or flattened
            self.builder.add(flattened, "heading", 0, 1, self.place)
        elif name == "h":
            level = attribute(paragraph, "outline-level")
            depth = int(level) if level.isdecimal() and len(level) < 3 else 1
            self.builder.add(flattened, "heading", 0, depth + bool(self.title), self.place)
        elif not names & {"contents_20_heading", "contents heading"}:
            kind: Kind = "text"
            if names & _CODE:
                kind = "code"
            elif self._lists:
                kind = "item"
            elif "quotations" in names:
                kind = "quote"
            self.builder.add(text, kind, 0, 0, self.place)
        self._referred()

    def _referred(self) -> None:
        """Add the notes, comments and text boxes of what was just added."""
        waiting, self._waiting = self._waiting, []
        for mark, element in waiting:
            if local(element) == "text-box":
                self.blocks(element)
                continue
            author = child(element, "creator")
            begin = f"{mark} " if mark else f"{flat(author)}: " if author is not None else ""
            texts = [self._text(one).strip() for one in within(element, "p")]
            if any(texts):
                self.builder.add(begin + "\n".join(filter(None, texts)), "text", 0, 0, self.place)

    def _table(self, table: Element) -> None:
        """A table as a block; one of a single column is a frame around its blocks."""
        rows = list(within(table, "table-row"))
        cells = [[one for one in row if local(one) in ("table-cell", "covered-table-cell")] for row in rows]
        if all(len(row) <= 1 for row in cells):
            for row in cells:
                for cell in row:
                    self.blocks(cell)
            return
        texts = [" | ".join(self._cell(cell) for cell in row) for row in cells]
        self.builder.add("\n".join(text for text in texts if text.strip(" |")), "table", 0, 0, self.place)
        self._referred()

    def _cell(self, cell: Element) -> str:
        return " ".join(" ".join(self._text(one) for one in within(cell, "p", "h")).split())

    # What stands in a line

    def _text(self, paragraph: Element) -> str:
        parts: list[str] = []
        self._inline(paragraph, parts)
        return "".join(parts)

    def _inline(self, element: Element, parts: list[str]) -> None:
        if element.text:
            parts.append(squeezed(element.text))
        for one in element:
            name = local(one)
            if name == "s":
                parts.append(" " * _times(one, "c"))
            elif name == "tab":
                parts.append(" ")
            elif name == "line-break":
                parts.append("\n")
            elif name == "note":
                self._notes += 1
                mark = raised(flat(child(one, "note-citation")) or str(self._notes), of_a_note=True)
                parts.append(mark)
                body = child(one, "note-body")
                self._waiting.append((mark.strip(), one if body is None else body))
            elif name in ("annotation", "text-box"):
                self._waiting.append(("", one))
            elif name == "span" and self._is_raised(attribute(one, "style-name")):
                above: list[str] = []
                self._inline(one, above)
                parts.append(raised("".join(above)))
            elif name == "span" and self._is_hidden(attribute(one, "style-name")):
                pass
            elif name == "object":
                parts.append(self._formula(one))
            elif name not in _LEFT_OUT:
                self._inline(one, parts)
            if one.tail:
                parts.append(squeezed(one.tail))

    def _formula(self, element: Element) -> str:
        """The formula that an object is; "" if it is another."""
        found = next(within(element, "math"), None)
        if found is None and self.package is not None:
            part = self.package.tree(resolved("", attribute(element, "href")) + "/content.xml")
            found = next(within(part, "math"), None) if part is not None else None
        return formula(found) if found is not None else ""

    def _is_raised(self, style: str) -> bool:
        if style not in self._raises:
            position = self.styles.says(style, "text-position")
            self._raises[style] = position.startswith("super") or (position[:1].isdigit() and position[:2] != "0%")
        return self._raises[style]

    def _is_hidden(self, style: str) -> bool:
        if style not in self._hides:
            properties = (inner for one in self.styles.bases(style) for inner in one)
            self._hides[style] = any(
                local(one) == "text-properties" and attribute(one, "display") == "none" for one in properties
            )
        return self._hides[style]


def _times(element: Element, name: str) -> int:
    value = attribute(element, name)
    return min(int(value), 1 << 20) if value.isdecimal() and 0 < len(value) < 9 else 1
