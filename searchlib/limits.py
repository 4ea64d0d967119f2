"""Limits: how much of a query, a seed or an index searchlib takes on, in one place.

What comes from a stranger may be made to be expensive. Each limit has a default that ordinary use does not meet; what
is over it is refused or left out with a message that names the limit, and `Limits` sets another. SECURITY.md has the
table.
"""

from __future__ import annotations

from dataclasses import dataclass, fields

from searchlib.errors import SettingsError

GIB = 1 << 30


@dataclass(frozen=True, slots=True)
class Limits:
    """What may be asked and read. Sizes are bytes unless said otherwise; None is no limit.

    Of a query: ``query_length`` code points, ``query_clauses`` words, phrases and patterns in it, ``timeout`` seconds.
    Of a seed: ``file_bytes`` of a file that is read whole, of any file once decompressed, and of a row;
    ``unpacked_ratio`` of decompressed to compressed size; ``columns`` of a table; ``metadata_fields`` of a document,
    and ``depth`` of nesting in its data.

    Raises:
        SettingsError: a limit is not a number above 0.
    """

    query_length: int = 100_000
    query_clauses: int = 4_096
    timeout: float | None = None
    file_bytes: int = GIB
    unpacked_ratio: int = 200
    columns: int = 4_096
    metadata_fields: int = 256
    depth: int = 64

    def __post_init__(self) -> None:
        for one in fields(self):
            value = getattr(self, one.name)
            if one.name == "timeout" and value is None:
                continue
            kinds = (int, float) if one.name == "timeout" else (int,)
            if not isinstance(value, kinds) or isinstance(value, bool) or not value > 0:
                raise SettingsError(f"the limit {one.name} is {value!r}: give a number above 0")


LIMITS = Limits()
"""The defaults."""
