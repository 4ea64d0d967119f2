"""The title line of a plain text: its first line, where that stands as a title does.

A title is short, does not end as a sentence does, and a blank line, an underline or one paragraph a line follows. What
stands in brackets, addresses listeners, or leads through a page is none.
"""

from __future__ import annotations

import re

MAX_LENGTH = 160
MAX_WORDS = 25

_OVERLINE = re.compile(r"([=\-~*#^+])\1{2,}[ \t]*\n[ \t]*(?=\S)")
_LINE = re.compile(rf"[^\n]{{1,{2 * MAX_LENGTH}}}(?=\n|\Z)")
_RULE = re.compile(r"\n[ \t]*([=\-~*#^+])\1{2,}[ \t]*(?=\n|\Z)")
_BLANK = re.compile(r"\n[^\S\n]*\n")
_BRACKETED = re.compile(r"[\[(][^\[\]()]*[\])]\Z")
# Whom a speech or letter is addressed to, and what leads through a page.
_ADDRESS = re.compile(
    r"(?:(?:The )?(?:Mr|Mrs|Ms|Dr|Madam|Mister|Mesdames|Messieurs|Monsieur|Madame|Sir|Herr|Frau|Señor|Señora)\b[^,]*,"
    r"|Dear (?:Sir|Madam|Mr|Mrs|Ms|Dr|All|Colleagues?|Friends?|Members?)\b|(?:Sehr geehrte|Liebe)[rs]?\b.*,"
    r"|(?:My )?fellow[ -](?:citizens|americans|countrymen|members|delegates|students)\b|ladies and gentlemen\b"
    r"|(?:honou?rable )?members of (?:the )?(?:congress|parliament|senate|house)\b)",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"Jump to ?[A-Z]|(?:Jump|Skip) to (?:the )?(?:content|main|navigation|search)|(?:Page|Seite) \d+(?: of \d+)?\Z"
    r"|Menu\Z|Advertisement\Z"
)
_MARKER = re.compile(r"[-*+•‣◦▪●]\s|\(?\w{1,3}[.)]\s*$")
_NO_TITLE_ENDS_SO = tuple(".,:;。，：；।|-")
_SENTENCE_ENDS_SO = (".", "!", "?", "…", "。", "！", "？", "।", "؟", "۔")
_SAMPLE = 20_000


def title_line(text: str) -> str:
    """The title that the first line of plain ``text`` is, or ""."""
    first = _first_line(text)
    if first is None:
        return ""
    title = first[0].strip()
    end = first.end()
    if (
        not title
        or len(title) > MAX_LENGTH
        or title.endswith(_NO_TITLE_ENDS_SO)
        or len(title.split()) > MAX_WORDS
        or any(pattern.match(title) for pattern in (_MARKER, _BRACKETED, _ADDRESS, _LEADS))
        or not any(character.isalpha() for character in title)
        or not text[end : end + _SAMPLE].strip()
    ):
        return ""
    stands_alone = _BLANK.match(text, end) or _RULE.match(text, end) or _one_paragraph_a_line(text, end)
    return title if stands_alone else ""


def place(text: str, title: str) -> tuple[int, int] | None:
    """Where ``title`` is the first line of ``text``, with its underline: (start, end), or None."""
    first = _first_line(text)
    if first is None or " ".join(first[0].split()) != " ".join(title.split()):
        return None
    rule = _RULE.match(text, first.end())
    return first.start(), rule.end() if rule else first.end()


def _first_line(text: str) -> re.Match[str] | None:
    """The first line with anything but white space or a rule on it; None if it is too long for a title."""
    start = len(text) - len(text.lstrip())
    overline = _OVERLINE.match(text, start)
    return _LINE.match(text, overline.end() if overline else start)


def _one_paragraph_a_line(text: str, end: int) -> bool:
    """Whether the lines after ``end`` are paragraphs: long, and ending as sentences do."""
    sample = text[end + 1 : end + _SAMPLE].split("\n", 20)
    lines = [line.strip() for line in (sample[:-1] or sample)]
    lines = [line for line in lines if line]
    if not lines:
        return False
    ending = sum(line.rstrip("\"'”’»)]」』").endswith(_SENTENCE_ENDS_SO) for line in lines)
    return ending * 3 >= len(lines) * 2 and sum(map(len, lines)) > 100 * len(lines)
