"""Files of checks: TOML, or JSON Lines, with a query and what its answer must have in it.

In TOML each ``[[check]]`` is one, and ``[defaults]`` has options for all; in JSON Lines each line is, a line with
``defaults`` alone holds for what follows, and lines that are empty or begin with ``#`` are nothing::

    [defaults]
    within = 3

    [[check]]
    query = "opening hours"
    filter = "lang:en"
    first = "seeds/harbour.md"
    expect = [{ quote = "the last boat is in" }, { document = "seeds/fees.md", within = 10 }]
    absent = ["searchlib:4f8m0c2k9x1pt7aw"]

A target is a table with any of ``document``, ``paragraph`` (an id) and ``quote``, all of which must be so; or a text,
which is a document's path, or a reference. Every mistake is a SettingsError with the line and what to write.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from searchlib.citing.normal import normal
from searchlib.citing.references import parse_reference
from searchlib.errors import SettingsError
from searchlib.files import tomlreading
from searchlib.files.opening import read_file
from searchlib.frozen import frozen
from searchlib.guards.arguments import StrPath
from searchlib.model.jsonable import JsonObject
from searchlib.model.ranking import RANKING_RANGES

if TYPE_CHECKING:
    from searchlib.model.records import Record

WITHIN: Final = 10
"""Hits among which a target is looked for that says no other number."""
_MOST_BYTES: Final = 1 << 26
_OPTIONS: Final = ("filter", "sort", "per-document", "distinct", "synonyms", "names", "ranking")
_KEYS: Final = ("query", "name", "first", "expect", "absent", "within", *_OPTIONS)
_TARGET: Final = ("document", "paragraph", "quote")
_EXAMPLE: Final = 'as first = "seeds/report.md" or expect = [{ quote = "some words", within = 3 }]'


@frozen
class Target:
    """What an answer has in it, or not: a paragraph of this document, with this id, that says these words."""

    document: str = ""
    paragraph: str = ""
    quote: str = ""

    def __str__(self) -> str:
        parts = [self.document, self.paragraph and f"searchlib:{self.paragraph}", self.quote and f"“{self.quote}”"]
        return " ".join(filter(None, parts))

    def is_met_by(self, record: Record) -> bool:
        """Whether a record is it. The name of a file of rows stands for each of them."""
        path = record.document.path
        return (
            (not self.document or path == self.document or path.startswith(self.document + "#"))
            and record.id.startswith(self.paragraph)
            and (not self.quote or normal(self.quote) in normal(record.paragraph.text))
        )


@frozen
class Expectation:
    """That a target is among the first ``within`` hits; or, if ``absent``, not among them, or (None) no hit at all."""

    target: Target
    within: int | None
    absent: bool = False

    def __str__(self) -> str:
        if self.absent:
            return "not at all" if self.within is None else f"not within {self.within}"
        return "first" if self.within == 1 else f"within {self.within}"


@frozen
class AnswerCheck:
    """A query, the options with which it is asked, and what its answer must have in it; and where it stands."""

    name: str
    query: str
    expectations: tuple[Expectation, ...]
    options: Mapping[str, Any]
    where: str

    @property
    def depth(self) -> int:
        """How many hits have to be looked at."""
        return max((one.within or 0 for one in self.expectations), default=0)

    def as_dict(self) -> JsonObject:
        """The query and its options, ready for JSON."""
        return {"query": self.query, **self.options}


def load_checks(path: StrPath) -> list[AnswerCheck]:
    """The checks of a file; its name says what it is: ``.jsonl`` and ``.ndjson`` are JSON Lines, others TOML.

    Raises SettingsError for what cannot be read, or is no check, with its line.
    """
    file = Path(path)
    try:
        text = read_file(file, _MOST_BYTES).decode("utf-8-sig").replace("\r\n", "\n")
    except (OSError, UnicodeDecodeError) as error:
        why = getattr(error, "strerror", None) or "not UTF-8"
        raise SettingsError(f"{file} cannot be read ({why}): give a file of checks in TOML or JSON Lines") from None
    rows = _of_json(text, file) if file.suffix.lower() in (".jsonl", ".ndjson") else _of_toml(text, file)
    checks = [_check(row, defaults, file) for row, defaults in rows]
    seen: dict[str, str] = {}
    for one in checks:
        if one.name in seen:
            raise SettingsError(f"{one.where}: {one.name} is checked at {seen[one.name]} already: give it another name")
        seen[one.name] = one.where
    if not checks:
        raise SettingsError(f"{file} has no checks: write one, as [[check]] with query and first, or expect")
    return checks


@frozen
class _Row:
    """A check as it was read, the line on which it begins, and those of its keys."""

    said: Mapping[str, Any]
    line: int
    lines: Mapping[str, int]

    def where(self, file: Path, key: str = "") -> str:
        return f"{file}, line {self.lines.get(key, self.line)}"


def _of_json(text: str, file: Path) -> Iterator[tuple[_Row, _Row]]:
    defaults = _Row({}, 1, {})
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip() or line.lstrip().startswith("#"):
            continue
        try:
            said = json.loads(line)
        except (ValueError, RecursionError) as error:
            raise SettingsError(f"{file}, line {number}: no JSON ({error}): write an object on each line") from None
        if not isinstance(said, dict):
            raise SettingsError(f'{file}, line {number}: no object: write {{"query": …, "first": …}}')
        if set(said) == {"defaults"}:
            defaults = _defaults(_Row(said["defaults"], number, {}), file)
        else:
            yield _Row(said, number, {}), defaults


def _of_toml(text: str, file: Path) -> Iterator[tuple[_Row, _Row]]:
    try:
        said = tomlreading.loads(text)
    except ValueError as error:
        raise SettingsError(f"{file} is no TOML: {error}; correct it there") from None
    headers = _headers(text)
    for key in said:
        if key not in ("check", "defaults"):
            line = _keys(text.split("\n"), 1).get(key, 1)
            raise SettingsError(f"{file}, line {line}: {key} stands outside of any check: write [[check]] above it")
    lines = text.split("\n")
    begin = next((line for name, line in headers if name == "defaults"), 1)
    defaults = _defaults(_Row(said.get("defaults", {}), begin, _keys(lines[begin:], begin + 1)), file)
    checks = said.get("check", [])
    if not isinstance(checks, list) or not all(isinstance(one, dict) for one in checks):
        raise SettingsError(f"{file}, line {headers[0][1] if headers else 1}: write [[check]], in two brackets")
    places = [line for name, line in headers if name == "check"]
    for number, one in enumerate(checks):
        line = places[number] if len(places) == len(checks) else 1
        yield _Row(one, line, _keys(lines[line:], line + 1)), defaults


def _headers(text: str) -> list[tuple[str, int]]:
    """The tables of a TOML file and the lines on which they begin."""
    found = []
    for number, line in enumerate(text.split("\n"), 1):
        match = re.match(r"\s*\[{1,2}\s*(check|defaults)\s*\]{1,2}", line)
        if match:
            found.append((match[1], number))
    return found


def _keys(lines: list[str], first: int) -> dict[str, int]:
    """The lines of the keys of a table, up to the next one."""
    found: dict[str, int] = {}
    for number, line in enumerate(lines, first):
        if line.startswith("["):
            break
        match = re.match(r"\s*([A-Za-z_-]+)\s*[=.]", line)
        if match:
            found.setdefault(match[1], number)
    return found


def _defaults(row: _Row, file: Path) -> _Row:
    if not isinstance(row.said, Mapping):
        raise SettingsError(f"{row.where(file)}: defaults are no table: write [defaults], and below it within = 3")
    _known(row, file, ("within", *_OPTIONS), "a default")
    return row


def _check(row: _Row, defaults: _Row, file: Path) -> AnswerCheck:
    _known(row, file, _KEYS, "a key of a check")
    query = row.said.get("query")
    if not isinstance(query, str) or not query.strip():
        raise SettingsError(f'{row.where(file, "query")}: no query: write query = "what people ask"')
    name = row.said.get("name", query)
    if not isinstance(name, str) or not name.strip():
        raise SettingsError(f"{row.where(file, 'name')}: name is no text: write it in quotation marks")
    common = _within(defaults.said.get("within", WITHIN), defaults.where(file, "within"))
    usual = _within(row.said.get("within", common), row.where(file, "within"))
    expectations = tuple(_expectations(row, file, usual))
    if not expectations:
        raise SettingsError(
            f"{row.where(file)}: nothing is expected of {name}: add first, expect or absent, {_EXAMPLE}"
        )
    options = {key: (row, row.said[key]) for key in _OPTIONS if key in row.said}
    options = {key: (defaults, defaults.said[key]) for key in _OPTIONS if key in defaults.said} | options
    checked = {
        key.replace("-", "_"): _option(key, value, owner.where(file, key), file)
        for key, (owner, value) in options.items()
    }
    return AnswerCheck(name, query, expectations, checked, row.where(file))


def _known(row: _Row, file: Path, names: tuple[str, ...], what: str) -> None:
    for key in row.said:
        if key not in names:
            from difflib import get_close_matches

            close = get_close_matches(key.replace("_", "-"), names, 1)
            advice = f"did you mean {close[0]}?" if close else f"there are {', '.join(names)}"
            raise SettingsError(f"{row.where(file, key)}: {key} is not {what}: {advice}")


def _expectations(row: _Row, file: Path, usual: int) -> Iterator[Expectation]:
    for key in ("first", "expect", "absent"):
        given = row.said.get(key, [])
        where = row.where(file, key)
        for one in given if isinstance(given, list) else [given]:
            own = one.get("within") if isinstance(one, Mapping) else None
            if key == "first" and own is not None:
                raise SettingsError(f"{where}: first is within 1: leave within out, or write expect")
            within = own if own is not None else {"first": 1, "expect": usual, "absent": None}[key]
            checked = None if within is None else _within(within, where)
            yield Expectation(_target(one, where), checked, key == "absent")


def _within(value: Any, where: str) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= 10_000:
        raise SettingsError(f"{where}: within is {value!r}: give a whole number from 1 to 10,000")
    return value


def _target(given: Any, where: str) -> Target:
    if isinstance(given, str):
        given = {"paragraph": given} if given.startswith("searchlib:") else {"document": given}
    if not isinstance(given, Mapping) or not given:
        raise SettingsError(f"{where}: {given!r} is no target: write a path, a reference, or a table, {_EXAMPLE}")
    said = {key: value for key, value in given.items() if key != "within"}
    for key, value in said.items():
        if key not in _TARGET:
            raise SettingsError(f"{where}: {key} is nothing of a target: give some of {', '.join(_TARGET)}, and within")
        if not isinstance(value, str) or not value.strip():
            raise SettingsError(f"{where}: {key} is {value!r}: give a text")
    if not said:
        raise SettingsError(f"{where}: there is no target beside within: give some of {', '.join(_TARGET)}")
    id, part = parse_reference(said.get("paragraph", ""))
    if part is not None:
        raise SettingsError(f"{where}: a range of a paragraph is no target: leave #char= out, or give a quote")
    return Target(said.get("document", ""), id.lower(), said.get("quote", ""))


def _option(key: str, value: Any, where: str, file: Path) -> Any:
    if key in ("filter", "sort"):
        listed = [value] if isinstance(value, str) else value
        if not isinstance(listed, list) or not all(isinstance(one, str) for one in listed):
            raise SettingsError(f"{where}: {key} is {value!r}: give a text, or a list of texts")
        return listed
    if key == "per-document":
        if not isinstance(value, int) or isinstance(value, bool) or value < 1:
            raise SettingsError(f"{where}: per-document is {value!r}: give a whole number from 1 on")
    elif key in ("distinct", "names"):
        if not isinstance(value, bool):
            raise SettingsError(f"{where}: {key} is {value!r}: give true or false")
    elif key == "synonyms":
        if not isinstance(value, str):
            raise SettingsError(f"{where}: synonyms is {value!r}: give the path of a file, seen from this one")
        return str(file.parent / value)
    elif not isinstance(value, Mapping) or not all(name in RANKING_RANGES for name in value):
        raise SettingsError(f"{where}: ranking is {value!r}: give a table of {', '.join(RANKING_RANGES)}")
    return value
