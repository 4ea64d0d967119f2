"""Files of rows: JSON Lines, JSON, CSV and TSV. A row is a document.

A *row* is a mapping from column to value. Its *plan* says which column is what: by the options, or else by the
usual names. Rows with the same columns share one. Rows are read one at a time; a bad one is skipped and
reported with its line, and the next is read.
"""

from __future__ import annotations

import csv
import json
import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from searchlib.documents.lines import text_lines
from searchlib.documents.seed import LoadOptions, Seed
from searchlib.documents.text import clean, decode
from searchlib.errors import SeedError
from searchlib.records import Document, Scalar

IDS = ("id", "_id", "docid", "doc_id", "key")
TITLES = ("title", "name", "headline", "subject")
TEXTS = ("abstract", "text", "body", "content", "contents", "article", "passage")
LANGUAGES = ("language", "lang")

MAX_FIELD = 16 << 20
"""Code points in a CSV field: where a quote is not closed, the damage ends here."""
MAX_JSON = 64 << 20
MAX_PLANS = 256
"""Sets of columns to remember the plans of; more than this, and rows have hardly any in common."""


def load_jsonl(seed: Seed) -> Iterator[Document]:
    """A document for each line that is a JSON object."""
    rows = _Rows(seed, "jsonl")
    for line, text in text_lines(seed):
        if not text or text.isspace():
            continue
        try:
            value = _DECODER.decode(text)
        except RecursionError:
            seed.skips(line, "JSON nested too deeply")
            continue
        except ValueError as error:
            seed.skips(line, f"not JSON: {_json_reason(error)}")
            continue
        if isinstance(value, dict):
            yield from rows.document(value, line, line)
        else:
            seed.skips(line, "not a JSON object")


def load_json(seed: Seed) -> Iterator[Document]:
    """A document for each object of a JSON list, or one for one object; up to 64 MiB."""
    data = seed.read()
    if len(data) > MAX_JSON:
        raise SeedError("too large for JSON read whole; write it as JSON Lines (.jsonl)", seed.name)
    try:
        value = _DECODER.decode(clean(decode(data, seed.name, seed.options.encoding)))
    except RecursionError:
        raise SeedError("JSON nested too deeply", seed.name) from None
    except ValueError as error:
        raise SeedError(f"not JSON: {error}", seed.name) from None
    rows = _Rows(seed, "json")
    for number, row in enumerate(value if isinstance(value, list) else [value], 1):
        if isinstance(row, dict):
            yield from rows.document(row, number, 1)
        else:
            seed.skips(1, f"item {number} is not a JSON object")


def load_csv(seed: Seed) -> Iterator[Document]:
    """A document for each row after the header."""
    lines = _Counted(text_lines(seed))
    header_line = next(lines, "")
    delimiter = _delimiter(seed, header_line)
    if csv.field_size_limit() < MAX_FIELD:
        csv.field_size_limit(MAX_FIELD)
    header: list[str] = []
    rows = _Rows(seed, "csv")
    reader = csv.reader(lines.again(header_line), delimiter=delimiter)
    number = 0
    while True:
        line = lines.count + 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            seed.skips(line, f"not CSV: {error}; is a quote not closed?")
            continue
        if not cells or not any(cells):
            continue
        if not header:
            header = _columns(cells)
            continue
        number += 1
        columns = header
        if len(cells) > len(header):
            columns = [*header, *(f"column{place}" for place in range(len(header) + 1, len(cells) + 1))]
            seed.notes(line, f"{len(cells)} cells under {len(header)} columns")
        yield from rows.document(dict(zip(columns, cells, strict=False)), number, line, lines.count > line)


class _Counted:
    """An iterator of lines that knows how many it gave."""

    def __init__(self, lines: Iterator[tuple[int, str]]) -> None:
        self.lines = lines
        self.count = 0
        self.first: str | None = None

    def __iter__(self) -> _Counted:
        return self

    def __next__(self) -> str:
        if self.first is not None:
            line, self.first = self.first, None
            self.count += 1
        else:
            self.count, line = next(self.lines)
        return line

    def again(self, line: str) -> _Counted:
        """Give ``line``, which was the last, once more."""
        if self.count:
            self.first = line
            self.count -= 1
        return self


@dataclass(frozen=True, slots=True)
class _Plan:
    """Which column is what; "" for none. ``metadata`` has the columns that become it, with their names there."""

    id: str
    title: str
    language: str
    texts: tuple[str, ...]
    metadata: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    """All columns but id, title and language, with their names: the text of a row that has no text column."""
    before: tuple[str, ...]
    """The columns before the first text column."""


def _plan(columns: tuple[str, ...], options: LoadOptions) -> _Plan:
    names = {name.casefold(): name for name in reversed(columns)}
    id_column = _pick(names, options.id, IDS)
    title = _pick(names, options.title, TITLES)
    language = _pick(names, options.language_column, LANGUAGES)
    if options.text:
        texts = tuple(name for name in options.text if name in columns)
    else:
        texts = tuple(names[name] for name in TEXTS if name in names)
    others = [name for name in columns if name not in (id_column, title, language)]
    if options.metadata:
        kept = [name for name in columns if name in options.metadata]
    else:
        kept = [name for name in others if name not in texts] if texts else []
    return _Plan(
        id_column,
        title,
        language,
        texts,
        tuple((name, clean(name)) for name in kept),
        tuple((name, clean(name)) for name in others),
        columns[: columns.index(texts[0])] if texts else (),
    )


