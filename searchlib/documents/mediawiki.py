"""MediaWiki: pages as they are written, without templates, with notes after their paragraph."""

from __future__ import annotations

import html
import re
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Final
from xml.etree.ElementTree import Element

from searchlib.documents.builder import Builder
from searchlib.documents.inline import raised
from searchlib.documents.markuplines import MarkedLines, numbered
from searchlib.documents.sandboxing import sandboxed
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean, text_of
from searchlib.documents.xmltrees import child, flat, local
from searchlib.model.records import Document, Scalar

_HEADING: Final = re.compile(r"(={1,6})[ \t]*(.*?\S)[ \t]*\1[ \t]*")
_COMMENT: Final = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_BRACES: Final = re.compile(r"\{\{[^{}]*\}\}")
_REF: Final = re.compile(r"<ref\b[^<>]*/>|<ref\b[^<>]*>(.{0,5000}?)</ref>", re.DOTALL | re.IGNORECASE)
_CODE: Final = re.compile(r"<(pre|syntaxhighlight|source|nowiki)\b[^<>]*(?<!/)>", re.IGNORECASE)
_FILE: Final = re.compile(r"\[\[(?:File|Image|Datei|Bild|Fichier|Archivo|Файл):([^\[\]]*)\]\]", re.IGNORECASE)
_CATEGORY: Final = re.compile(
    r"\[\[(?:Category|Kategorie|Catégorie|Categoría|Категория):([^\[\]|]+)[^\[\]]*\]\]\n?", re.IGNORECASE
)
_LINK: Final = re.compile(r"\[\[(?:[^\[\]|]*\|)?([^\[\]|]*)\]\]")
_URL: Final = re.compile(r"\[(?:mailto:|(?:https?:|ftp:)?//)[^\s\[\]]+(?:[ \t]+([^\[\]]*))?\]")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,300}>")
_SUP: Final = re.compile(r"<sup>([^<>]{0,40})</sup>", re.IGNORECASE)
_CELL: Final = re.compile(r"\|\||!!")
_MARKED: Final = "\x00"
_MOST_NESTED: Final = 40


