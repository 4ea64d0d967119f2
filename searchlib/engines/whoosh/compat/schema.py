"""The Whoosh schema of a record.

==========  ======================================================================
text        the paragraph: Prose, stored
title       of its document: Prose, stored
headings    the heading path, one a line: Prose, stored
document    the path of its document: one exact term, stored
type        ``text``, ``markdown``, ...: one exact term, stored
language    ISO 639-1: one exact term, stored
kind        ``text``, ``item``, ``table``, ...: one exact term, stored
number      of the paragraph in its document, from 1: a column
start       first code point in the document's text: a column
line        of the seed, from 1: a column
metadata    of its document, as JSON: stored
*any*       a metadata key: Meta
==========  ======================================================================

Columns and stored values that only searchlib reads begin with ``_`` (see ``store``).
"""

from __future__ import annotations

from collections.abc import Iterable

from whoosh import columns, fields

from searchlib.engines.whoosh.compat.fieldtypes import Meta, Prose
from searchlib.model.fields import EXACT, NUMBERS, PROSE


def record_schema(metadata: Iterable[str] = (), language: str = "") -> fields.Schema:
    """The schema of an index whose documents have these metadata fields."""
    schema = fields.Schema()
    for name in PROSE:
        schema.add(name, Prose(language))
    for name in EXACT:
        schema.add(name, fields.ID(stored=True))
    for name in NUMBERS:
        schema.add(name, fields.COLUMN(columns.NumericColumn("I")))
    schema.add("metadata", fields.STORED())
    for name in sorted(set(metadata)):
        schema.add(name, Meta())
    return schema
