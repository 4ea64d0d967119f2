"""What an element of a page is for, by what is in it: a table of data or of layout, a mark of a note, chrome."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from selectolax.lexbor import LexborNode

_PROSE = 100  # characters of a block in a footer that is more than chrome
_LAYOUT = "table, ul, ol, dl, pre, h1, h2, h3, h4, blockquote, p + p, section, article"
_OF_A_PAGE = "table, h1, h2, h3, h4, section, article"
_MOST_OF_A_CELL = 300  # characters on average, in a grid without heads
_NOTE_ROLES = frozenset({"doc-noteref", "doc-backlink"})


def is_data(table: LexborNode) -> bool:
    """Whether a table holds data, and not the blocks of a page (a selector may match the table itself).

    A cell of data may hold lists and several paragraphs, where the table has heads or is a grid.
    """
    if all(found.mem_id == table.mem_id for found in table.css(_LAYOUT)[:2]):
        return True
    if table.attributes.get("role") in ("presentation", "none"):
        return False
    if any(found.mem_id != table.mem_id for found in table.css(_OF_A_PAGE)[:2]):
        return False
    if table.css_first("th, thead") is not None:
        return True
    rows = [sum(_width(cell) for cell in row.iter() if cell.tag == "td") for row in table.css("tr")]
    if len(rows) < 2 or rows[0] < 2 or len(set(rows)) > 1:
        return False
    return len(table.text() or "") <= _MOST_OF_A_CELL * sum(rows)


def _width(cell: LexborNode) -> int:
    said = cell.attributes.get("colspan") or "1"
    return int(said) if said.isdecimal() and len(said) < 5 else 1


def is_note(node: LexborNode, attributes: Mapping[str, str | None]) -> bool:
    """Whether a link is the mark of a note: a few characters, and leads to a place of the page."""
    if (attributes.get("role") or "") in _NOTE_ROLES or "noteref" in (attributes.get("epub:type") or ""):
        return True
    if not (attributes.get("href") or "").startswith("#"):
        return False
    text = (node.text() or "").strip()
    return text.isdecimal() and len(text) <= 3


def has_note(sup: LexborNode) -> bool:
    """Whether what is raised is a link to a place of the page, or in one."""
    parent = sup.parent
    link = parent if parent is not None and parent.tag == "a" else sup.css_first("a")
    return link is not None and (link.attributes.get("href") or "").startswith("#")


def is_chrome(node: LexborNode, sort: str) -> bool:
    """Whether a header, footer or aside of a page holds hardly more than links."""
    texts = [len(" ".join((found.text() or "").split())) for found in (node, *node.css("a, button, nav, select"))]
    if 2 * sum(texts[1:]) >= texts[0]:
        return True
    return sort == "footer" and not any(
        len(found.text() or "") >= _PROSE for found in node.css("p, li, dd, blockquote")
    )
