"""Rows of tables as text: CSV and TSV, with a header."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator

from searchlib.documents.seed import Seed
from searchlib.documents.tables.lines import text_lines
from searchlib.documents.tables.rows import Rows
from searchlib.errors import SeedError
from searchlib.guards.limits import how_to_raise
from searchlib.model.records import Document

MAX_FIELD = 16 << 20
"""Code points in a CSV field: where a quote is not closed, the damage ends here."""
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # how Excel is told of the delimiter, in a line before the header


def load_csv(seed: Seed, max_field: int = MAX_FIELD) -> Iterator[Document]:
    """A document for each row after the header; a field has at most so many code points."""
    lines = _Counted(text_lines(seed))
    header_line = next(lines, "")
    said = _SEP.fullmatch(header_line)
    if said:
        header_line = next(lines, "")
    delimiter = seed.options.delimiter or (said[1] if said else _delimiter(seed, header_line))
    if csv.field_size_limit() < max_field:
        csv.field_size_limit(max_field)
    header: list[str] = []
    rows = Rows(seed, "csv")
    reader = csv.reader(lines.again(header_line), delimiter=delimiter)
    number = 0
    most = seed.limits.columns
    while True:
        line = lines.count + 1
        lines.quotes = 0
        lines.taken.clear()
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            seed.skips(line, f"not CSV: {error}; is a quote not closed?")
            continue
        if len(cells) > most:
            told = f"{len(cells):,} columns, more than {most:,}; {how_to_raise('columns')}"
            if not header:
                raise SeedError(told, seed.name)
            seed.skips(line, told)
            continue
        if lines.ended and lines.quotes % 2:
            seed.notes(line, "a quote that opens here is not closed: all that follows is one row")
        if not cells or not any(cells):
            continue
        if not header:
            header = _columns(cells)
            rows.begin("\0".join((delimiter, *header)))
            continue
        number += 1
        yield from _of_table(rows, header, cells, number, line, lines)


def _of_table(
    rows: Rows, header: list[str], cells: list[str], number: int, line: int, lines: _Counted
) -> Iterator[Document]:
    """The document of the cells that begin on ``line``; none if the index has it as it is."""
    columns, digest = header, ""
    if len(cells) > len(header):
        columns = [*header, *(f"column{place}" for place in range(len(header) + 1, len(cells) + 1))]
        rows.seed.notes(line, f"{len(cells)} cells under {len(header)} columns")
    elif rows.is_known(number, f"{line}\0{''.join(lines.taken)}".encode("utf-8", "surrogatepass")):
        return
    else:
        digest = rows.digest
    yield from rows.document(dict(zip(columns, cells, strict=False)), number, line, lines.count > line, digest)


class _Counted:
    """An iterator of lines that knows how many it gave, the quotation marks in them, and which it gave of late."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self.lines = lines
        self.count = 0
        self.quotes = 0
        self.taken: list[str] = []
        self.ended = False
        self.first: str | None = None

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        if self.first is not None:
            line, self.first = self.first, None
            self.count += 1
        else:
            found = next(self.lines, None)
            if found is None:
                self.ended = True
                raise StopIteration
            self.count, line = found
        self.quotes += line.count('"')
        self.taken.append(line)
        return line

    def again(self, line: str) -> _Counted:
        """Give ``line``, which was the last, once more."""
        if self.count:
            self.first = line
            self.count -= 1
        return self


def _columns(cells: list[str]) -> list[str]:
    """Column names of a header: trimmed, numbered where empty or said twice."""
    columns: dict[str, None] = {}
    for place, cell in enumerate(cells, 1):
        name = cell.strip() or f"column{place}"
        columns[name if name not in columns else f"{name}{place}"] = None
    return list(columns)


def _delimiter(seed: Seed, header: str) -> str:
    name = seed.name.lower().removesuffix(".gz")
    if name.endswith(".tsv"):
        return "\t"
    bare = "".join(header.split('"')[::2])  # what is not in quotes
    return max(",;\t|", key=bare.count) if bare else ","
