"""Fields as a query names them.

* *Prose* fields hold running text, analysed into tokens: text, title, headings.
* Every other field is an *attribute* of the record: its path, language, number, or a key of its metadata.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

PROSE = ("text", "title", "headings")
ATTRIBUTES = ("document", "type", "language", "kind", "number", "line", "start", "end", "id")
ALIASES: Mapping[str, str] = {
    "heading": "headings",
    "path": "document",
    "lang": "language",
    "paragraph": "number",
}
NUMBERS = frozenset({"number", "line", "start", "end"})
CASELESS = frozenset({"type", "language", "kind"})  # always in lower case in the index
HIDDEN = frozenset({"start", "end"})  # can be asked for, but not what advice should name
STORED = frozenset({"metadata"})  # is kept whole; its keys are fields of their own


class Fields:
    """The fields that a query may name, from a Whoosh schema or from names alone."""

    def __init__(self, schema: Any) -> None:
        self._schema = schema
        self._names: frozenset[str] | None = None
        self._similar: dict[str, str] = {}
        if not hasattr(schema, "items"):
            self._names = frozenset(schema)

    def resolve(self, name: str) -> str | None:
        """The field's own name for ``name`` or an alias of it; None when there is no such field."""
        for candidate in (name, ALIASES.get(name), name.lower(), ALIASES.get(name.lower())):
            if candidate is not None and self._has(candidate):
                return candidate
        return None

    def _has(self, name: str) -> bool:
        if name in STORED or name.startswith("_"):
            return False
        return name in (self._schema if self._names is None else self._names)

    def type_of(self, name: str) -> Any:
        """The Whoosh field type, or None where only names are known."""
        return self._schema[name] if self._names is None else None

    def similar(self, name: str) -> str:
        """The known name most like ``name``, or ""."""
        if name not in self._similar:
            from difflib import get_close_matches  # only where a mistake was made

            close = get_close_matches(name.lower(), [*self._known(), *ALIASES], n=1, cutoff=0.6)
            self._similar[name] = close[0] if close else ""
        return self._similar[name]

    def _known(self) -> Iterable[str]:
        names = self._schema.names() if self._names is None else self._names
        return sorted(name for name in names if name not in HIDDEN and self._has(name))

    def listed(self) -> str:
        """The names for a message, the record's own first."""
        known = list(self._known())
        own = [name for name in (*PROSE, *ATTRIBUTES) if name in known]
        others = [name for name in known if name not in own]
        shown = own + others[:10]
        return ", ".join(shown) + (", …" if len(others) > 10 else "")
