"""Files of rows: JSON Lines, JSON, CSV and TSV. A row is a document.

A *row* is a mapping from column to value. Its *plan* says which column is what: by the options, or else by the
usual names. Rows with the same columns share one. Rows are read one at a time; a bad one is skipped and
reported with its line, and the next is read.
"""

from __future__ import annotations

import csv
import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Mapping

from searchlib.documents.cells import as_text, flat_metadata, language_code, metadata_value
from searchlib.documents.frontmatter import too_far
from searchlib.documents.lines import plain_lines, text_lines
from searchlib.documents.seed import LoadOptions, Seed
from searchlib.documents.text import clean, text_of
from searchlib.errors import SeedError
from searchlib.frozen import frozen
from searchlib.guards.limits import how_to_raise
from searchlib.model.records import Block, Document, Scalar
from searchlib.paragraphs import places

IDS = ("id", "_id", "docid", "doc_id", "key")
TITLES = ("title", "name", "headline", "subject")
TEXTS = ("abstract", "text", "body", "content", "contents", "article", "passage")
LANGUAGES = ("language", "lang")
ENVELOPES = frozenset(
    {"data", "items", "results", "rows", "records", "docs", "documents", "hits", "entries", "articles", "posts", "list"}
    | {"values", "objects", "elements", "@graph", "content", "contents"}
)
"""Keys of an object under which its rows are."""

MAX_FIELD = 16 << 20
"""Code points in a CSV field: where a quote is not closed, the damage ends here."""
MAX_JSON = 64 << 20
MAX_PLANS = 256
"""Sets of columns to remember the plans of; more than this, and rows have hardly any in common."""


def load_jsonl(seed: Seed) -> Iterator[Document]:
    """A document for each line that is a JSON object."""
    rows = _Rows(seed, "jsonl")
    for line, text, plain in plain_lines(seed, rows.is_known):
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
        if _too_deep(value, text, seed.limits.depth):
            seed.skips(line, _deep(seed.limits.depth))
        elif isinstance(value, dict):
            yield from rows.document(value, line, line, digest=rows.digest if plain else "")
        else:
            seed.skips(line, "not a JSON object")


