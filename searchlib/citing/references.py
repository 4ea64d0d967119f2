"""Ids, references and labels, as they are written.

A *reference* is ``searchlib:`` and an id, for a part of its paragraph with the range of it: a fragment identifier of
plain text (RFC 5147), ``searchlib:4f8m0c2k9x1pt7aw#char=12,40``. A *label* is that of a footnote,
``[^4f8m0c2k9x1pt7aw-12-40]``.
"""

from __future__ import annotations

import re

from searchlib.concurrency.lazily import lazy_expression
from searchlib.model.records import ID_LENGTH

Span = tuple[int, int]

ID_CHARACTER = "[0-9a-hjkmnp-tv-z]"
ID = rf"{ID_CHARACTER}{{{ID_LENGTH}}}"
PART = r"(?:#char=(\d{1,9}),(\d{1,9}))?"
_REFERENCE = lazy_expression(rf"searchlib:({ID_CHARACTER}{{4,{ID_LENGTH}}}){PART}")
_NAMED = lazy_expression(rf"(?:searchlib:)?([^#]*){PART}")


def reference(id: str, part: Span | None) -> str:
    """What names a quote in any file: ``searchlib:ID``, for a part of the paragraph with its range in it."""
    return f"searchlib:{id}" + (f"#char={part[0]},{part[1]}" if part is not None else "")


def label(id: str, part: Span | None) -> str:
    """The label of a footnote: ``[^ID]``, for a part with its range: ``[^ID-12-40]``."""
    return f"[^{id}-{part[0]}-{part[1]}]" if part is not None else f"[^{id}]"


def read_reference(text: str) -> tuple[str, Span | None] | None:
    """The id of a reference, or the beginning of one, and the range of a part, if it names one; None if it is none."""
    match = _REFERENCE.fullmatch(text)
    return _named(match) if match is not None else None


def parse_reference(text: str) -> tuple[str, Span | None]:
    """The same of what a person gives, which may be an id alone."""
    match = _NAMED.fullmatch(text.strip())
    return _named(match) if match is not None else (text, None)


def _named(match: re.Match[str]) -> tuple[str, Span | None]:
    return match[1], (int(match[2]), int(match[3])) if match[2] else None
