"""Files with citations: read, checked, and mended where a citation only moved.

What is mended is what stands in a slot of a citation: id, number, line, path, positions, hash and context. All other
bytes stay as they are, whatever encoding and line breaks they have; a file is replaced whole or not at all.
"""

from __future__ import annotations

import os
import re
import tempfile
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote as percent_encoded

from searchlib.citing.checking import Check, check
from searchlib.citing.citation import Citation
from searchlib.citing.finding import find_in_text
from searchlib.citing.found import Found, Slot
from searchlib.citing.jsonfinding import find_in_json
from searchlib.citing.library import Library
from searchlib.citing.normal import same_line
from searchlib.errors import SeedError

_NO_UTF8 = re.compile("[\udc80-\udcff]")
_NO_ASCII = re.compile("[^\x00-\x7f]")
JSON_SUFFIXES = frozenset((".json", ".jsonl", ".jsonld", ".ndjson", ".ipynb", ".geojson"))


@dataclass(frozen=True, slots=True)
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
    from searchlib.documents.text import legacy_encoding, mark_of

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


def find(text: str, name: str = "") -> list[Found]:
    """The citations of a text, which is taken for JSON if it is, and if ``name`` or its beginning looks like it."""
    if "searchlib:" not in text and "[^" not in text and "selector" not in text and '"quote"' not in text:
        return []
    if Path(name).suffix.lower() in JSON_SUFFIXES or text.lstrip("\ufeff \t\r\n")[:1] in ("{", "["):
        try:
            return find_in_json(text)
        except ValueError:
            pass  # a text that begins so, JSON with comments, or a line of JSON Lines that is broken
    return find_in_text(text)


def check_text(text: str, library: Library, name: str = "") -> list[Check]:
    """What became of the citations of a text."""
    return check(find(text, name), library, text, name)


def read(path: Path) -> TextFile:
    """The text of a file. Raises SeedError for what is no text, OSError for what cannot be read."""
    return decode(path.read_bytes(), os.fspath(path))


def check_file(path: Path, library: Library) -> list[Check]:
    """What became of the citations of a file. Raises as `read` does."""
    return check_text(read(path).text, library, os.fspath(path))


def mended(text: str, checks: Iterable[Check]) -> tuple[str, int]:
    """``text`` with the citations mended that only moved, and how many were."""
    edits, count = _edits(text, checks)
    return "".join(_applied(text, edits)), count


def mend_file(path: Path, file: TextFile, checks: Iterable[Check]) -> int:
    """Mend the citations of a file that only moved; how many were. The file is not touched if none."""
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
    _replace(path, file.mark + body)
    return count


def _edits(text: str, checks: Iterable[Check]) -> tuple[list[tuple[int, int, str]], int]:
    edits: dict[tuple[int, int], str] = {}
    count = 0
    for checked in checks:
        if not checked.mendable or checked.now is None:
            continue
        changed = {
            (slot.start, slot.end): new
            for slot in checked.found.slots
            if (new := _rewritten(slot, checked.found, checked.now, text)) is not None
        }
        edits.update(changed)
        count += bool(changed)
    return [(start, end, new) for (start, end), new in sorted(edits.items())], count


def _applied(text: str, edits: Sequence[tuple[int, int, str]]) -> list[str]:
    pieces = []
    at = 0
    for start, end, new in edits:
        pieces += [text[at:start], new]
        at = end
    return [*pieces, text[at:]]


def _rewritten(slot: Slot, found: Found, now: Citation, text: str) -> str | None:
    """What is to be written in a slot; None if what is there is right."""
    value = _value(slot, found, now, text[slot.start : slot.end])
    new = slot.write(value) if value is not None else None
    return new if new != text[slot.start : slot.end] else None


def _value(slot: Slot, found: Found, now: Citation, old: str) -> Any:
    """What a slot has to say; None to leave it as it is."""
    if slot.name in ("reference", "label"):
        return _reference(slot.name, found, now)
    if slot.name == "path":
        return now.path if _moved_from(found, now) else None
    if slot.name == "spans":
        return int(old) + now.start - found.start if found.start is not None and old.isdecimal() else None
    value = _source(found, now) if slot.name == "source" else getattr(now, slot.name)
    return None if value == "" else value  # what cannot be said now is left


def _reference(form: str, found: Found, now: Citation) -> str:
    """A reference or label, with as much of the id as was written and a range where there was one."""
    id = found.id if now.id.startswith(found.id) else now.id
    part = (now.offset, now.offset + now.end - now.start) if found.part is not None else None
    if form == "label":
        return f"[^{id}-{part[0]}-{part[1]}]" if part else f"[^{id}]"
    return f"searchlib:{id}" + (f"#char={part[0]},{part[1]}" if part else "")


def _moved_from(found: Found, now: Citation) -> bool:
    return found.path is not None and same_line(found.path) != same_line(now.path)


def _source(found: Found, now: Citation) -> str | None:
    """The document's address, where it was that of the document cited."""
    if found.path is None or found.source is None:
        return None
    if found.source == percent_encoded(found.path, errors="replace"):
        return percent_encoded(now.path, errors="replace")
    return now.url or None


def _replace(path: Path, data: bytes) -> None:
    """Put ``data`` in the place of a file, which is there whole at any moment; a link stays a link."""
    target = path.resolve()
    mode = target.stat().st_mode
    descriptor, name = tempfile.mkstemp(prefix=f".{target.name[:100]}.", dir=target.parent)
    try:
        with os.fdopen(descriptor, "wb") as stream:
            stream.write(data)
            stream.flush()
            os.fsync(stream.fileno())
        os.chmod(name, mode & 0o7777)  # noqa: PTH101
        os.replace(name, target)  # noqa: PTH105
    except BaseException:
        os.unlink(name)  # noqa: PTH108
        raise
