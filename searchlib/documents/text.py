"""Plain text: characters that an index can hold, and characters to a document."""

from __future__ import annotations

import re
from collections.abc import Iterator

from searchlib.documents.encodings import decode, first_damage
from searchlib.documents.seed import Seed
from searchlib.model.records import Document
from searchlib.paragraphs import title_line

_UNFIT = re.compile("[\x00\ud800-\udfff]")


def load_text(seed: Seed) -> Iterator[Document]:
    """The file as one document whose paragraphs are to be found (``blocks`` None)."""
    text = text_of(seed)
    yield Document(seed.name, text, title_line(text) or seed.stem, "text", seed.options.language)


def text_of(seed: Seed) -> str:
    """All of a seed as text. What could not be read is noted. Raises SeedError, see `decode`."""
    data = seed.read()
    return clean(decode(data, seed.name, seed.options.encoding, lambda remark: seed.notes(first_damage(data), remark)))


def clean(text: str) -> str:
    r"""``text`` with line breaks as ``\n``, and U+FFFD for what no index can hold: NULs and lone surrogates."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    if text.isascii() and "\0" not in text:
        return text
    if text.startswith("\ufeff"):
        text = text[1:]
    return _UNFIT.sub("\ufffd", text)
