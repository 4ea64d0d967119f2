"""Jupyter notebooks (format 3 and 4): cells of text by the loader of Markdown, code, and what it printed."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

from searchlib.documents.builder import Builder
from searchlib.documents.markup.markdown import load_markdown
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean, text_of
from searchlib.errors import SeedError
from searchlib.model.locators import Locator
from searchlib.model.records import Document

_MOST_PRINTED: Final = 20_000  # code points of what a cell printed
_ESCAPES: Final = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]")


def load_notebook(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks, each in its cell. Raises SeedError if it is no notebook."""
    source = text_of(seed)
    if not source.strip():
        return
    try:
        notebook = json.loads(source)
    except (ValueError, RecursionError):
        raise SeedError(
            "no notebook, or a damaged one: is not JSON; open it with Jupyter and save it", seed.name
        ) from None
    cells = _cells(notebook)
    if cells is None:
        raise SeedError("no notebook: has no cells; name it .json if it is other JSON", seed.name)
    builder = Builder()
    for number, cell in enumerate(cells, 1):
        if isinstance(cell, dict):
            _add(builder, seed, cell, number)
    about = _mapping(notebook.get("metadata"))
    title = about.get("title")
    title = " ".join(clean(title).split()) if isinstance(title, str) else ""
    language = _mapping(about.get("kernelspec")).get("language") or _mapping(about.get("language_info")).get("name")
    metadata = {"code": language} if isinstance(language, str) and language else {}
    named = title or builder.first_heading or seed.stem
    yield Document(seed.name, builder.text, named, "notebook", seed.options.language, metadata, builder.blocks, line=0)


def _cells(notebook: object) -> list[Any] | None:
    if not isinstance(notebook, dict):
        return None
    cells = notebook.get("cells")
    if cells is None and isinstance(sheets := notebook.get("worksheets"), list):  # format 3
        cells = [cell for sheet in sheets for cell in _list(_mapping(sheet).get("cells"))]
    return cells if isinstance(cells, list) else None


def _add(builder: Builder, seed: Seed, cell: Mapping[str, Any], number: int) -> None:
    kind = cell.get("cell_type")
    source = _text(cell.get("source", cell.get("input")))
    count = cell.get("execution_count", cell.get("prompt_number"))
    place = (Locator("cell", number, f"In [{count}]" if kind == "code" and isinstance(count, int) else ""),)
    if kind == "heading":  # format 3
        level = cell.get("level")
        builder.add(source, "heading", 0, level if isinstance(level, int) and 0 < level < 7 else 1, place)
    elif kind == "markdown":
        part = replace(seed, name="cell.md", source=source.encode("utf-8", "replace"), notes=lambda line, remark: None)
        for document in load_markdown(part):
            builder.copy(document, place)
    else:
        builder.add(source, "code" if kind == "code" else "text", 0, 0, place)
        for output in _list(cell.get("outputs")):
            printed = _printed(_mapping(output))
            builder.add(printed[:_MOST_PRINTED], "code", 0, 0, place)


def _printed(output: Mapping[str, Any]) -> str:
    """What a reader sees of an output that is text; not the traces of errors but what they say."""
    if output.get("output_type") in ("error", "pyerr"):
        return f"{output.get('ename', '')}: {output.get('evalue', '')}"
    data = _mapping(output.get("data", output))
    for form in ("text/markdown", "text/latex", "text/plain", "text"):
        if form in data:
            return _ESCAPES.sub("", _text(data[form]))
    return ""


def _text(value: object) -> str:
    """Text, which may be in lines."""
    if isinstance(value, list):
        return "".join(one for one in value if isinstance(one, str))
    return value if isinstance(value, str) else ""


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, dict) else {}


def _list(value: object) -> list[Any]:
    return value if isinstance(value, list) else []
