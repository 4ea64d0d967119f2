"""Files with citations: read, checked, and mended where a citation only moved.

What is mended is what stands in a slot of a citation: id, number, line, path, positions, hash and context. All other
bytes stay as they are, whatever encoding and line breaks they have; a file is replaced whole or not at all, and not if
it was changed meanwhile or may not be written. Only regular files are read, and none larger than the limit of a file.
"""

from __future__ import annotations

import contextlib
import json
import os
import re
import stat
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from searchlib.citing.checking import Check, check
from searchlib.citing.citation import Citation
from searchlib.citing.finding import find_in_text
from searchlib.citing.found import Slot, WrittenCitation
from searchlib.citing.jsonfinding import find_in_json, find_in_json_lines
from searchlib.citing.jsontree import NoJson
from searchlib.citing.library import Library
from searchlib.citing.links import address, iri
from searchlib.citing.normal import same_line
from searchlib.citing.references import label, reference
from searchlib.errors import SeedError
from searchlib.files.opening import NotAFile, TooLarge, read_file
from searchlib.frozen import frozen
from searchlib.guards.limits import LIMITS
from searchlib.model.jsonable import as_json
from searchlib.model.locators import from_json

_NO_UTF8 = re.compile("[\udc80-\udcff]")
_NO_ASCII = re.compile("[^\x00-\x7f]")
_JSON_SUFFIXES = frozenset((".json", ".jsonld", ".ipynb", ".geojson"))
_LINES_SUFFIXES = frozenset((".jsonl", ".ndjson"))


@frozen
class TextFile:
    """A file's text, and how it is encoded: ``mark + text.encode(encoding, errors)`` are its bytes."""

    text: str
    encoding: str = "utf-8"
    errors: str = "strict"
    mark: bytes = b""

    def encode(self, text: str) -> bytes:
        """``text`` as it would stand in the file."""
        return text.encode(self.encoding, self.errors)


def decode(data: bytes, name: str = "") -> TextFile:
    """The text of a file, such that it gives the same bytes again. Raises SeedError for what is no text."""
    from searchlib.documents.encodings import legacy_encoding, mark_of

    mark = mark_of(data)
    if mark is not None:
        body = data[len(mark[0]) :]
        tries = [(mark[1], "strict"), (mark[1], "surrogatepass")]
    elif b"\0" in data:
        raise SeedError(f"{name}: binary file; give files of text, Markdown or JSON", name)
    else:
        body = data
        tries = [("utf-8", "strict")]
    for encoding, errors in tries:
        file = _decoded(body, encoding, errors, mark[0] if mark else b"")
        if file is not None:
            return file
    # Bytes that are nothing stand for themselves, unless there are so many that it is another encoding.
    damaged = TextFile(data.decode("utf-8", "surrogateescape"), "utf-8", "surrogateescape")
    if mark is None and 2 * len(_NO_UTF8.findall(damaged.text)) > len(_NO_ASCII.findall(damaged.text)):
        return _decoded(body, legacy_encoding(body), "strict", b"") or damaged
    return damaged


def _decoded(body: bytes, encoding: str, errors: str, mark: bytes) -> TextFile | None:
    try:
        text = body.decode(encoding, errors)
        return TextFile(text, encoding, errors, mark) if text.encode(encoding, errors) == body else None
    except (UnicodeError, LookupError):
        return None


def find(text: str, name: str = "") -> list[WrittenCitation]:
    """The citations of a text, which is taken for JSON if it is, and if ``name`` or its beginning looks like it.

    Raises SeedError for what by its ``name`` is JSON, and is none.
    """
    if not may_cite(text):
        return []
    suffix = Path(name).suffix.lower()
    is_json, is_lines = suffix in _JSON_SUFFIXES, suffix in _LINES_SUFFIXES
    if not (is_json or is_lines or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "[")):
        return find_in_text(text)
    try:
        return find_in_json(text)
    except NoJson as error:
        if is_json:
            line = text.count("\n", 0, error.at) + 1
            raise SeedError(f"{name}: line {line} is no JSON: mend it", name) from None
    return find_in_json_lines(text) if is_lines else find_in_text(text)  # a text may begin like JSON


def may_cite(text: str) -> bool:
    """Whether a text has anything that a citation could be."""
    return any(mark in text for mark in ("searchlib:", "[^", "selector", '"quote"'))


def check_text(text: str, library: Library, name: str = "") -> list[Check]:
    """What became of the citations of a text. Raises as `find` does."""
    return check(find(text, name), library, text, name)


def read(path: Path, limit: int = LIMITS.file_bytes) -> TextFile:
    """The text of a file. Raises SeedError for what is no text, no file or too large, OSError if it cannot be read."""
    try:
        return decode(read_file(path, limit), os.fspath(path))
    except (NotAFile, TooLarge) as error:
        raise SeedError(f"{path} is {error.strerror}: give files of text, Markdown or JSON", path) from error


def check_file(path: Path, library: Library) -> list[Check]:
    """What became of the citations of a file. Raises as `read` and `find` do."""
    return check_text(read(path).text, library, os.fspath(path))


def mended(text: str, checks: Iterable[Check]) -> tuple[str, int]:
    """``text`` with the citations mended that only moved, and how many were."""
    edits, count = _edits(text, checks)
    return "".join(_applied(text, edits)), count


