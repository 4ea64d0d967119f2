"""The records that an index makes of a document: its paragraphs, each with the id that its path and text give."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from searchlib.analysis import base_language, detect_language, language_at
from searchlib.model.records import Document, DocumentInfo, Record, document_digest, paragraph_id
from searchlib.paragraphs.split import split


def language_of(document: Document, language: str, default: str) -> str:
    """The language in which a document is analysed: its own, or that which ``language`` says for its path.

    ``language`` is as `language_at` takes it; with "auto" it is detected, and ``default`` is for what does not tell.
    """
    code = base_language(document.language) or language_at(document.path, language)
    return detect_language(document.text, default) if code == "auto" else code


def records_of(document: Document, language: str | None = None) -> Iterator[Record]:
    """The records of a document in a language; None: in that which it names."""
    info = DocumentInfo(
        document.path,
        document.title,
        document.type,
        document.language if language is None else language,
        document.metadata,
        document_digest(document),
    )
    seen: Counter[str] = Counter()
    for paragraph in split(document):
        said = " ".join(paragraph.text.split())
        yield Record(paragraph_id(document.path, paragraph.text, seen[said]), info, paragraph)
        seen[said] += 1