def load_json(seed: Seed) -> Iterator[Document]:
    """A document for each object of a JSON list, which may be in an object (``{"data": […]}``), or one for one object.

    Up to 64 MiB; JSON Lines are read as such.
    """
    text = text_of(seed)
    if _is_lines(text):
        yield from load_jsonl(seed)
        return
    if len(text) > MAX_JSON:
        raise SeedError("too large for JSON read whole; write it as JSON Lines (.jsonl)", seed.name)
    try:
        value, lines = _parse(text)
    except RecursionError:
        raise SeedError("JSON nested too deeply", seed.name) from None
    except ValueError as error:
        raise SeedError(f"not JSON: {error}", seed.name) from None
    if _too_deep(value, "", seed.limits.depth):
        raise SeedError(_deep(seed.limits.depth), seed.name)
    rows = _Rows(seed, "json")
    if isinstance(value, dict) and (key := _envelope(value, seed.options)):
        value, lines = value[key], _lines_of_items(text, key, value[key])
    items = value if isinstance(value, list) else [value]
    for number, (row, line) in enumerate(zip(items, lines, strict=True), 1):
        if number % 64 == 0:
            seed.passes(len(text) * number // len(items))
        if isinstance(row, dict):
            yield from rows.document(row, number, line)
        else:
            seed.skips(line, f"item {number} is not a JSON object")


def _is_lines(text: str) -> bool:
    """Whether the first line is an object and there are others: JSON Lines, whatever the file is called."""
    start = _after_space(text, 0)
    end = text.find("\n", start)
    if text[start : start + 1] != "{" or end < 0 or _after_space(text, end) == len(text):
        return False
    try:
        return isinstance(_DECODER.decode(text[start:end].rstrip()), dict)
    except (ValueError, RecursionError):
        return False


def _envelope(value: Mapping[str, object], options: LoadOptions) -> str:
    """The key of an object whose rows are what is meant, and which is no row itself; "" if it is one."""
    if any(name.casefold() in TEXTS or name in options.text for name in value if not isinstance(value[name], list)):
        return ""
    found = [
        name
        for name, inner in value.items()
        if name.casefold() in ENVELOPES and isinstance(inner, list) and inner and isinstance(inner[0], dict)
    ]
    return found[0] if len(found) == 1 else ""


def _lines_of_items(text: str, key: str, items: list[object]) -> list[int]:
    """The lines on which the items of a list in an object begin: those of its first one with this key."""
    found = re.search(re.escape(f'"{key}"') + r"\s*:\s*\[", text)
    if found is None:
        return [1] * len(items)
    lines = []
    line, counted = 1, 0
    place = _after_space(text, found.end())
    for _ in items:
        line += text.count("\n", counted, place)
        counted = place
        lines.append(line)
        try:
            _, place = _DECODER.raw_decode(text, place)
        except ValueError:  # another list of this key
            return [1] * len(items)
        place = _after_space(text, place)
        place = _after_space(text, place + 1)
    return lines


def _parse(text: str) -> tuple[object, list[int]]:
    """What JSON ``text`` says, and the line on which each item of it begins (or the one that is no list)."""
    place = _after_space(text, 0)
    line = 1 + text.count("\n", 0, place)
    if text[place : place + 1] != "[":
        return _DECODER.decode(text), [line]
    items: list[object] = []
    lines: list[int] = []
    counted = place
    place = _after_space(text, place + 1)
    while True:
        line += text.count("\n", counted, place)
        counted = place
        try:
            item, place = _DECODER.raw_decode(text, place)
        except ValueError:
            break
        items.append(item)
        lines.append(line)
        place = _after_space(text, place)
        if text[place : place + 1] == "]" and _after_space(text, place + 1) == len(text):
            return items, lines
        if text[place : place + 1] != ",":
            break
        place = _after_space(text, place + 1)
    value = _DECODER.decode(text)  # it is empty, or not JSON: then this says why
    return value, [1] * len(value)


def _after_space(text: str, place: int) -> int:
    return _SPACE.match(text, place).end()  # type: ignore[union-attr]


def load_csv(seed: Seed) -> Iterator[Document]:
    """A document for each row after the header."""
    lines = _Counted(text_lines(seed))
    header_line = next(lines, "")
    said = _SEP.fullmatch(header_line)
    if said:
        header_line = next(lines, "")
    delimiter = seed.options.delimiter or (said[1] if said else _delimiter(seed, header_line))
    if csv.field_size_limit() < MAX_FIELD:
        csv.field_size_limit(MAX_FIELD)
    header: list[str] = []
    rows = _Rows(seed, "csv")
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
    rows: _Rows, header: list[str], cells: list[str], number: int, line: int, lines: _Counted
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


@frozen
class _Plan:
    """Which column is what; "" for none. ``metadata`` has the columns that become it, with their names there."""

    id: str
    title: str
    language: str
    texts: tuple[str, ...]
    metadata: tuple[tuple[str, str], ...]
    others: tuple[tuple[str, str], ...]
    """All columns but id, title and language, with their names: the text of a row that has no text column."""


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
        kept = [name for name in others if name not in texts]
    return _Plan(
        id_column,
        title,
        language,
        texts,
        tuple((name, clean(name)) for name in kept),
        tuple((name, clean(name)) for name in others),
    )


class _Rows:
    """Makes documents of the rows of one file."""

    def __init__(self, seed: Seed, type: str) -> None:
        self.seed = seed
        self.type = type
        self.seen: set[str] = set()
        self.repeated: dict[str, int] = {}
        self.told = self.told_far = False
        self.plans: dict[tuple[str, ...], _Plan] = {}
        self.digest = ""
        # The one hash that is in most processors; it is compared with nothing but its own.
        self._begin = hashlib.sha256(seed.name.encode("utf-8", "surrogatepass") + b"\0")

    def begin(self, header: str) -> None:
        """Take in what all rows are made of besides what they are themselves."""
        self._begin.update(header.encode("utf-8", "surrogatepass") + b"\0")

    def is_known(self, number: int, line: bytes) -> bool:
        """Whether the index has the row that is this line, as it is and under the name that it would get now.

        Sets ``digest``, of the line and its number: all that its document is made of, but for ids that are there
        twice. These are noted, and of a seed with notes nothing is known. A row of several lines is all of them.
        """
        hashed = self._begin.copy()
        hashed.update(b"%d\0" % number)
        hashed.update(line)
        self.digest = hashed.hexdigest()[:32]
        path = self.seed.known.paths.get(self.digest)
        if path is None:
            return False
        name = path[len(self.seed.name) + 1 :]
        if name in self.seen:  # by a row before it that is new: this one gets another name
            return False
        self.seen.add(name)
        self.seed.known.unchanged.append(path)
        return True

    def document(
        self, row: Mapping[str, object], number: int, line: int, broken: bool = False, digest: str = ""
    ) -> Iterator[Document]:
        """The document of ``row``, the ``number``-th, that begins on ``line``; none if there is nothing to find.

        ``broken`` says that the row has line breaks of the file in its cells.
        """
        plan = self._plan(tuple(row))
        title = " ".join(as_text(row.get(plan.title)).split())
        first = line
        blocks: tuple[Block, ...] | None = None
        if plan.texts:
            cells = [(name, as_text(row[name])) for name in plan.texts]
            cells = [(name, cell) for name, cell in cells if cell and not cell.isspace()]
            text = "\n\n".join([cell for _, cell in cells])
            if len(cells) > 1 and self.type == "csv":
                # Its line breaks are not those of the file: a paragraph is on the row's line.
                found = places(Document("", text, title, "jsonl"))
                blocks = tuple(
                    Block(start, end, kind, (), line)
                    for start, end, kind in zip(found.starts, found.ends, found.kinds, strict=True)
                )
            elif cells and broken:
                columns = tuple(row)
                first += sum(str(row[name]).count("\n") for name in columns[: columns.index(cells[0][0])])
        else:
            self._tell(line)
            cells = [(name, " ".join(as_text(row[column]).split())) for column, name in plan.others]
            text = "\n".join([f"{name}: {cell}" for name, cell in cells if cell])
            blocks = (Block(0, len(text), "table", (), line),) if text else None
        if not text:
            text = title
            if not text:
                self.seed.skips(line, "row without text")
                return
        language = as_text(row.get(plan.language)).strip() or self.seed.options.language
        metadata: dict[str, Scalar | tuple[Scalar, ...]] = {}
        far: list[str] = []
        for column, name in plan.metadata:
            value = row[column]
            if isinstance(value, dict):
                metadata.update(flat_metadata(name, value, far))
                continue
            kept = metadata_value(value)
            if kept is not None:
                metadata[name] = kept
        if far and not self.told_far:  # of a table, this is so for every row
            self.told_far = True
            self.seed.notes(line, too_far(far) + ", here and below")
        yield Document(
            f"{self.seed.name}#{self._id(row.get(plan.id), number, line)}",
            text,
            title,
            self.type,
            language_code(language),
            metadata,
            blocks,
            first,
            digest,
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
        base = name = " ".join(as_text(value).split()) or str(number)
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


def _pick(names: Mapping[str, str], wanted: str, usual: Iterable[str]) -> str:
    if wanted:
        return wanted
    return next((names[name] for name in usual if name in names), "")


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


def _no_constant(name: str) -> None:
    """NaN and the infinities, which JSON does not have, are no value."""


_SPACE = re.compile(r"[ \t\n\r]*")
_SEP = re.compile(r'"?sep=(.)"?\s*', re.IGNORECASE)  # how Excel is told of the delimiter, in a line before the header
_DECODER = json.JSONDecoder(parse_constant=_no_constant)


def _too_deep(value: object, text: str, most: int) -> bool:
    """Whether lists and objects are more than ``most`` deep in one another. ``text`` is what was read, if at hand."""
    if text and text.count("[") + text.count("{") <= most:
        return False
    level = [value]
    for _ in range(most):
        level = [
            item
            for one in level
            if isinstance(one, (dict, list))
            for item in (one.values() if isinstance(one, dict) else one)
            if isinstance(item, (dict, list))
        ]
        if not level:
            return False
    return True


def _deep(most: int) -> str:
    return f"nested more than {most:,} deep; {how_to_raise('depth')}"


def _json_reason(error: ValueError) -> str:
    return f"{error.msg} at column {error.colno}" if isinstance(error, json.JSONDecodeError) else str(error)
