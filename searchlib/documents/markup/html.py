"""HTML pages: the main text, in blocks.

* *Noise* is what no reader reads: scripts, styles, templates, hidden elements, controls.
* *Chrome* is what every page of a site has: navigation, and headers, footers and asides that are hardly more. Those
  that hold prose, a title or an abstract are text.
* A *region* is an element that says it is the main text (``<main>``, ``<article>``, Sphinx's ``.body``). If one sort of
  region holds most of what is left, the rest of the page is left out.

Markup comes in any depth, so nothing here is recursive; and what would take the parser (selectolax, that is lexbor)
quadratic time is read with its tags taken out instead (``tagless``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, NamedTuple

from searchlib.analysis.words import is_far, without_breaks
from searchlib.documents.builder import Builder
from searchlib.documents.markup.formulas import formula_of_page
from searchlib.documents.markup.htmlparts import has_note, is_chrome, is_data, is_note
from searchlib.documents.markup.htmlsource import SourceLines, as_html, decode_html, depth, tagless, too_many_attributes
from searchlib.documents.markup.inline import READINGS, raised
from searchlib.documents.seed import Seed
from searchlib.documents.text import clean
from searchlib.model.records import Document, Kind, Scalar

if TYPE_CHECKING:
    from selectolax.lexbor import LexborHTMLParser, LexborNode

MAX_DEPTH = 3000

_NOISE = frozenset(
    {"script", "style", "template", "noscript", "svg", "iframe", "object", "canvas", "select", "textarea", "button"}
    | {"head", "input", "datalist", "audio", "video", "map"}
    | READINGS
)
_CHROME = {"header": "header", "footer": "footer", "aside": "aside"}
_CHROME_ROLES = {"banner": "header", "contentinfo": "footer", "complementary": "aside"}
_BLOCKS = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details", "dialog", "dir", "div"}
    | {"dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6", "header"}
    | {"hgroup", "hr", "html", "legend", "li", "main", "menu", "nav", "ol", "optgroup", "option", "p", "pre", "section"}
    | {"summary", "table", "tbody", "td", "tfoot", "th", "thead", "tr", "ul"}
)
_OPENING = _BLOCKS | {"br", "img", "sup", "a"}
_KEEPS = frozenset({"article", "blockquote", "figure", "main", "section", "details", "td", "li"})
"""Elements whose headers, footers and asides are their own, and not those of the page."""
_LEVELS = {f"h{level}": level for level in range(1, 7)}
# Without one of these, an element's attributes do not say that it is left out.
_TELLING = frozenset({"hidden", "aria-hidden", "style", "role"})
_PERMALINKS = frozenset({"headerlink", "anchor", "permalink", "anchorjs-link", "header-anchor"})
_HIDDEN = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACE = re.compile(r"[ \t\n\r\f]+")
_SPACE_RUN = re.compile(r" {2,}")
_AROUND_BREAK = re.compile(r" *\n *")
_SOURCE_BREAK = "\u2028"  # a line of the source ends: a space, or nothing between letters of scripts without spaces
_META = {
    "author": "author",
    "article:author": "author",
    "date": "date",
    "article:published_time": "date",
    "dc.date": "date",
    "description": "description",
    "og:description": "description",
    "keywords": "keywords",
    "og:site_name": "site",
    "og:type": "og_type",
    "og:url": "url",
}


def load_html(seed: Seed) -> Iterator[Document]:
    """The page as one document with blocks."""
    source = as_html(clean(decode_html(seed.read(), seed.name, seed.options.encoding, seed.notes)), seed.name)
    if depth(source) > MAX_DEPTH or too_many_attributes(source):
        seed.notes(1, "nested too deeply (or with too many attributes) for the HTML parser; read without its structure")
        title, builder = tagless(source)
        yield Document(seed.name, builder.text, title or seed.stem, "html", seed.options.language, {}, builder.blocks)
        return
    tree = _parse(source, seed.name)
    places = SourceLines(source)
    found = _Page(places, drop_chrome=True).read(tree)
    if not found:
        found = _Page(SourceLines(source), drop_chrome=False).read(tree)
    builder = Builder()
    for block in _main(found):
        builder.add(block.text, block.kind, block.line, block.level)
    html = tree.root
    attributes = html.attributes if html is not None else {}
    language = (attributes.get("lang") or attributes.get("xml:lang") or "")[:2].lower()
    said = _title(tree)
    if said and not builder.text:  # a page of pictures is found by its title
        builder.add(said)
    yield Document(
        seed.name,
        builder.text,
        said or builder.first_heading or seed.stem,
        "html",
        (language if language.isalpha() else "") or seed.options.language,
        _metadata(tree),
        builder.blocks,
    )


def _parse(source: str, name: str) -> LexborHTMLParser:
    from selectolax.lexbor import LexborHTMLParser

    return LexborHTMLParser(source)


class _Found(NamedTuple):
    text: str
    kind: Kind
    line: int
    level: int
    regions: frozenset[str]


def _main(found: list[_Found]) -> list[_Found]:
    """The blocks of the sort of region that holds most of the page, and of its title; all of them if none does."""
    total = sum(len(block.text) for block in found)
    for region in ("main", "article", "body"):
        size = sum(len(block.text) for block in found if region in block.regions)
        if size and 2 * size >= total:
            return [block for block in found if region in block.regions or "title" in block.regions]
    return found


def _title(tree: LexborHTMLParser) -> str:
    node = tree.css_first("head > title") or tree.css_first("title")
    return " ".join(clean(node.text()).split()) if node is not None else ""


def _metadata(tree: LexborHTMLParser) -> dict[str, Scalar | tuple[Scalar, ...]]:
    found: dict[str, Scalar | tuple[Scalar, ...]] = {}
    for node in tree.css("meta"):
        attributes = node.attributes
        key = _META.get((attributes.get("name") or attributes.get("property") or "").strip().lower())
        value = " ".join(clean(attributes.get("content") or "").split())
        if not key or not value or key in found:
            continue
        if key == "keywords":
            words = tuple(word.strip() for word in value.split(",") if word.strip())
            if words:
                found[key] = words
        else:
            found[key] = value
    link = tree.css_first("link[rel=canonical]")
    url = (link.attributes.get("href") or "").strip() if link is not None else ""
    if url:
        found["url"] = clean(url)
    return found


def _region(tag: str, attributes: Mapping[str, str | None]) -> str:
    """The sort of region that an element says it is, or ""."""
    if tag == "main" or attributes.get("role") == "main":
        return "main"
    if tag == "article":
        return "article"
    return "body" if tag == "div" and "body" in (attributes.get("class") or "").split() else ""


class _Page:
    """One walk through a page, collecting its blocks.

    ``open`` holds what each open element changed, innermost last; ``parts`` the inline text of the block so far.
    """

    def __init__(self, places: SourceLines, drop_chrome: bool) -> None:
        self.places = places
        self.drop_chrome = drop_chrome
        self.found: list[_Found] = []
        self.parts: list[str] = []
        self.line = 0
        self.pre = self.items = self.quotes = self.tables = self.level = self.kept = 0
        self.raised: list[tuple[int, bool]] = []
        self.regions: list[str] = []
        self.rows: list[list[str]] | None = None

    def read(self, tree: LexborHTMLParser) -> list[_Found]:
        """The blocks under ``<body>``."""
        root = tree.body or tree.root
        node: LexborNode | None = root
        stack: list[str] = []
        while node is not None:
            tag = node.tag or ""
            if tag == "-text":
                self._text(node.text_content or "")
            elif not tag.startswith(("-", "_")):
                attributes = node.attributes
                if self._left_out(node, tag, attributes):
                    self.places.skip(tag)
                else:
                    opened = self._enter(node, tag, attributes) if tag in _OPENING else ""
                    below = node.child
                    if below is not None:
                        stack.append(opened)
                        node = below
                        continue
                    if opened:
                        self._leave(tag, opened)
            while stack:
                following = node.next
                if following is not None:
                    node = following
                    break
                node = node.parent
                if node is None:
                    break
                opened = stack.pop()
                if opened:
                    self._leave(node.tag or "", opened)
            else:
                break
        self._flush()
        return self.found

    def _left_out(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> bool:
        """Whether an element is left out; formulas are taken in whole."""
        if tag in _NOISE:
            return True
        if tag == "math":
            self._text(formula_of_page(node.html or ""))
            return True
        if self.drop_chrome and (tag == "nav" or self._page_has(node, _CHROME.get(tag, ""))):
            return True
        if not attributes:
            return False
        if not _TELLING.isdisjoint(attributes):
            role = attributes.get("role") or ""
            if (
                "hidden" in attributes
                or attributes.get("aria-hidden") == "true"
                or _HIDDEN.search(attributes.get("style") or "")
                or (self.drop_chrome and role in ("navigation", "search"))
                or (self.drop_chrome and self._page_has(node, _CHROME_ROLES.get(role, "")))
            ):
                return True
        return (
            tag == "a"
            and not _PERMALINKS.isdisjoint((attributes.get("class") or "").split())
            and len((node.text() or "").strip()) <= 1
        )

    def _page_has(self, node: LexborNode, sort: str) -> bool:
        """Whether this is a header, footer or aside that every page of the site has."""
        return bool(sort) and not self.regions and not self.kept and is_chrome(node, sort)

    def _enter(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> str:
        """Note what opens with this element; what is returned, if anything, is given back to ``_leave``."""
        if tag not in _BLOCKS:
            return self._enter_inline(node, tag, attributes)
        if self.rows is not None:
            if tag in ("tr", "td", "th"):
                self._cell()
                if tag == "tr":
                    self.rows.append([])
            else:
                self.parts.append(" ")
            return "cell"
        self._flush()
        region = _region(tag, attributes)
        if not region and tag == "header" and not self.regions and node.css_first("h1") is not None:
            region = "title"
        self.kept += tag in _KEEPS or tag in _CHROME
        if region:
            self.regions.append(region)
            return "region"
        if tag == "table":
            self.tables += 1
            if self.tables <= 8 and is_data(node):
                self.rows = []
                return "rows"
            return "table"
        self._count(tag, 1)
        return "block"

    def _enter_inline(self, node: LexborNode, tag: str, attributes: Mapping[str, str | None]) -> str:
        if tag == "br":
            self.parts.append("\n")
        elif tag in ("sup", "a"):
            note = is_note(node, attributes) if tag == "a" else has_note(node)
            if tag == "sup" or note:
                self.raised.append((len(self.parts), note))
                return "raised"
        elif attributes.get("alt"):
            self._text(f" {attributes['alt']} ")
        return ""

    def _leave(self, tag: str, opened: str) -> None:
        if opened == "raised":
            start, note = self.raised.pop()
            text = "".join(self.parts[start:])
            if text and (tag == "sup" or (start and not self.parts[start - 1][-1:].isspace())):
                self.parts[start:] = [raised(text, note)]
            return
        if opened == "cell":
            if tag in ("td", "th", "tr", "caption"):
                self._cell(always=tag in ("td", "th"))
            else:
                self.parts.append(" ")
            return
        if opened == "rows":
            self._cell()
            rows = [" | ".join(row).strip() for row in self.rows or () if any(row)]
            self.rows = None
            self._add("\n".join(rows), "table")
        else:
            self._flush()
        self.kept -= tag in _KEEPS or tag in _CHROME
        if opened == "region":
            self.regions.pop()
        elif opened in ("rows", "table"):
            self.tables -= 1
        else:
            self._count(tag, -1)

    def _count(self, tag: str, change: int) -> None:
        if tag in _LEVELS:
            self.level = _LEVELS[tag] if change > 0 else 0
        elif tag == "pre":
            self.pre += change
        elif tag in ("li", "dt", "dd"):
            self.items += change
        elif tag == "blockquote":
            self.quotes += change

    def _text(self, text: str) -> None:
        blank = text.isspace()
        if self.pre and self.rows is None:
            self.parts.append(text)
        elif blank and text.isascii():
            if self.parts:
                self.parts.append(_space(text) if is_far(self.parts[-1]) else " ")
        elif text.isprintable() and "  " not in text:  # only printable text has no other white space than blanks
            self.parts.append(text)
        else:
            self.parts.append(_SPACE.sub(_space_of_match if is_far(text) else " ", text))
        if text and not blank:
            self.places.go_past(text)
            self.line = self.line or self.places.line_of_last()

    def _cell(self, always: bool = False) -> None:
        """End a table cell, if there is one."""
        text = " ".join(_resolved("".join(self.parts)).split())
        self.parts.clear()
        if self.rows is not None and (text or always):
            if not self.rows:
                self.rows.append([])
            self.rows[-1].append(text)

    def _flush(self) -> None:
        """End a block, if there is one."""
        if not self.parts:
            return
        text = _resolved("".join(self.parts))
        self.parts.clear()
        if text.isspace():
            self.line = 0
        elif self.level:
            self._add(" ".join(text.split()), "heading", self.level)
        elif self.pre:
            self._add(text, "code")
        else:
            if "  " in text:
                text = _SPACE_RUN.sub(" ", text)
            if "\n" in text:
                text = _AROUND_BREAK.sub("\n", text)
            self._add(text, "item" if self.items else "quote" if self.quotes else "text")

    def _add(self, text: str, kind: Kind, level: int = 0) -> None:
        if text and not text.isspace():
            self.found.append(_Found(text, kind, self.line or 1, level, frozenset(self.regions)))
        self.line = 0


def _space(text: str) -> str:
    return _SOURCE_BREAK if "\n" in text else " "


def _space_of_match(match: re.Match[str]) -> str:
    return _space(match[0])


def _resolved(text: str) -> str:
    """``text`` with a space for each end of a line of the source where a reader sees one."""
    if _SOURCE_BREAK not in text:
        return text
    lines = (without_breaks(line.replace(_SOURCE_BREAK, "\n")).replace("\n", " ") for line in text.split("\n"))
    return "\n".join(lines)