class _Rows:
    """Makes documents of the rows of one file."""

    def __init__(self, seed: Seed, type: str) -> None:
        self.seed = seed
        self.type = type
        self.seen: set[str] = set()
        self.repeated: dict[str, int] = {}
        self.told = False
        self.plans: dict[tuple[str, ...], _Plan] = {}

    def document(self, row: Mapping[str, Any], number: int, line: int, broken: bool = False) -> Iterator[Document]:
        """The document of ``row``, the ``number``-th, that begins on ``line``; none if there is nothing to find.

        ``broken`` says that the row has line breaks of the file in its cells.
        """
        plan = self._plan(tuple(row))
        title = " ".join(_string(row.get(plan.title)).split())
        if len(plan.texts) == 1:
            text = _string(row[plan.texts[0]])
        elif plan.texts:
            text = "\n\n".join(part for part in (_string(row[name]) for name in plan.texts) if part.strip())
        else:
            self._tell(line)
            cells = ((name, _string(row[column]).strip()) for column, name in plan.others)
            text = "\n".join(f"{name}: {cell}" for name, cell in cells if cell)
        if not text or text.isspace():
            text = title
            if not text:
                self.seed.skips(line, "row without text")
                return
        first = line + sum(row[name].count("\n") for name in plan.before) if broken else line
        language = _string(row.get(plan.language)).strip() or self.seed.options.language
        metadata: dict[str, Scalar | tuple[Scalar, ...]] = {}
        for column, name in plan.metadata:
            kept = metadata_value(row[column])
            if kept is not None:
                metadata[name] = kept
        yield Document(
            f"{self.seed.name}#{self._id(row.get(plan.id), number, line)}",
            text,
            title,
            self.type,
            language.lower()[:2] if language.isascii() else "",
            metadata,
            None,
            first,
        )

    def _plan(self, columns: tuple[str, ...]) -> _Plan:
        plan = self.plans.get(columns)
        if plan is None:
            if len(self.plans) >= MAX_PLANS:
                self.plans.clear()
            plan = self.plans[columns] = _plan(columns, self.seed.options)
        return plan

    def _id(self, value: object, number: int, line: int) -> str:
        """What the row is called: its id or number, with #2 and so on where the file says it twice."""
        base = name = " ".join(_string(value).split()) or str(number)
        if base in self.seen:
            count = self.repeated.get(base, 1) + 1
            while (name := f"{base}#{count}") in self.seen:
                count += 1
            self.repeated[base] = count  # not to count from 2 again: every row may say the same id
            self.seed.notes(line, f"id {base} was there before; indexed as {name}")
        self.seen.add(name)
        return name

    def _tell(self, line: int) -> None:
        """Say once that the options name text columns that are not there."""
        if self.seed.options.text and not self.told:
            self.told = True
            self.seed.notes(line, f"no column {' or '.join(self.seed.options.text)}: all columns indexed as text")


def metadata_value(value: object) -> Scalar | tuple[Scalar, ...] | None:
    """``value`` if metadata can hold it: a scalar, or a list of them. None, "", NaN and mappings are left out."""
    if isinstance(value, str):
        return clean(value) if value.strip() else None
    if isinstance(value, bool):
        return value
    if isinstance(value, int):
        return value if -(2**63) <= value < 2**63 else str(value)
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, (list, tuple)):
        parts = [metadata_value(item) for item in value]
        return tuple(part for part in parts if part is not None and not isinstance(part, tuple)) or None
    return None


def _pick(names: Mapping[str, str], wanted: str, usual: Iterable[str]) -> str:
    if wanted:
        return wanted
    return next((names[name] for name in usual if name in names), "")


def _string(value: object) -> str:
    """A cell as text: strings as they are, lists line by line, the rest as JSON writes it."""
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return clean("\n".join(value))
    try:
        return clean(json.dumps(value, ensure_ascii=False))
    except (ValueError, RecursionError):
        return ""


def _columns(cells: list[str]) -> list[str]:
    """Column names of a header: trimmed, numbered where empty or said twice."""
    columns: list[str] = []
    for place, cell in enumerate(cells, 1):
        name = cell.strip() or f"column{place}"
        columns.append(name if name not in columns else f"{name}{place}")
    return columns


def _delimiter(seed: Seed, header: str) -> str:
    if seed.options.delimiter:
        return seed.options.delimiter
    name = seed.name.lower().removesuffix(".gz")
    if name.endswith(".tsv"):
        return "\t"
    bare = "".join(header.split('"')[::2])  # what is not in quotes
    return max(",;\t|", key=bare.count) if bare else ","


def _no_constant(name: str) -> None:
    """NaN and the infinities, which JSON does not have, are no value."""


_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _json_reason(error: ValueError) -> str:
    return f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
