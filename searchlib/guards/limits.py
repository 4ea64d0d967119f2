"""Limits: how much of a query, a seed or an index searchlib takes on, in one place.

What comes from a stranger may be made to be expensive. Each limit has a default that ordinary use does not meet; what
is over it is refused or left out with a message that names the limit, and `Limits` sets another. SECURITY.md has the
table.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import field, fields, replace
from typing import Any, Final

from searchlib.errors import SettingsError
from searchlib.frozen import frozen

GIB = 1 << 30
_MOST: Final = 1 << 62


def _limit(default: Any, meaning: str) -> Any:
    return field(default=default, metadata={"meaning": meaning})


@frozen
class Limits:
    """What may be asked and read. Sizes are in bytes, ``timeout`` in seconds; ``limits.with_(timeout=5)`` changes some.

    Raises:
        SettingsError: a limit is not a number above 0, or above all that is counted here.
    """

    query_length: int = _limit(20_000, "code points of a query")
    query_clauses: int = _limit(1_024, "clauses of a query: words, and patterns, which count more")
    timeout: float | None = _limit(None, "seconds that a search may take")
    file_bytes: int = _limit(GIB, "bytes of a file that is read whole, of any file once decompressed, and of a row")
    unpacked_ratio: int = _limit(200, "how many times larger than itself a file may decompress to be")
    unpacked_small: int = _limit(64 << 20, "bytes that a file may decompress to, however small it is itself")
    columns: int = _limit(4_096, "columns of a table")
    metadata_fields: int = _limit(256, "fields of metadata of a document")
    depth: int = _limit(64, "depth of nesting in a document's data")
    parser_seconds: int = _limit(300, "seconds for a file whose parser runs in a process of its own")
    parser_memory: int = _limit(2 * GIB, "bytes of memory that such a parser may take, besides the file")
    parser_output: int = _limit(GIB // 4, "bytes of text, with what is known of it, that it may give")
    members: int = _limit(20_000, "files in a file: members of an archive, attachments of a message")
    pages: int = _limit(20_000, "pages of a document: no more are read")

    def __post_init__(self) -> None:
        for name in NAMES:
            value = getattr(self, name)
            if name == "timeout" and value is None:
                continue
            kinds = (int, float) if name == "timeout" else (int,)
            if not isinstance(value, kinds) or isinstance(value, bool) or not value > 0:
                kind = "number" if name == "timeout" else "whole number"
                raise SettingsError(f"the limit {name} is {value!r}: give a {kind} above 0")
            if value > _MOST:
                raise SettingsError(f"the limit {name} is {value!r}: give a number of at most {_MOST:,}")

    def with_(self, **others: Any) -> Limits:
        """These limits with those that are given: None means that one is not."""
        given = {name: value for name, value in others.items() if value is not None}
        return replace(self, **given) if given else self


NAMES: tuple[str, ...] = Limits.__match_args__
MEANINGS: Mapping[str, str] = {one.name: one.metadata["meaning"] for one in fields(Limits)}
LIMITS = Limits()
"""The defaults."""


def how_to_raise(name: str) -> str:
    """What to do about a limit that was met, for the end of a message."""
    in_file, variable = name.replace("_", "-"), "SEARCHLIB_LIMITS_" + name.upper()
    return f"raise it by {name} of searchlib.Limits, {in_file} in [tool.searchlib.limits], or {variable}"
