"""What is known of a file besides what is in it: by a table of files, by its path, by where it is and of which day.

* A *sidecar* is a file of rows (CSV, TSV or JSON Lines) in which a row has the ``path`` of a file, and what is known of
  it. Title and language are the document's, the rest is metadata; it counts before what the file itself says.
* A *pattern* is a path with names in braces, ``speeches/{year}-{president}.txt``: what stands there is metadata, and
  the file's own counts before it. A name is as short as it can be and stays within a folder; ``*`` is any such part
  without a name, ``**`` any folders. The first pattern that fits a path counts.
* Of the *file* there are its ``folder``, with those that it is in, and the day on which it was ``modified``, if they
  are asked for: by default nothing depends on a clock.

Paths are those of the index (``seeds/speeches/1990-a.txt``), or those below the folder that was named.
"""

from __future__ import annotations

import contextlib
import csv
import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

from searchlib.documents.seed import LoadOptions, Seed, SeedFile, reason_of
from searchlib.documents.tables.cells import flat_metadata, language_code, metadata_value
from searchlib.documents.tables.lines import text_lines
from searchlib.documents.text import clean
from searchlib.errors import SeedError, SettingsError
from searchlib.files.opening import read_file
from searchlib.frozen import frozen
from searchlib.guards.limits import LIMITS, Limits
from searchlib.hashing import blake2b
from searchlib.model.records import Document, Metadata, Scalar

FACTS: Final = ("folder", "modified")
"""What can be known of a file itself."""
LARGEST_SIDECAR: Final = 256 << 20
_JSON: Final = (".jsonl", ".ndjson")
_NAME: Final = re.compile(r"\{([^{}/]*)\}|(\*)")
_SPECIAL: Final = re.compile(r"([\\*?\[\]!# ])")


@frozen
class Description:
    """What is known of a file. ``least`` is metadata that the file's own counts before; ``most`` counts before it."""

    title: str = ""
    language: str = ""
    least: Metadata = field(default_factory=dict)
    most: Metadata = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """16 hexadecimal digits; "" if nothing is known."""
        if self == Description():
            return ""
        parts = [self.title, self.language, dict(self.least), dict(self.most)]
        said = json.dumps(parts, sort_keys=True).encode()
        return blake2b(said, digest_size=8).hexdigest()

    def of(self, document: Document, seed: str) -> Document:
        """A document of the seed of this name, with what is known. A title is that of a whole file, not of a row."""
        digest = self.digest
        if not digest:
            return document
        if document.digest:
            digest = blake2b(f"{document.digest} {digest}".encode(), digest_size=16).hexdigest()
        return replace(
            document,
            title=(self.title if document.path == seed else "") or document.title,
            language=self.language or document.language,
            metadata={**self.least, **document.metadata, **self.most},
            digest=digest if document.digest else "",
        )


class Descriptions:
    """What is known of files by these options. Raises SettingsError for what is no pattern, fact or sidecar."""

    def __init__(self, options: LoadOptions, limits: Limits = LIMITS) -> None:
        for name in options.file_metadata:
            if name not in FACTS:
                raise SettingsError(f"a file has no {name!r}: give {' or '.join(FACTS)}")
        self._facts = options.file_metadata
        self._patterns = [Pattern(one) for one in options.path_patterns]
        self._rows = dict(_described(options.metadata_file, limits)) if options.metadata_file else {}
        self._used: set[str] = set()

    def of(self, seed: SeedFile) -> Description:
        """What is known of a seed."""
        names = (seed.name, seed.name.partition("/")[2]) if "/" in seed.name else (seed.name,)
        found = next((one for one in (pattern.values(name) for pattern in self._patterns for name in names) if one), {})
        known = next((name for name in names if name in self._rows), None)
        row = self._rows[known] if known is not None else Description()
        if known is not None:
            self._used.add(known)
        language = row.language or language_code(found.pop("language", ""))
        title = row.title or found.pop("title", "")
        return Description(title, language, {**self._of_file(seed), **found}, row.most)

    @property
    def of_none(self) -> list[str]:
        """The paths in the sidecar that no seed had that was asked for."""
        return sorted(self._rows.keys() - self._used)

    def _of_file(self, seed: SeedFile) -> dict[str, Scalar | tuple[Scalar, ...]]:
        found: dict[str, Scalar | tuple[Scalar, ...]] = {}
        parts = seed.name.split("/")[:-1]
        if "folder" in self._facts and parts:
            found["folder"] = tuple("/".join(parts[: size + 1]) for size in range(len(parts)))
        if "modified" in self._facts and seed.path is not None:
            # It may have gone meanwhile, or have a time that no calendar has.
            with contextlib.suppress(OSError, ValueError, OverflowError):
                found["modified"] = datetime.fromtimestamp(seed.path.stat().st_mtime, UTC).date().isoformat()
        return found


