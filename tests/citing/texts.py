"""Texts of all sorts of characters, and records of them."""

from __future__ import annotations

from hypothesis import strategies as st

from searchlib.model.records import Block, Document, Record
from searchlib.paragraphs.identifying import records_of

# What means something to one of the forms, and what is awkward anywhere.
AWKWARD = [
    "\n", "\n\n", "\r\n", "\t", " ", "> ", ">> ", "— ", "¶ ", "¶ 3 (", ", line 4)", "), searchlib:", "“", "”", '"', "'",
    "&rdquo;", "&amp;", "\\", "\\”", "*", "_", "`", "```", "[^", "]", "]:", "[", "(", "<b>", "|", "#", "1. ", "- ", "~",
    "searchlib:4f8m0c2k9x1pt7aw", "[^4f8m0c2k9x1pt7aw]: “", "http://a.b", "www.", "…", "\x1b[31m", "\x00", "\x7f",
    "\u202e", "\u2028", "\x85", "\x0b", "\x1c", "\ufeff", "\u00a0", "e\u0301", "👩‍👩‍👧", "🇹🇷", "שלום", "مرحبا",
    "東京", "ไทย", "한국어", "हिन्दी", "\ud800", "\udfff", "word", "Word",
]  # fmt: skip
PIECES = st.one_of(st.sampled_from(AWKWARD), st.text(st.characters(codec=None), max_size=8))
TEXTS = st.lists(PIECES, min_size=1, max_size=12).map("".join).filter(lambda text: bool(text.strip()))
NAMES = st.lists(st.sampled_from(["a", "b c", "é", "¶", "(", ")", ", line 3)", "_", "*", "/", ".md", "“", "\n"])).map(
    lambda parts: "x" + "".join(parts)
)


def record_of(text: str, path: str = "a.txt", title: str = "", headings: tuple[str, ...] = (), url: str = "") -> Record:
    """The record of a document that is one paragraph."""
    body = text.strip()
    document = Document(
        path, body, title, "text", "en", {"url": url} if url else {}, (Block(0, len(body), "text", headings),)
    )
    return next(records_of(document))
