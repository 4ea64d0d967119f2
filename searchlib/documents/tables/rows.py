"""Rows of files, each of which is a document. `csvrows` and `jsonrows` read them.

A *row* is a mapping from column to value. Its *plan* says which column is what: by the options, or else by the
usual names. Rows with the same columns share one. Rows are read one at a time; a bad one is skipped and
reported with its line, and the next is read.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Mapping

from searchlib.documents.markup.frontmatter import too_far
from searchlib.documents.seed import LoadOptions, Seed
from searchlib.documents.tables.cells import as_text, flat_metadata, language_code, metadata_value
from searchlib.documents.text import clean
from searchlib.frozen import frozen
from searchlib.model.records import Block, Document, Scalar
from searchlib.paragraphs import places

IDS = ("id", "_id", "docid", "doc_id", "key")
TITLES = ("title", "name", "headline", "subject")
TEXTS = ("abstract", "text", "body", "content", "contents", "article", "passage")
LANGUAGES = ("language", "lang")
MAX_PLANS = 256
"""Sets of columns to remember the plans of; more than this, and rows have hardly any in common."""


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


class Rows:
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