class Pattern:
    """A path with names in braces. Raises SettingsError for what is none."""

    def __init__(self, pattern: str) -> None:
        self._parts = [_PatternPart(part, pattern) for part in pattern.strip("/").split("/")]
        if [part.any_folders for part in self._parts].count(True) > 1:
            raise SettingsError(f"the path pattern {pattern} has ** more than once: once is enough")
        names = [name for part in self._parts for name in part.names if name]
        if not names or len(names) != len(set(names)):
            raise SettingsError(
                f"the path pattern {pattern} needs names in braces, each once, as in {{year}}-{{by}}.txt"
            )

    def values(self, path: str) -> dict[str, str]:
        """What stands in a path for each name; nothing if it does not fit."""
        given, wanted = path.split("/"), self._parts
        at = next((place for place, part in enumerate(wanted) if part.any_folders), None)
        if at is not None:
            behind = len(wanted) - at - 1
            if len(given) < at + behind:
                return {}
            given = given[:at] + given[len(given) - behind :]
            wanted = wanted[:at] + wanted[at + 1 :]
        if len(given) != len(wanted):
            return {}
        found: dict[str, str] = {}
        for part, one in zip(wanted, given, strict=True):
            values = part.values(one)
            if values is None:
                return {}
            found |= values
        return found


class _PatternPart:
    """A part of a pattern, between slashes: what stands around names, and the names, "" for ``*``."""

    def __init__(self, part: str, pattern: str) -> None:
        self.any_folders = part == "**"
        self.names: list[str] = []
        if self.any_folders:
            return
        pieces = _NAME.split(part)
        self.names = [(name or "").strip() for name in pieces[1::3]]
        self.around = pieces[::3]
        if not all(self.around[1:-1]):
            raise SettingsError(f"in the path pattern {pattern} two names touch: put something between them")
        if any("{" in one or "}" in one for one in self.around) or not all(
            name or star for name, star in zip(self.names, pieces[2::3], strict=True)
        ):
            raise SettingsError(f"in the path pattern {pattern} a name is not in braces, as in {{year}}")

    def values(self, part: str) -> dict[str, str] | None:
        """What stands for each name, as little as it can be; None if the part does not fit. In linear time."""
        first, *others = self.around
        if not others:
            return {} if part == first else None
        if not part.startswith(first):
            return None
        at = len(first)
        found: dict[str, str] = {}
        for name, behind in zip(self.names[:-1], others[:-1], strict=True):
            end = part.find(behind, at + 1)
            if end < 0:
                return None
            found[name] = part[at:end]
            at = end + len(behind)
        end = len(part) - len(others[-1])
        if end <= at or not part.endswith(others[-1]):
            return None
        found[self.names[-1]] = part[at:end]
        found.pop("", None)
        return found


def pattern_of(sidecar: str, roots: Iterable[tuple[str, Path]]) -> list[str]:
    """The patterns that leave a sidecar out of the seeds, as those of ``exclude``: it describes others."""
    place = Path(os.path.realpath(sidecar))
    found = []
    for name, root in roots:
        whole = Path(os.path.realpath(root))
        if whole in place.parents:
            found.append(_SPECIAL.sub(r"\\\1", f"{name}/{place.relative_to(whole).as_posix()}"))
    return found


def _described(sidecar: str, limits: Limits) -> Iterator[tuple[str, Description]]:
    """The paths of a sidecar and what it says of them."""
    try:
        data = read_file(sidecar, LARGEST_SIDECAR)
    except OSError as error:
        raise SettingsError(
            f"the metadata file {sidecar} cannot be read ({reason_of(error)}): see that it is there"
        ) from error
    seed = Seed(sidecar, data, limits=limits)
    try:
        for line, row in _rows_of(seed):
            path = str(row.pop("path", "") or "").strip().removeprefix("./")
            if not path:
                raise SettingsError(
                    f"{sidecar}:{line} has no path: give each row the path of a file, in a column of that name"
                )
            title, language = (str(row.pop(name, "") or "") for name in ("title", "language"))
            yield path, Description(" ".join(clean(title).split()), language_code(language), most=_metadata(row))
    except (SeedError, ValueError, csv.Error, RecursionError) as error:
        raise SettingsError(f"the metadata file {sidecar} is not CSV, TSV or JSON Lines: {error}") from error


def _rows_of(seed: Seed) -> Iterator[tuple[int, dict[str, object]]]:
    if seed.name.lower().removesuffix(".gz").endswith(_JSON):
        for line, text in text_lines(seed):
            if text.strip():
                row = json.loads(text)
                if not isinstance(row, dict):
                    raise ValueError(f"line {line} is no object")
                yield line, row
        return
    lines = [text for _, text in text_lines(seed)]
    header = lines[0] if lines else ""
    reader = csv.DictReader(lines, delimiter=max("\t;,|", key=header.count))
    for row in reader:
        yield reader.line_num, {str(key): value for key, value in row.items() if key is not None}


def _metadata(row: Mapping[str, object]) -> dict[str, Scalar | tuple[Scalar, ...]]:
    found: dict[str, Scalar | tuple[Scalar, ...]] = {}
    for name, value in row.items():
        if isinstance(value, dict):
            found |= flat_metadata(name, value, [])
            continue
        kept = metadata_value(value)
        if kept is not None:
            found[clean(name)] = kept
    return found


__all__: Sequence[str] = ("FACTS", "Description", "Descriptions", "Pattern", "pattern_of")
