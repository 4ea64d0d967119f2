"""Markdown (CommonMark with tables and front matter), as its reader sees it.

The text has no markup: emphasis marks and link targets go, the words of links and the alternative texts of
images stay, code stays as it is, a table row is its cells joined by " | ". Inline HTML is dropped but for the words
between its tags; a block of HTML is read as HTML.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING

from searchlib.documents.builder import Builder
from searchlib.documents.markup import frontmatter
from searchlib.documents.markup.htmlsource import without_comments
from searchlib.documents.markup.inline import READINGS, in_source, raised
from searchlib.documents.seed import Seed
from searchlib.documents.text import text_of
from searchlib.model.records import Document, Kind
from searchlib.paragraphs import title_line

if TYPE_CHECKING:
    from markdown_it import MarkdownIt
    from markdown_it.rules_core import StateCore
    from markdown_it.token import Token

MAX_SIZE = 8 << 20
"""Code points; the parser does about a million a second, so what is larger is read as plain text."""
MAX_LINES = 100_000
MAX_NESTING = 60
"""Levels; the parser leaves out what is nested deeper, so such a file is read as plain text."""

_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|\Z)", re.DOTALL | re.IGNORECASE)
_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_BREAK = re.compile(r"<(?:br|p|/p|div|/div|li|tr|h[1-6])\b[^<>]*>", re.IGNORECASE)
# What emphasis, strikethrough, code, links, images, HTML, entities and escapes begin with.
_MARK = re.compile(r"[*_~`\[<&\\]")
_SOFT_BREAK = re.compile(r" *\n[ \t]*")
# What the inline parser takes quadratic time for, if there are thousands in a row.
_COSTLY = re.compile(r"[\[\]!*_<`~&\\|]{400}|(?:[\[!*_<~][\w ]{0,3}[\]()]{0,2}){2000}")


def load_markdown(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks."""
    source = text_of(seed)
    values, begin, problem = frontmatter.read(source, seed.name, seed.limits.depth)
    if problem:
        seed.notes(1, problem)
    title = _said(values, "title")
    language = (_said(values, "language") or _said(values, "lang"))[:2].lower()
    said = ("title", "lang", "language")
    far: list[str] = []
    metadata = frontmatter.flatten({key: value for key, value in values.items() if key not in said}, far)
    if far:
        seed.notes(1, frontmatter.too_far(far))
    line = source.count("\n", 0, begin) + 1
    body = source[begin:]
    builder = _parsed(seed, body, line)
    if builder is None:
        named = title or title_line(body) or seed.stem
        yield Document(seed.name, body, named, "markdown", language or seed.options.language, metadata, None, line)
        return
    title = title or builder.first_heading or seed.stem
    text, blocks = builder.text, builder.blocks
    yield Document(seed.name, text, title, "markdown", language or seed.options.language, metadata, blocks, line)


def _parsed(seed: Seed, body: str, line: int) -> Builder | None:
    """The blocks of ``body``; None if the parser is no match for it."""
    if len(body) > MAX_SIZE or body.count("\n") > MAX_LINES or _COSTLY.search(body):
        seed.notes(line, "too large or too costly for the Markdown parser; read as plain text")
        return None
    try:
        tokens = _parser().parse(body)
    except RecursionError:
        tokens = None
    if tokens is None or any(token.level >= MAX_NESTING - 1 for token in tokens):
        seed.notes(line, "nested too deeply for the Markdown parser; read as plain text")
        return None
    builder = Builder()
    _Walk(builder, line).run(tokens)
    return builder


@cache
def _parser() -> MarkdownIt:
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark", {"maxNesting": MAX_NESTING}).enable(["table", "strikethrough"])
    parser.core.ruler.at("inline", _parse_inline)
    return parser


def _parse_inline(state: StateCore) -> None:
    """The parser's own rule, but for text that has no mark that any rule of it begins with: most of it."""
    for token in state.tokens:
        if token.type == "inline" and _MARK.search(token.content):
            token.children = []
            state.md.inline.parse(token.content, state.md, state.env, token.children)


def _said(values: dict[str, object], key: str) -> str:
    value = frontmatter.scalar(values.get(key))
    return " ".join(str(value).split()) if value is not None else ""


class _Walk:
    """Goes through the tokens of a file once and adds its blocks."""

    def __init__(self, builder: Builder, line: int) -> None:
        self.builder = builder
        self.line = line
        self.lists = 0
        self.quotes = 0
        self.level = 0
        self.rows: list[list[str]] | None = None
        self.row_line = 1

    def run(self, tokens: Sequence[Token]) -> None:
        """Add all of them."""
        for token in tokens:
            line = self.line + (token.map[0] if token.map else 0)
            match token.type:
                case "heading_open":
                    self.level = int(token.tag[1])
                case "heading_close":
                    self.level = 0
                case "list_item_open" | "list_item_close":
                    self.lists += token.nesting
                case "blockquote_open" | "blockquote_close":
                    self.quotes += token.nesting
                case "table_open":
                    self.rows, self.row_line = [], line
                case "tr_open" if self.rows is not None:
                    self.rows.append([])
                case "table_close":
                    self._table()
                case "inline":
                    self._inline(token, line)
                case "fence":
                    self.builder.add(token.content, "code", line + 1)
                case "code_block":
                    self.builder.add(token.content, "code", line)
                case "html_block":
                    self._html(token.content, line)

    def _inline(self, token: Token, line: int) -> None:
        text = inline_text(token.children) if token.children else _SOFT_BREAK.sub("\n", token.content)
        if self.rows is not None:
            if self.rows:
                self.rows[-1].append(" ".join(text.split()))
            return
        if self.level:
            self.builder.add(" ".join(text.split()), "heading", line, self.level)
            return
        kind: Kind = "item" if self.lists else "quote" if self.quotes else "text"
        self.builder.add(text, kind, line)

    def _table(self) -> None:
        rows = self.rows or []
        self.rows = None
        self.builder.add("\n".join(" | ".join(row) for row in rows), "table", self.row_line)

    def _html(self, source: str, line: int) -> None:
        source = in_source(without_comments(_SCRIPT.sub("", source)))
        text = html.unescape(_TAG.sub("", _BREAK.sub("\n", source)))
        self.builder.add("\n".join(" ".join(row.split()) for row in text.split("\n")), "text", line)


def inline_text(tokens: Sequence[Token]) -> str:
    """What a reader sees of inline tokens; line breaks of the source stay line breaks."""
    parts: list[str] = []
    opened: list[int] = []
    for token in tokens:
        match token.type:
            case "text" | "code_inline" | "text_special":
                parts.append(token.content)
            case "softbreak" | "hardbreak":
                parts.append("\n")
            case "image":
                parts.append(inline_text(token.children or ()))
            case "html_inline":
                tag = token.content.strip("</> ").lower()
                closes = token.content.startswith("</")
                if tag == "sup" or tag in READINGS:
                    if not closes:
                        opened.append(len(parts))
                    elif opened:
                        start = opened.pop()
                        parts[start:] = [raised("".join(parts[start:]))] if tag == "sup" else []
                elif _BREAK.match(token.content):
                    parts.append("\n")
    return "".join(parts)
