"""What the HTML loader has to find out from the source itself: encoding, nesting, lines, and text without a parser."""

from __future__ import annotations

import codecs
import html
import re
from bisect import bisect_left
from collections.abc import Callable
from itertools import accumulate

from searchlib.documents.builder import Builder
from searchlib.documents.encodings import damaged, decode, first_damage, is_damaged_utf8, mark_of

_CHARSET = re.compile(
    rb"""(?:<meta[^>]{0,200}?charset|<\?xml[^>]{0,100}?encoding)\s*=\s*["']?\s*([\w-]{2,40})""", re.IGNORECASE
)
_TAG = re.compile(r"</?[a-zA-Z][a-zA-Z0-9-]*")
# Elements that close themselves, or that the next of their kind closes.
_FLAT = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
    | {"p", "li", "dt", "dd", "option", "optgroup", "tr", "td", "th", "thead", "tbody", "tfoot", "html", "head", "body"}
    | {"rt", "rp", "frame", "nobr"}
)
_NOISE = re.compile(r"<(script|style|template|noscript|nav|title|svg)\b.*?(?:</\1\s*>|\Z)", re.IGNORECASE | re.DOTALL)
_TITLE = re.compile(r"<title[^<>]*>([^<]{0,2000})", re.IGNORECASE)
_BREAK = re.compile(
    r"</?(?:address|article|blockquote|br|caption|dd|div|dl|dt|figure|figcaption|footer|form|h[1-6]|header|hr|li|main"
    r"|ol|p|pre|section|table|td|th|tr|ul)\b[^<>]*>",
    re.IGNORECASE,
)
_ANY_TAG = re.compile(r"</?[a-zA-Z!?][^<>]*>")
_HUGE = 20_000
_HUGE_TAG = re.compile(rf"<[a-zA-Z][^<>]{{{_HUGE},}}")
_NEEDLE = re.compile(r"[^\s&<>\"'\u00a0]{2,40}")
_AHEAD = 1 << 16
_NEAR = 1 << 12
# A text between two tags; not white space alone.
_BETWEEN = re.compile(r">([^\S<>]*+[^<>]+)(?=<)")
MAX_ATTRIBUTES = 5000
_NOT_OF_TEXTS = ("utf-8", "idna", "punycode")  # what was tried already, and those of the names of hosts


def decode_html(data: bytes, name: str, encoding: str, notes: Callable[[int, str], None]) -> str:
    """The page's text: byte order mark, option, UTF-8, what it says itself (``<meta charset>``), or as any text."""

    def note(remark: str) -> None:
        notes(first_damage(data), remark)

    if mark_of(data) is None and not encoding and b"\0" not in data:
        try:
            return data.decode("utf-8")
        except UnicodeDecodeError:
            if is_damaged_utf8(data):
                note(damaged(data))
                return data.decode("utf-8", "replace")
            said = _CHARSET.search(data[:4096])
            if said is not None:
                label = said[1].decode("ascii").lower()
                # Browsers read these as Windows-1252, of which they are a part.
                label = "cp1252" if label in ("iso-8859-1", "latin1", "us-ascii", "ascii") else label
                try:
                    if codecs.lookup(label).name not in _NOT_OF_TEXTS:
                        return data.decode(label, "replace")
                except (LookupError, ValueError):
                    pass  # no encoding, or no encoding of text
    return decode(data, name, encoding, note)


_XHTML = re.compile(r"""\A\s*<\?xml\b|<!DOCTYPE[^<>]{0,200}XHTML|<html\b[^<>]{0,500}\bxmlns\s*=""", re.IGNORECASE)
_CLOSED_ITSELF = re.compile(r"<([a-zA-Z][\w:.-]*)(\s[^<>]*)?/>")
_VOID = frozenset(
    {"area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "source", "track", "wbr"}
)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)


def as_html(source: str, name: str) -> str:
    """A page with what only XML has as HTML has it: elements that close themselves, as <script/> and <a id="x"/>, which
    would have all that follows in them, and CDATA, which would be a comment. Lines stay as they are.
    """
    if not name.lower().removesuffix(".gz").endswith(".xhtml") and not _XHTML.search(source, 0, 4096):
        return source
    if "<![CDATA[" in source:
        source = _CDATA.sub(lambda match: html.escape(match[1], quote=False), source)
    return _CLOSED_ITSELF.sub(
        lambda match: match[0] if match[1].lower() in _VOID else f"<{match[1]}{match[2] or ''}></{match[1]}>", source
    )


