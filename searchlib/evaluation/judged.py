"""Judged sets, and the layouts in which people keep them.

* *BEIR*: a folder with ``queries.jsonl``, ``qrels/NAME.tsv`` and mostly ``corpus.jsonl`` (N. Thakur et al., BEIR,
  NeurIPS 2021, Datasets and Benchmarks).
* *TREC*: a folder with a file of topics (``topics*`` or ``queries*``: a line for each, its number, a tab and its text;
  or ``<top>`` elements) and one of grades (``*qrels*``: topic, iteration, document, grade).
* A *table*: CSV or TSV with the columns ``query``, ``document`` (a path) or ``paragraph`` (an id), and ``grade`` (1
  where it is not there).
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal, TypeAlias

from searchlib.errors import SeedError
from searchlib.files.opening import TooLarge, read_file
from searchlib.guards.arguments import StrPath
from searchlib.guards.limits import LIMITS

Unit: TypeAlias = Literal["document", "paragraph"]
Grades: TypeAlias = dict[str, dict[str, int]]

_TOPIC: Final = re.compile(r"<top>(.*?)</top>", re.DOTALL | re.IGNORECASE)
_NUMBER: Final = re.compile(r"<num>\s*(?:Number:)?\s*([^\s<]+)", re.IGNORECASE)
_TITLE: Final = re.compile(r"<title>\s*(?:Topic:)?\s*([^<]+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Judged:
    """Queries by their ids, and for each the grades of what was judged, by the names of the targets.

    ``unit`` says what the targets are: documents, by path (or, of rows, by their own id), or paragraphs, by id.
    ``corpus`` is the file of documents that came with it, if one did.
    """

    name: str
    queries: Mapping[str, str]
    grades: Mapping[str, Mapping[str, int]]
    unit: Unit = "document"
    corpus: Path | None = None

    @property
    def asked(self) -> Mapping[str, str]:
        """The queries that have a relevant target: of the others nothing can be measured."""
        return {key: text for key, text in self.queries.items() if any(self.grades.get(key, {}).values())}

    @property
    def targets(self) -> frozenset[str]:
        """The names of all that was judged."""
        return frozenset(name for grades in self.grades.values() for name in grades)


def load_judged(path: StrPath, split: str = "test") -> Judged:
    """The judged set at ``path``; ``split`` names the grades of a BEIR folder that has several.

    Raises SeedError for what is in none of the layouts, with the line that is at fault.
    """
    place = Path(path)
    if place.is_dir():
        found = _beir(place, split) if (place / "queries.jsonl").is_file() else _trec(place)
    elif place.is_file():
        found = _table(place)
    else:
        raise SeedError(f"there is no {place}: give a folder in BEIR's or TREC's layout, or a CSV file", place)
    if not found.asked:
        raise SeedError(f"{place} has no query with a relevant target: look at its grades", place)
    return found


def _beir(folder: Path, split: str) -> Judged:
    queries = {}
    for number, line in enumerate(_lines(folder / "queries.jsonl"), 1):
        try:
            row = json.loads(line)
            queries[str(row["_id"])] = str(row["text"])
        except (ValueError, TypeError, KeyError):
            raise _broken(folder / "queries.jsonl", number, '{"_id": …, "text": …}') from None
    files = sorted((folder / "qrels").glob("*.tsv"))
    chosen = [one for one in files if one.stem == split] or files[:1]
    if not chosen:
        raise SeedError(f"{folder} has no grades: qrels/{split}.tsv is missing", folder)
    grades: Grades = {}
    for number, line in enumerate(_lines(chosen[0]), 1):
        cells = line.split("\t")
        if number == 1 and not _is_whole(cells[-1]):
            continue
        _grade(grades, cells, chosen[0], number, "query, document and grade, with tabs between them")
    corpus = folder / "corpus.jsonl"
    return Judged(folder.name, queries, grades, corpus=corpus if corpus.is_file() else None)


def _trec(folder: Path) -> Judged:
    files = sorted(one for one in folder.iterdir() if one.is_file())
    qrels = [one for one in files if "qrels" in one.name.lower()]
    topics = [one for one in files if one.name.lower().startswith(("topics", "queries")) and one not in qrels]
    if len(qrels) != 1 or len(topics) != 1:
        raise SeedError(
            f"{folder} is in no layout: BEIR's has queries.jsonl and qrels/, TREC's a file topics… and one …qrels…",
            folder,
        )
    grades: Grades = {}
    for number, line in enumerate(_lines(qrels[0]), 1):
        cells = line.split()
        _grade(grades, [*cells[:1], *cells[2:]], qrels[0], number, "topic, iteration, document and grade")
    return Judged(folder.name, dict(_topics(topics[0])), grades)


def _topics(file: Path) -> Iterator[tuple[str, str]]:
    text = _text(file)
    if "<top>" in text.lower():
        for topic in _TOPIC.findall(text):
            key, title = _NUMBER.search(topic), _TITLE.search(topic)
            if key is None or title is None:
                raise SeedError(f"{file}: a <top> without <num> or <title>", file)
            yield key[1], " ".join(title[1].split())
        return
    for number, line in enumerate(_lines(file), 1):
        name, tab, query = line.partition("\t")
        if not tab:
            raise _broken(file, number, "the number of a topic, a tab, and its text")
        yield name.strip(), query.strip()


def _table(file: Path) -> Judged:
    dialect = "excel-tab" if file.suffix.lower() == ".tsv" else "excel"
    rows = csv.DictReader(io.StringIO(_text(file)), dialect=dialect)
    columns = rows.fieldnames or ()
    unit: Unit = "paragraph" if "paragraph" in columns else "document"
    if "query" not in columns or unit not in columns:
        raise SeedError(f"{file} has no columns query and document (or paragraph): it has {', '.join(columns)}", file)
    grades: Grades = {}
    for row in rows:
        cells = [row["query"] or "", row[unit] or "", row.get("grade") or "1"]
        _grade(grades, cells, file, rows.line_num, "a query, a target and a grade")
    return Judged(file.stem, {query: query for query in grades}, grades, unit)


def _grade(grades: Grades, cells: list[str], file: Path, line: int, wanted: str) -> None:
    if len(cells) != 3 or not cells[0].strip() or not cells[1].strip() or not _is_whole(cells[2]):
        raise _broken(file, line, wanted)
    grades.setdefault(cells[0].strip(), {})[cells[1].strip()] = int(cells[2])


def _is_whole(text: str) -> bool:
    return re.fullmatch(r"\s*-?\d{1,9}\s*", text) is not None


def _lines(file: Path) -> list[str]:
    return [line for line in _text(file).split("\n") if line.strip()]


def _text(file: Path) -> str:
    try:
        return read_file(file, LIMITS.file_bytes).decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError:
        raise SeedError(f"{file} is not UTF-8: convert it", file) from None
    except TooLarge:
        raise SeedError(f"{file} is larger than {LIMITS.file_bytes:,} bytes", file) from None
    except OSError as error:
        raise SeedError(f"{file} cannot be read ({error.strerror}): see that it is there", file) from None


def _broken(file: Path, line: int, wanted: str) -> SeedError:
    return SeedError(f"{file}, line {line}: {wanted} should stand there", file)
