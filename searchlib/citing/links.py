"""Links that lead to a quote on a web page: text fragments.

``page#:~:text=prefix-,start,end,-suffix`` has a browser find and mark the text (WICG, "URL Fragment Text Directives").
What is written there is percent-encoded, and ``-``, ``,`` and ``&``, which mean something, are too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import quote as percent_encoded

from searchlib.analysis.graphemes import is_boundary

if TYPE_CHECKING:
    from searchlib.citing.citation import Citation

LONGEST = 300  # code points that are written whole, as Chromium does; of longer quotes, the ends
_ENDS = 6  # words at each end
_END_LENGTH = 60  # code points at each end, for scripts without spaces
_SHORT = 64  # code points of a quote that may stand on the page more than once
_CONTEXT = 3  # words before and after it
_IN_ADDRESSES = "%/:?#[]@!$&'()*+,;=~"  # stays as it is (RFC 3986): an address may be percent-encoded already


def address(url: str) -> str:
    """A ``url`` from the metadata of a document, in ASCII and safe to print; "" if it is none of the web.

    Metadata may hold anything. What no address can (RFC 3986) is percent-encoded, so that it neither ends a link of
    Markdown nor drives a terminal; other schemes, such as ``javascript:``, make no link.
    """
    if not url.lower().startswith(("https://", "http://")):
        return ""
    return percent_encoded(url, safe=_IN_ADDRESSES, errors="replace")


def iri(path: str) -> str:
    """The path of a document as a relative reference, percent-encoded."""
    return percent_encoded(path, errors="replace")


def text_fragment(citation: Citation) -> str:
    """The link to the quote of a citation; "" if its document has no address on the web."""
    url = address(citation.url)
    if not url:
        return ""
    page, _, fragment = url.partition("#")
    fragment = fragment.partition(":~:")[0] or citation.fragment[0]  # another directive in there would point elsewhere
    words = citation.quote.split()
    if not words:
        return url
    said = " ".join(words)
    # The text of a directive has to stand in one block of the page; only a range may reach over several.
    if len(said) > LONGEST or (len(said) > _SHORT and "\n" in citation.quote):
        parts = [_encoded(_first(words)), _encoded(_last(words))]
    else:
        parts = [_encoded(said)]
    prefix, suffix = _before(citation), _after(citation)
    parts = [f"{_encoded(prefix)}-"] * bool(prefix) + parts + [f"-{_encoded(suffix)}"] * bool(suffix)
    return f"{page}#{fragment}:~:text={','.join(parts)}"


def _encoded(text: str) -> str:
    return percent_encoded(text, safe="", errors="replace").replace("-", "%2D")


def _first(words: list[str]) -> str:
    text = " ".join(words[:_ENDS])
    end = min(_END_LENGTH, len(text))
    while not is_boundary(text, end):
        end += 1
    return text if " " in text[:end] and len(text) <= 2 * _END_LENGTH else text[:end].rstrip()


def _last(words: list[str]) -> str:
    text = " ".join(words[-_ENDS:])
    start = max(0, len(text) - _END_LENGTH)
    while not is_boundary(text, start):
        start -= 1
    return text if " " in text[start:] and len(text) <= 2 * _END_LENGTH else text[start:].lstrip()


# Context is of the same paragraph only: it has to stand in one block of the page, as the text itself. The first word of
# a prefix and the last of a suffix may be parts of words, and then they are left out.


def _before(citation: Citation) -> str:
    prefix = citation.prefix[max(0, len(citation.prefix) - citation.offset) :]
    words = prefix.split()
    return _said(words[0 if citation.offset <= len(citation.prefix) else 1 :][-_CONTEXT:])


def _after(citation: Citation) -> str:
    left = citation.length - citation.offset - len(citation.quote)
    words = citation.suffix[:left].split()
    return _said(words[: len(words) if left <= len(citation.suffix) else -1][:_CONTEXT])


def _said(words: list[str]) -> str:
    """The words; none if they are all punctuation, which browsers take for no word."""
    text = " ".join(words)
    return text if any(map(str.isalnum, text)) else ""
