"""Manifests by somebody who knows the format: what they say is forged, and they are signed anew.

A *forgery* is a change to the JSON of a manifest; `FORGERIES` has them by name, each with a fault of its own. `forge`
makes one in the folder of an index. What is in the other files stays as it was, so that ``searchlib index`` can mend it
all.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeAlias

from searchlib.engines.whoosh.manifest import FORMAT
from searchlib.files.names import MANIFEST

from .damages import seal

Raw: TypeAlias = dict[str, Any]
Forgery: TypeAlias = Callable[[Raw], Any]


def forge(folder: Path, forgery: Forgery) -> None:
    """Change what the manifest of an index says, and sign it."""
    path = folder / MANIFEST
    raw = json.loads(path.read_bytes())
    forgery(raw)
    seal(path, raw)


def put(*place: Any, value: Any) -> Forgery:
    """Put a value in a place: ``put("segments", 0, "tokens", value=1)``."""

    def change(raw: Raw) -> None:
        here: Any = raw
        for key in place[:-1]:
            here = here[key]
        here[place[-1]] = value

    return change


def without(*place: Any) -> Forgery:
    """Leave a value out."""

    def change(raw: Raw) -> None:
        here: Any = raw
        for key in place[:-1]:
            here = here[key]
        del here[place[-1]]

    return change


def _segments(number: int) -> Forgery:
    """Very many segments, each with an id, and files, of its own."""

    def change(raw: Raw) -> None:
        (first, *_) = raw["segments"]
        for place in range(number):
            one = copy.deepcopy(first)
            id = f"{place:016x}"
            one["files"] = {name.replace(one["id"], id): entry for name, entry in one["files"].items()}
            one["id"] = id
            raw["segments"].append(one)

    return change


def _twice(raw: Raw) -> None:
    raw["segments"].append(copy.deepcopy(raw["segments"][0]))


def _renamed(new: str) -> Forgery:
    """A file of a segment under another name."""

    def change(raw: Raw) -> None:
        files = raw["segments"][0]["files"]
        files[new] = files.pop(sorted(files)[0])

    return change


def _swapped(raw: Raw) -> None:
    """The files of one segment under the names of another."""
    one, other = raw["segments"][0], raw["segments"][-1]
    one["files"], other["files"] = other["files"], one["files"]


def _many(name: str, number: int) -> Forgery:
    return lambda raw: raw[name].update({f"{place:x}": 1 for place in range(number)})


def _size(raw: Raw) -> None:
    for entry in raw["files"].values():
        entry["size"] = 2**53 - 1


NUMBERS = (-1, 0, 2**31, 2**53 - 1, 2**53, 10**400, 1.5, True, None, "1", [], {})

FORGERIES: dict[str, Forgery] = {
    **{
        f"{name} {value!r:.12}": put("segments", 0, name, value=value)
        for name in ("records", "documents", "deleted", "tokens")
        for value in NUMBERS
        if (name, value) != ("deleted", 0)  # which it is
        if name != "tokens" or value not in (0, 2**31, 2**53 - 1)  # which are only wrong
    },
    **{f"generation {value!r:.12}": put("generation", value=value) for value in NUMBERS if value != 2**31},
    **{
        f"id {value!r:.12}": put("segments", 0, "id", value=value)
        for value in ("", "x", "..", "../../x", "0" * 16, "0" * 40, 7, None)
    },
    **{
        f"field {value!r}": put("metadata_fields", value=value)
        for value in (
            ["_digest"],
            ["text"],
            [""],
            ["a b"],
            ["a:b"],
            ["year", "by"],
            ["by", "by"],
            [7],
            "by",
            None,
            ["no"],
        )
    },
    **{
        f"{name} {value!r:.20}": put(name, value=value)
        for name in ("languages", "types")
        for value in ({}, {"en": 2**52}, {"en": -1}, {"en": 0}, {"en": 1.5}, {"en": None}, [], None, 7)
    },
    "200,000 languages": _many("languages", 200_000),
    "200,000 types": _many("types", 200_000),
    "a language that is none": put("languages", value={"\x1b[31m": 1}),
    "3,000 segments": _segments(3000),
    "60 segments": _segments(60),
    "a segment twice": _twice,
    "no segments": put("segments", value=[]),
    "segments of nothing": put("segments", value=[None]),
    "files swapped": _swapped,
    **{
        f"file {name!r:.30}": _renamed(name)
        for name in ("../outside", "/etc/passwd", "MAIN_notes.txt", "MAIN_x.trm", "", "MAIN_" + "0" * 16 + ".trm")
    },
    "files of impossible sizes": _size,
    **{f"without {name}": without(name) for name in ("segments", "files", "languages", "settings", "format")},
    "a segment without files": without("segments", 0, "files"),
    **{f"settings {value!r}": put("settings", value=value) for value in (None, 7, [7], "x")},
    **{f"sources {value!r}": put("sources", value=value) for value in (None, 7, {"roots": None}, {"exclude": [7]})},
    "another format": put("format", value=FORMAT + 1),
    "a format that is none": put("format", value="9" * 5000),
}