@sandboxed
def load_wiki(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks."""
    source = text_of(seed)
    builder, categories = _blocks(source)
    metadata: dict[str, Scalar | tuple[Scalar, ...]] = {"categories": categories} if categories else {}
    yield Document(seed.name, builder.text, seed.stem, "mediawiki", seed.options.language, metadata, builder.blocks)


def pages_of(root: Element, seed: Seed) -> Iterator[Document]:
    """The pages of a dump, each a document; not those that only lead to another."""
    taken: set[str] = set()
    for page in root:
        title = clean(flat(child(page, "title")))
        text = child(page, "revision", "text")
        if local(page) != "page" or child(page, "redirect") is not None or text is None:
            continue
        name = f"{seed.name}#{title.replace('#', '_') or len(taken) + 1}"
        while name in taken:
            name += "~"
        taken.add(name)
        builder, categories = _blocks(clean(text.text or ""))
        metadata: dict[str, Scalar | tuple[Scalar, ...]] = {"categories": categories} if categories else {}
        date = flat(child(page, "revision", "timestamp"))
        if date:
            metadata["date"] = date
        blocks = tuple(replace(block, line=0) for block in builder.blocks)
        yield Document(name, builder.text, title, "mediawiki", seed.options.language, metadata, blocks, line=0)


def _blocks(source: str) -> tuple[Builder, tuple[str, ...]]:  # noqa: PLR0912, PLR0915 - what a line begins with
    """The blocks of a page, and its categories. Lines stay where they are."""
    kept: list[str] = []

    def keep(tag: str, inner: str) -> str:
        kept.append(inner)
        inline = "" if "\n" in inner or tag != "nowiki" else "i"
        return f"{_MARKED}{inline}{len(kept) - 1}{_MARKED}" + "\n" * inner.count("\n")

    def lines_of(match: re.Match[str]) -> str:
        return "\n" * match[0].count("\n")

    source = _COMMENT.sub(lines_of, source.replace(_MARKED, ""))
    source = _replaced(source, keep)
    for _ in range(_MOST_NESTED):
        source, count = _BRACES.subn(lines_of, source)
        if not count:
            break
    categories = tuple(dict.fromkeys(match[1].strip() for match in _CATEGORY.finditer(source)))
    source = _CATEGORY.sub("\n", source)
    notes: list[tuple[str, str]] = []

    def noted(match: re.Match[str]) -> str:
        mark = ""
        if match[1] and match[1].strip():
            mark = raised(str(len(notes) + 1))
            notes.append((mark, match[1]))
        return mark + "\n" * match[0].count("\n")

    source = _REF.sub(noted, source)
    lines = MarkedLines(_plain)
    rows: list[list[str]] | None = None
    begun = told = 0
    for number, whole in numbered(source):
        bare = whole.strip()
        if bare.startswith(_MARKED) and not bare.startswith(f"{_MARKED}i"):
            lines.code(kept[int(bare.split(_MARKED)[1])].split("\n"), number)
            continue
        line = re.sub(rf"{_MARKED}i?(\d+){_MARKED}", lambda match: _entities(kept[int(match[1])]), whole)
        if rows is not None:
            if bare.startswith("|}"):
                lines.table(rows, begun)
                rows = None
            elif bare.startswith("|-"):
                rows.append([])
            elif bare.startswith(("|+", "|", "!")):
                cells = [
                    cell.rpartition("|")[2] if "[[" not in cell else cell for cell in _CELL.split(bare.lstrip("|+!"))
                ]
                rows[-1] += cells
            elif rows[-1]:
                rows[-1][-1] += f" {bare}"
        elif bare.startswith("{|"):
            lines.end()
            rows, begun = [[]], number
        elif match := _HEADING.fullmatch(bare):
            lines.heading(match[2], max(1, len(match[1]) - 1), number)
        elif line[:1] in "*#;:" and line.strip("*#;: "):
            is_quote = line.startswith(":")
            lines.add(line.lstrip("*#;: "), number, "text" if is_quote else "item", anew=True)
        elif re.match(r"-{4,}|__[A-Z]+__$|#redirect", bare, re.IGNORECASE):
            lines.end()
        else:
            lines.add(line, number, "text", anew=lines.kind == "item")
        if lines.kind is None:
            for mark, text in notes[told:]:
                if mark not in lines.builder.text[-4000:]:
                    break
                lines.builder.add(f"{mark} {_plain(text)}", "text", number)
                told += 1
    if rows:
        lines.table(rows, begun)
    lines.end()
    for mark, text in notes[told:]:
        lines.builder.add(f"{mark} {_plain(text)}", "text", max(1, source.count("\n")))
    return lines.builder, categories


def _replaced(source: str, keep: Callable[[str, str], str]) -> str:
    """``source`` with what ``keep`` makes of each element of code; in one pass, also where none is closed."""
    lowered = source.lower()
    parts = []
    done = 0
    never: set[str] = set()
    for match in _CODE.finditer(source):
        tag = match[1].lower()
        if match.start() < done or tag in never:
            continue
        end = lowered.find(f"</{tag}>", match.end()) if len(lowered) == len(source) else -1
        if end < 0:
            never.add(tag)
            continue
        parts += [source[done : match.start()], keep(tag, source[match.end() : end])]
        done = end + len(tag) + 3
    return "".join([*parts, source[done:]])


def _entities(text: str) -> str:
    """Text that is no markup, so that it stays."""
    return "".join(f"&#{ord(letter)};" if letter in "[]{}<>&'=*#|" else letter for letter in text)


def _plain(text: str) -> str:
    text = _FILE.sub(lambda match: " " + (match[1].rpartition("|")[2] if "|" in match[1] else "") + " ", text)
    text = _LINK.sub(r"\1", text)
    text = _URL.sub(lambda match: match[1] or "", text)
    text = re.sub("'{2,5}", "", text)
    text = _SUP.sub(lambda match: raised(match[1]), text)
    return html.unescape(_TAG.sub("", text)).strip()