class _Steps(dict[str, int]):
    """What a tag, without what follows its name, does to the depth: 1, -1 or 0."""

    def __missing__(self, tag: str) -> int:
        step = 0 if tag.strip("</").lower() in _FLAT else -1 if tag[1] == "/" else 1
        self[tag] = step
        return step


def depth(source: str) -> int:
    """How deeply elements nest at most, by counting tags: too many rather than too few."""
    depths = list(accumulate(map(_Steps().__getitem__, _TAG.findall(source)), initial=0))
    # A closing tag that closes nothing does not count: the depth is what it is above the lowest so far.
    return max(depth - lowest for depth, lowest in zip(depths, accumulate(depths, min), strict=True))


def too_many_attributes(source: str) -> bool:
    """Whether a tag has thousands of attributes, which the parser compares each with each."""
    place = 0
    while place + _HUGE < len(source) and (end := source.rfind(">", place, place + _HUGE)) >= 0:
        place = end + 1
    if place + _HUGE >= len(source):
        return False  # no tag is that long
    return any(len(match[0].split(None, MAX_ATTRIBUTES)) > MAX_ATTRIBUTES for match in _HUGE_TAG.finditer(source))


def tagless(source: str) -> tuple[str, Builder]:
    """Title and blocks of a page that no parser should be asked to read: its text between tags."""
    said = _TITLE.search(source)
    body = without_comments(_NOISE.sub("\n", source))
    body = html.unescape(_ANY_TAG.sub("", _BREAK.sub("\n", body)))
    builder = Builder()
    for line in body.split("\n"):
        builder.add(" ".join(line.split()))
    return " ".join(html.unescape(said[1]).split()) if said else "", builder


def without_comments(source: str) -> str:
    """``source`` without ``<!-- -->``; one that is never closed is only its opening mark."""
    parts = []
    done = 0
    while (start := source.find("<!--", done)) >= 0:
        end = source.find("-->", start + 4)
        parts.append(source[done:start])
        if end < 0:
            done = start + 4
            break
        done = end + 3
    parts.append(source[done:])
    return "".join(parts)


class SourceLines:
    """The lines of the source on which texts begin: the parser keeps no positions.

    Texts come in document order, and nearly all stand between two tags: each is the first such text like it after the
    one before, which is never too far. The others are searched for by their first word, not farther than 4 KiB ahead.
    """

    def __init__(self, source: str) -> None:
        self.source = source
        self.place = max(0, source.find("<body"))
        self.found = self.counted = 0
        self.line = 1
        self.texts: dict[str, list[int]] = {}
        for match in _BETWEEN.finditer(source, self.place):
            text = match[1]
            self.texts.setdefault(html.unescape(text) if "&" in text else text, []).append(match.start(1))

    def line_of_last(self) -> int:
        """The line on which the text that was last passed begins, as far as can be told."""
        if self.found > self.counted:
            self.line += self.source.count("\n", self.counted, self.found)
            self.counted = self.found
        return self.line

    def go_past(self, text: str) -> None:
        """Look for ``text``, which is not only white space, and go past it if it is there."""
        places = self.texts.get(text)
        if places is not None:
            next_place = bisect_left(places, self.place)
            if next_place < len(places) and places[next_place] < self.place + _AHEAD:
                self.place = places[next_place] + 1
                self.found = places[next_place] + len(text) - len(text.lstrip())
                return
        word = _NEEDLE.search(text)
        if word is None:
            return
        found = self.source.find(word[0], self.place, self.place + _NEAR)
        # Not one inside a tag, if there is another: a link's target often repeats its text.
        for _ in range(8):
            if found < 0 or not self._in_tag(found):
                break
            found = self.source.find(word[0], found + 1, self.place + _NEAR)
        if found >= 0:
            self.place = found + len(word[0])
            self.found = found

    def skip(self, tag: str) -> None:
        """Go past the end of an element that is left out."""
        found = self.source.find(f"</{tag}", self.place, self.place + _AHEAD)
        if found >= 0:
            self.place = found + len(tag) + 2

    def _in_tag(self, place: int) -> bool:
        opened = self.source.rfind("<", max(0, place - 1000), place)
        return opened >= 0 and self.source.find(">", opened, place) < 0
