"""Hits in a notebook: HTML of a piece, with its own style and nothing that is fetched.

Colours are those of the notebook around it, made fainter or overlaid, so that it is as readable on a dark page as on a
light one; without its style, as on a page that strips it, it is an ordinary list with marks.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from searchlib.render.markup import text_as_html

_STYLE = """\
.searchlib{max-width:52em;line-height:1.45;color:inherit}
.searchlib ol{list-style:none;margin:.6em 0;padding:0}
.searchlib li,.searchlib article{margin:0 0 .9em;padding:0 0 0 .8em;border-left:3px solid rgba(127,127,127,.35)}
.searchlib p{margin:.15em 0}
.searchlib mark{background:rgba(255,193,7,.38);color:inherit;border-radius:2px;padding:0 .1em}
.searchlib small{opacity:.72}
.searchlib code{background:none;color:inherit;font-size:inherit}
.searchlib .text{white-space:pre-line}"""


class Entry(NamedTuple):
    """A hit as it is listed: ``title`` and ``text`` are HTML, everything else is text."""

    rank: int
    title: str
    place: str
    id: str
    score: float
    text: str


def listing(said: str, notes: Iterable[str], entries: Iterable[Entry], counts: Iterable[str] = ()) -> str:
    """Hits under what is ``said`` of them, with notes before and counts behind."""
    above = "".join(f"<p>{text_as_html(note)}</p>" for note in notes)
    found = "".join(f"<li>{_lines(entry)}</li>" for entry in entries)
    below = "".join(f"<p><small>{text_as_html(count)}</small></p>" for count in counts)
    return _framed(f'<p dir="auto">{said}</p>{above}{f"<ol>{found}</ol>" if found else ""}{below}')


def single(entry: Entry) -> str:
    """One hit."""
    return _framed(f"<article>{_lines(entry)}</article>")


def _framed(body: str) -> str:
    return f'<div class="searchlib"><style>{_STYLE}</style>{body}</div>'


def _lines(entry: Entry) -> str:
    where = f"{text_as_html(entry.place)} · <code>{text_as_html(entry.id)}</code> · {entry.score:.2f}"
    title = f' <b dir="auto">{entry.title}</b>' if entry.title else ""
    return f'<p>{entry.rank}.{title}</p><p><small>{where}</small></p><p class="text" dir="auto">{entry.text}</p>'
