"""What the files of a segment are called, and their kinds; a reader needs this, and none of what writes them."""

from __future__ import annotations

from typing import Final

TERMS_KIND: Final = b"TERM"
POSTINGS_KIND: Final = b"POST"
TERMS, POSTINGS, STORED, COLUMNS = ".trm", ".pst", ".sto", ".col"
EXTENSIONS: Final = (TERMS, POSTINGS, STORED, COLUMNS)
