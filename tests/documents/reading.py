"""Reading a seed as `load` does, but here: no sandbox."""

from __future__ import annotations

from typing import Any

from searchlib.documents import LoadOptions, Seed
from searchlib.documents.registry import find, suffix_of
from searchlib.model.locators import where
from searchlib.model.records import Document, Paragraph
from searchlib.paragraphs import split


def documents(name: str, data: str | bytes, told: list[str] | None = None, **options: Any) -> list[Document]:
    said: list[str] = [] if told is None else told

    def tell(line: int, remark: str) -> None:
        said.append(remark)

    data = data.encode() if isinstance(data, str) else data
    return list(find(suffix_of(name), name)(Seed(name, data, None, LoadOptions(**options), tell, tell)))


def one(name: str, data: str | bytes, told: list[str] | None = None, **options: Any) -> Document:
    (document,) = documents(name, data, told, **options)
    return document


def paragraphs(document: Document) -> list[Paragraph]:
    found = split(document)
    assert all(document.text[p.start : p.end] == p.text for p in found)
    return found


def texts(name: str, data: str | bytes) -> list[str]:
    return [p.text for p in paragraphs(one(name, data))]


def shown(document: Document) -> list[tuple[str, str, str]]:
    """Kind, heading path, text of each paragraph."""
    return [(p.kind, " > ".join(p.headings), p.text) for p in paragraphs(document)]


def placed(document: Document) -> list[tuple[str, str]]:
    """Place and text of each paragraph."""
    return [(where(p.locators, p.line), p.text) for p in paragraphs(document)]
