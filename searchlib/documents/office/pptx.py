"""Presentations (PPTX): slides in their order, each with its title, text, tables, diagrams, and the speaker's notes.

A *placeholder* says what a shape is for: those of numbers, dates, headers and footers are on every slide, and left out.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.builder import Builder
from searchlib.documents.markup.formulas import formula
from searchlib.documents.markup.inline import raised
from searchlib.documents.office.charts import table_of, titles_of
from searchlib.documents.packages import Package
from searchlib.documents.properties import dublin_core, metadata, said, title_of
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.xmltrees import attribute, child, children, flat, local, within
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise
from searchlib.model.locators import Locator
from searchlib.model.records import Document, Kind

_EVERYWHERE: Final = frozenset({"sldNum", "dt", "ftr", "hdr", "sldImg"})
_TITLES: Final = frozenset({"title", "ctrTitle"})
_BODIES: Final = frozenset({"body", "obj", ""})
_EMU_PER_LINE: Final = 100_000  # what is no farther apart stands at one height


@sandboxed
def load_pptx(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks, each on its slide. Raises SeedError for what is encrypted or damaged."""
    if not seed.read():
        return
    package = Package(seed, "PPTX")
    main = next(iter(package.related("", "officeDocument")), "ppt/presentation.xml")
    root = package.tree(main)
    if root is None or local(root) != "presentation":
        raise SeedError("no PPTX: has no presentation in it; save it anew as PPTX", seed.name)
    relations = package.relations(main)
    listed = child(root, "sldIdLst")
    ids = [] if listed is None else [_relation(one) for one in listed]
    parts = [relations[id][1] for id in ids if id in relations]
    most = seed.limits.pages
    if len(parts) > most:
        seed.notes(0, f"has {len(parts):,} slides, of which the first {most:,} are read; {how_to_raise('pages')}")
    builder = Builder()
    for number, part in enumerate(parts[:most], 1):
        slide = package.tree(part)
        if slide is not None:
            _Slide(builder, package, part, number).add(slide)
    about = dublin_core(next(map(package.tree, package.related("", "core-properties")), None))
    title = title_of(said(about, "title"), builder.first_heading) or seed.stem
    found = {**metadata(about), "slides": len(parts)}
    yield Document(seed.name, builder.text, title, "pptx", seed.options.language, found, builder.blocks, line=0)


class _Slide:
    def __init__(self, builder: Builder, package: Package, part: str, number: int) -> None:
        self.builder = builder
        self.package = package
        self.relations = package.relations(part)
        self.place = (Locator("slide", number),)

    def add(self, slide: Element) -> None:
        """Add the blocks of a slide: its title, what is on it from the top, the notes."""
        shapes = [one for tree in within(slide, "spTree") for one in tree][:10_000]
        titles = [one for one in shapes if _placeholder(one) in _TITLES]
        others = [one for one in shapes if _placeholder(one) not in _TITLES]
        title = " ".join(flattened for one in titles for flattened in [" ".join(_text(one).split())] if flattened)
        self.builder.close()
        self.builder.add(title, "heading", 0, 1, self.place)
        for one in _in_order(others):
            self._shape(one)
        for kind, target in self.relations.values():
            notes = self.package.tree(target) if kind == "notesSlide" else None
            for shape in within(notes, "sp") if notes is not None else ():
                if _placeholder(shape) == "body":
                    self._paragraphs(shape, "text")

    def _shape(self, shape: Element) -> None:
        name = local(shape)
        if name == "grpSp":
            for one in _in_order(list(shape)):
                self._shape(one)
        elif name == "AlternateContent":
            for one in children(child(shape, "Choice")):
                self._shape(one)
        elif name == "graphicFrame":
            self._graphic(shape)
        elif name in ("sp", "cxnSp"):
            placeholder = _placeholder(shape)
            if placeholder not in _EVERYWHERE:
                self._paragraphs(shape, "item" if placeholder in _BODIES else "text")

    def _graphic(self, frame: Element) -> None:
        for table in within(frame, "tbl"):
            rows = [
                [" ".join(_text(cell).split()) for cell in row if local(cell) == "tc"] for row in within(table, "tr")
            ]
            self.builder.add("\n".join(" | ".join(row) for row in rows if any(row)), "table", 0, 0, self.place)
        for one in within(frame, "relIds", "chart"):
            id = attribute(one, "dm") if local(one) == "relIds" else _relation(one)
            part = self.package.tree(self.relations[id][1]) if id in self.relations else None
            if part is None:
                continue
            if local(one) == "relIds":  # a diagram: its points
                for point in within(part, "pt"):
                    self._paragraphs(point, "item")
            else:
                for title in titles_of(part):
                    self.builder.add(title, "text", 0, 0, self.place)
                self.builder.add(table_of(part), "table", 0, 0, self.place)

    def _paragraphs(self, shape: Element, kind: Kind) -> None:
        """Add the paragraphs of a shape; of a list only where there are several."""
        paragraphs = [(one, text) for one in within(shape, "p") if (text := _paragraph(one)).strip()]
        for one, text in paragraphs:
            bare = child(one, "pPr", "buNone") is not None
            listed = len(paragraphs) > 1 and not bare
            self.builder.add(text, kind if listed or kind != "item" else "text", 0, 0, self.place)


def _in_order(shapes: list[Element]) -> list[Element]:
    """Shapes from the top, and from the left; placeholders, whose places the layout has, before the others."""

    def key(shape: Element) -> tuple[int, int]:
        place = next(within(shape, "off"), None)
        if place is None or _placeholder(shape) is not None:
            return (-1, 0)
        return _number(attribute(place, "y")) // _EMU_PER_LINE, _number(attribute(place, "x"))

    return sorted(shapes, key=key)


def _number(text: str) -> int:
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 20 else 0


def _relation(element: Element) -> str:
    """The id of the relation that an element names: `id` in the namespace of relations."""
    return next((value for key, value in element.items() if key.endswith("relationships}id")), "")


def _placeholder(shape: Element) -> str | None:
    """What a shape is the placeholder of; None if it is none."""
    for holder in ("nvSpPr", "nvGraphicFramePr", "nvPicPr"):
        found = child(shape, holder, "nvPr", "ph")
        if found is not None:
            return attribute(found, "type")
    return None


def _text(shape: Element) -> str:
    return "\n".join(_paragraph(one) for one in within(shape, "p"))


def _paragraph(paragraph: Element) -> str:
    parts = []
    for one in paragraph.iter():
        name = local(one)
        if name == "r":
            text = "".join(inner.text or "" for inner in one if local(inner) == "t")
            properties = child(one, "rPr")
            above = properties is not None and _number(attribute(properties, "baseline")) > 0
            parts.append(raised(text) if above else text)
        elif name == "br":
            parts.append("\n")
        elif name == "fld":
            parts.append(flat(child(one, "t")))
        elif name == "oMath":
            parts.append(formula(one))
    return "".join(parts)
