"""Workbooks (XLSX): sheets in their order, a block for each row, with the notes at its cells.

A *value* is what a cell holds, its *format* how that is shown: a day is a number to the file. Formulas are the values
that they had when the file was saved. Hidden sheets are left out.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Iterator
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.builder import Builder
from searchlib.documents.packages import Package
from searchlib.documents.properties import dublin_core, metadata, said, title_of
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.xmltrees import attribute, child, children, local, within
from searchlib.errors import SeedError
from searchlib.model.locators import Locator
from searchlib.model.records import Document

_DAYS: Final = frozenset({*range(14, 18), 22, *range(27, 32), 36, *range(50, 59)})
_TIMES: Final = frozenset({18, 19, 20, 21, 45, 46, 47})
_PERCENT: Final = {9: 0, 10: 2}
_NOT_SHOWN: Final = re.compile(r'"[^"]*"|\\.|\[[^\]]*\]|_.|\*.')
_EPOCHS: Final = (datetime.datetime(1899, 12, 30), datetime.datetime(1904, 1, 1))
_CELL: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_MOST: Final = 1e15  # a number that is shown as anything but itself
_MOST_OF_A_CELL: Final = 32_767  # characters that Excel allows


@sandboxed
def load_xlsx(seed: Seed) -> Iterator[Document]:
    """The file as one document with a block a row. Raises SeedError for what is encrypted or damaged."""
    if not seed.read():
        return
    package = Package(seed, "XLSX")
    main = next(iter(package.related("", "officeDocument")), "xl/workbook.xml")
    root = package.tree(main)
    if root is None or local(root) != "workbook":
        raise SeedError("no XLSX: has no workbook in it; save it anew as XLSX", seed.name)
    relations = package.relations(main)
    parts = dict(relations.values())
    old = child(root, "workbookPr")
    cells = _Cells(
        _strings(package.tree(parts.get("sharedStrings", ""))),
        _formats(package.tree(parts.get("styles", ""))),
        _EPOCHS[old is not None and attribute(old, "date1904") in ("1", "true")],
    )
    builder = Builder()
    for number, sheet in enumerate(within(root, "sheet"), 1):
        id = next((value for key, value in sheet.items() if key.endswith("relationships}id")), "")
        kind, part = relations.get(id, ("", ""))
        if kind == "worksheet" and attribute(sheet, "state") in ("", "visible"):
            _add_sheet(builder, package, part, Locator("sheet", number, attribute(sheet, "name")), cells)
    about = dublin_core(next(map(package.tree, package.related("", "core-properties")), None))
    title = title_of(said(about, "title")) or seed.stem
    yield Document(
        seed.name, builder.text, title, "xlsx", seed.options.language, metadata(about), builder.blocks, line=0
    )


def _add_sheet(builder: Builder, package: Package, part: str, place: Locator, cells: _Cells) -> None:
    root = package.tree(part)
    if root is None:
        return
    builder.add(place.label, "heading", 0, 1, (place,))
    notes = _notes(package, part)
    number = 0
    for row in children(child(root, "sheetData")):
        said = attribute(row, "r")
        number = int(said) if said.isdecimal() and len(said) < 8 else number + 1
        where = (place, Locator("row", number))
        texts = [text for cell in row if (text := cells.text(cell))]
        if texts:
            builder.add(" | ".join(texts), "table", 0, 0, where)
        for note in notes.pop(number, ()):
            builder.add(note, "text", 0, 0, where)
    for left, texts in sorted(notes.items()):
        for note in texts:
            builder.add(note, "text", 0, 0, (place, Locator("row", left)))


class _Cells:
    def __init__(self, strings: list[str], formats: list[str], epoch: datetime.datetime) -> None:
        self._strings = strings
        self._formats = formats
        self._epoch = epoch

    def text(self, cell: Element) -> str:
        """What is seen of a cell, on one line."""
        kind = cell.get("t", "n")
        if kind == "inlineStr":
            return " ".join(_rich(cell).split())[:_MOST_OF_A_CELL]
        value = next((one.text or "" for one in cell if local(one) == "v"), "")
        if kind == "s":
            return _item(self._strings, value)
        if kind == "b":
            return {"1": "TRUE", "0": "FALSE"}.get(value, value)
        if kind == "n" and value:
            return self._number(value, _item(self._formats, cell.get("s", "0")))
        return " ".join(value.split())[:_MOST_OF_A_CELL]

    def _number(self, value: str, form: str) -> str:
        try:
            number = float(value)
        except ValueError:
            return value
        if not abs(number) < _MOST:
            return value
        if form == "time":
            seconds = round(number * 86_400)
            return f"{seconds // 3600}:{seconds // 60 % 60:02}" + (f":{seconds % 60:02}" if seconds % 60 else "")
        if form == "day":
            return _moment(number, self._epoch) or value
        if form.startswith("%"):
            return f"{number * 100:.{int(form[1:])}f}%"
        return value if value.lstrip("-").isdecimal() else f"{number:.15g}"  # as many digits as Excel has


def _item(items: list[str], number: str) -> str:
    return items[int(number)] if number.isdecimal() and len(number) < 10 and int(number) < len(items) else ""


def _moment(days: float, epoch: datetime.datetime) -> str:
    try:
        moment = epoch + datetime.timedelta(seconds=round(days * 86_400))
    except OverflowError:
        return ""
    return moment.date().isoformat() if days == int(days) else moment.isoformat(" ")


def _strings(root: Element | None) -> list[str]:
    return [" ".join(_rich(one).split()) for one in children(root) if local(one) == "si"]


def _rich(element: Element) -> str:
    """The text of a cell or note, without readings."""
    parts = []
    for one in element:
        name = local(one)
        if name == "t":
            parts.append(one.text or "")
        elif name in ("r", "is", "text"):
            parts.append(_rich(one))
    return "".join(parts)


def _formats(root: Element | None) -> list[str]:
    """How the cells of each style are shown: "day", "time", "%" with the decimals, or "" for a number."""
    if root is None:
        return []
    own = {attribute(one, "numFmtId"): attribute(one, "formatCode") for one in within(root, "numFmt")}
    found = []
    for style in children(child(root, "cellXfs")):
        id = attribute(style, "numFmtId")
        number = int(id) if id.isdecimal() and len(id) < 6 else 0
        if id in own:
            found.append(_kind_of(own[id]))
        elif number in _PERCENT:
            found.append(f"%{_PERCENT[number]}")
        else:
            found.append("day" if number in _DAYS else "time" if number in _TIMES else "")
    return found


def _kind_of(code: str) -> str:
    """What a format code shows."""
    bracketed = re.search(r"\[[hms]+\]", code, re.IGNORECASE)
    bare = _NOT_SHOWN.sub("", code.partition(";")[0]).lower()
    if bracketed:
        return "time"
    if "general" in bare:
        return ""
    if re.search(r"[yd]", bare):
        return "day"
    if re.search(r"[hs]", bare):
        return "time"
    if "%" in bare:
        return f"%{min(len(bare.partition('.')[2].rstrip('%')), 9)}"
    return "day" if re.search(r"m", bare) else ""


def _notes(package: Package, part: str) -> dict[int, list[str]]:
    """The notes of a sheet, by row."""
    found: dict[int, list[str]] = {}
    for kind, target in package.relations(part).values():
        root = package.tree(target) if kind in ("comments", "threadedComment") else None
        for one in within(root, "comment", "threadedComment") if root is not None else ():
            place = _CELL.match(attribute(one, "ref"))
            body = child(one, "text")
            text = " ".join((body.text or "").split() if kind != "comments" and body is not None else
                            _rich(one).split())  # fmt: skip
            if place and text and not (kind == "comments" and text.startswith("[Threaded comment]")):
                found.setdefault(int(place[2]), []).append(f"{place[0]}: {text}")
    return found