def mend_file(path: Path, file: TextFile, checks: Iterable[Check]) -> int:
    """Mend the citations of a file that only moved; how many were. The file is not touched if none.

    ``file`` is what was read of it. A link stays, and what it leads to is replaced; the mode is kept, and the owner
    where that is allowed. Other names of the file (hard links) keep what it was; access lists and attributes are not
    kept. Raises SeedError if it was changed since, is read-only, or cannot say a path in its encoding, and OSError.
    """
    edits, count = _edits(file.text, checks)
    if not edits:
        return 0
    pieces = _applied(file.text, edits)
    try:
        body = b"".join(map(file.encode, pieces))
        if body.decode(file.encoding, file.errors) != "".join(pieces):
            raise UnicodeError  # an encoding with states, such as ISO 2022
    except UnicodeError:
        raise SeedError(
            f"{path}: a path cannot be written in its encoding, {file.encoding}; convert the file to UTF-8", path
        ) from None
    _replace(path, file.mark + file.encode(file.text), file.mark + body)
    return count


def refreshed(text: str, checks: Sequence[Check]) -> frozenset[int]:
    """Which of the ``checks`` are of citations that stand where they say, and yet are rewritten, as another hash or
    context is around them.
    """
    return frozenset(
        number for number, one in enumerate(checks) if one.status == "unchanged" and _edits(text, [one])[1]
    )


def _edits(text: str, checks: Iterable[Check]) -> tuple[list[tuple[int, int, str]], int]:
    """What is to be written over which ranges, in order and not overlapping, and for how many citations."""
    wanted: dict[tuple[int, int], str] = {}
    count = 0
    for checked in checks:
        if not checked.mendable or checked.now is None:
            continue
        changed = {
            (slot.start, slot.end): new
            for slot in checked.found.slots
            if (new := _rewritten(slot, checked.found, checked.now, text)) is not None
        }
        wanted.update(changed)
        count += bool(changed)
    edits: list[tuple[int, int, str]] = []
    for (start, end), new in sorted(wanted.items()):
        # What is within another slot, such as a label in a path, goes with that.
        if not edits or start >= edits[-1][1]:
            edits.append((start, end, new))
    return edits, count


def _applied(text: str, edits: Sequence[tuple[int, int, str]]) -> list[str]:
    pieces = []
    at = 0
    for start, end, new in edits:
        pieces += [text[at:start], new]
        at = end
    return [*pieces, text[at:]]


def _rewritten(slot: Slot, found: WrittenCitation, now: Citation, text: str) -> str | None:
    """What is to be written in a slot; None if what is there is right."""
    old = text[slot.start : slot.end]
    value = _value(slot, found, now, old)
    new = slot.write(str(value)) if value is not None else None
    return new if new != old else None


def _value(slot: Slot, found: WrittenCitation, now: Citation, old: str) -> str | int | None:
    """What a slot has to say; None to leave it as it is."""
    if slot.name in ("reference", "label"):
        # As much of the id as was written, and a range where there was one.
        id = found.id if now.id.startswith(found.id) else now.id
        return (reference if slot.name == "reference" else label)(id, now.part if found.part is not None else None)
    if slot.name == "path":
        return now.path if found.path is not None and same_line(found.path) != same_line(now.path) else None
    if slot.name == "spans":
        return int(old) + now.start - found.start if found.start is not None and old.isdecimal() else None
    value: str | int | None
    if slot.name == "locators":
        value = _locators(old, now)
    elif slot.name == "fragment":
        value = now.fragment[0]
    else:
        value = _source(found, now) if slot.name == "source" else getattr(now, slot.name)
    return None if value == "" else value  # what cannot be said now is left


def _locators(old: str, now: Citation) -> str | None:
    """Locators in JSON, if they are others: the same may be written in many ways."""
    with contextlib.suppress(ValueError):
        if from_json(json.loads(old)) == now.locators:
            return None
    return json.dumps(as_json(now.locators))


def _source(found: WrittenCitation, now: Citation) -> str | None:
    """The document's path or address, where it was that of the document cited; any other source is somebody's own."""
    if found.path is None or found.source is None:
        return None
    if found.source == iri(found.path):
        return iri(now.path)
    if _page(found.source) and _page(found.source) == _page(found.link or ""):
        return address(now.url) or None
    return None


def _page(url: str) -> str:
    """The address of a page, without the fragment that leads to a quote on it; "" if it is none of the web."""
    return address(url).partition("#")[0]


def _replace(path: Path, before: bytes, data: bytes) -> None:
    """Put ``data`` in the place of a file, which is there whole at any moment, if it still holds ``before``."""
    target = path.resolve()
    status = target.stat()
    # To take the place of a file, only its folder has to be writable.
    if not status.st_mode & (stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH) or not os.access(target, os.W_OK):
        raise SeedError(f"{path} is read-only and was not mended: make it writable", path)
    descriptor, name = tempfile.mkstemp(prefix=".searchlib-", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            _like(descriptor, name, status)
            os.fsync(descriptor)
        # What took the file's place meanwhile, be it a link, is neither followed nor replaced.
        try:
            found = read_file(target.name, len(before), below=target.parent)
        except (NotAFile, TooLarge, FileNotFoundError):
            found = None
        if found != before:
            raise SeedError(f"{path} was changed meanwhile and not mended: run the command again", path)
        os.replace(name, target)  # noqa: PTH105
    except BaseException:
        os.unlink(name)  # noqa: PTH108
        raise


def _like(descriptor: int, name: str, status: os.stat_result) -> None:
    """Give a new file the mode of another, and its owner where that is allowed."""
    if hasattr(os, "fchown"):
        with contextlib.suppress(OSError):
            os.fchown(descriptor, status.st_uid, status.st_gid)
        os.fchmod(descriptor, status.st_mode & 0o7777)
    else:
        os.chmod(name, status.st_mode & 0o7777)  # noqa: PTH101
