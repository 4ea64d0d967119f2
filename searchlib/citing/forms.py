"""The forms for people: a citation in any text, and in Markdown.

Text: the quote as mail has it, what it is from, where it stands and its *reference* (`Citation.reference`)::

    > Joint projects were explored.
    — Talks on security, “The visit”
      ¶ 3 (seeds/meeting.txt, line 12), searchlib:4f8m0c2k9x1pt7aw

Markdown: the definition of a footnote, as GitHub and Pandoc have them, on one line, whose label is the id::

    [^4f8m0c2k9x1pt7aw]: “Joint projects were explored.” — Talks on security, ¶ 3 (seeds/meeting.txt, line 12)

``[^4f8m0c2k9x1pt7aw]`` refers to it. The label of a part of a paragraph has its range:
``[^4f8m0c2k9x1pt7aw-12-40]``.

Inline: the reference, the quote and where it stands, in the flow of a text; of which the reference and the quote will
do::

    [searchlib:4f8m0c2k9x1pt7aw] “Joint projects were explored.” — Talks on security, ¶ 3 (seeds/meeting.txt, line 12)

All forms are without control characters. `finding` reads what is written here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from searchlib.citing.normal import same_line
from searchlib.citing.references import label
from searchlib.highlight import whole
from searchlib.render import clean, render

if TYPE_CHECKING:
    from searchlib.citing.citation import Citation

QUOTED = ">"
FROM = "— "
CLOSING = "&rdquo;"  # a closing quotation mark within the quote, which would end it


def as_text(citation: Citation, width: int = 0) -> str:
    """The text form. With a ``width`` its lines are wrapped at blanks, which is no change: see `normal`."""
    lines = []
    for line in clean(citation.quote).split("\n"):
        lines += [f"{QUOTED} {part}".rstrip(" ") for part in _wrapped(line, width - 2)]
    wrapped = _wrapped(_titles(citation), width - 2)
    lines.append(FROM + wrapped[0])
    lines += [f"  {part}" for part in wrapped[1:]]
    lines.append(f"  {_paragraph(citation)}, {citation.reference}")
    return "\n".join(lines)


def _titles(citation: Citation) -> str:
    """What it is from: title and headings, or else the path."""
    parts = [same_line(citation.title)] if citation.title.strip() else []
    if citation.section:
        parts.append(f"“{' › '.join(map(same_line, citation.section))}”")
    return ", ".join(parts) or same_line(citation.path)


def _paragraph(citation: Citation) -> str:
    return f"¶ {citation.paragraph} ({', '.join(filter(None, map(same_line, (citation.path, citation.where))))})"


def place(citation: Citation) -> str:
    """What a citation is from and where it stands, on a line: ``Title, ¶ 3 (path, line 12)``."""
    return f"{_titles(citation)}, {_paragraph(citation)}"


def inline(reference: str, quote: str, place: str, *, keep_lines: bool = False) -> str:
    """The inline form of its three parts. With ``keep_lines`` those of the quote are kept, and set in."""
    shown = clean(quote).replace("\n", "\n    ") if keep_lines else " ".join(clean(quote).split())
    return f"[{reference}] “{shown}” {FROM}{place}"


def _wrapped(line: str, width: int) -> list[str]:
    """``line``, broken only where there is a blank: a break anywhere else would change what it says."""
    from searchlib.render.terminal import columns

    if width <= 0 or columns(line) <= width:
        return [line]
    lines = []
    taken: list[str] = []
    room = width
    for word in line.split(" "):
        needed = columns(word) + bool(taken)
        if taken and needed > room:
            lines.append(" ".join(taken))
            taken, room = [], width
            needed -= 1
        taken.append(word)
        room -= needed
    return [*lines, " ".join(taken)]


def as_markdown(citation: Citation) -> str:
    """The Markdown form, on one line. The title is a link where the document has an address on the web."""
    quote = escaped(" ".join(clean(citation.quote).split())).replace("”", CLOSING)
    parts = []
    title = escaped(same_line(citation.title) or same_line(citation.path))
    parts.append(f"[{title}](<{citation.link}>)" if citation.link else title)
    if citation.section:
        parts.append(f"“{escaped(' › '.join(map(same_line, citation.section)))}”")
    place = ", ".join(escaped(same_line(part)) for part in (citation.path, citation.where) if part)
    parts.append(f"¶ {citation.paragraph} ({place})")
    name = label(citation.id, None if citation.whole else citation.part)
    return f"{name}: “{quote}” {FROM}{', '.join(parts)}"


def escaped(line: str) -> str:
    """``line`` so that Markdown shows it as it is."""
    return render(whole(line, ()), line, "markdown")
