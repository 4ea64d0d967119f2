"""Chunks of plain text whose lines are records: logs, settings, glossaries, lists with the same parts in each line.

* A line is *stamped* where it begins as those of logs do: with a time, or with how severe it is. What is not, as the
  lines of a traceback, belongs to the line before.
* A *pair* is a line of a name and what it stands for: ``port = 80``, ``ebb: the outflow of the tide``. Lines that are
  indented go on with the one before, and a comment belongs to the pair below it. The headers of a mail stay together.
* *Parts* are what as many tabs, semicolons or commas divide in every line.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Sequence

_MONTHS = "(?:Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)"
_STAMP = re.compile(
    rf"""(?:<\d{{1,3}}>)?\[?(?:
        \d{{4}}[-/.]\d\d[-/.]\d\d[T\ ]\d\d:\d\d                    # ISO 8601
      | \d\d[-/.]\d\d[-/.]\d{{2,4}},?[T\ ]\d\d:\d\d
      | {_MONTHS}\ {{1,2}}\d{{1,2}}\ (?:\d{{4}}\ )?\d\d:\d\d         # syslog
      | (?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)\ {_MONTHS}\ \d\d\ \d\d:\d\d
      | \d{{1,2}}:\d\d(?::\d\d(?:[.,]\d+)?)?[\]\s]                   # a time alone
      | \d{{10}}(?:\d{{3}})?(?:\.\d+)?[\]\s]                          # seconds since 1970
      | [IWEF]\d{{4}}\ \d\d:\d\d                                     # glog
      | (?:TRACE|DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|CRITICAL)[\]:\s]
      | \S{{1,200}}\ \S{{1,80}}\ \S{{1,80}}\ \[\d\d/{_MONTHS}/\d{{4}}:  # access logs
    )""",
    re.VERBOSE,
)
# Most lines of other texts are turned away by these, without the expression.
_STAMPS_BEGIN = frozenset("<[0123456789ACDEFIJMNOSTW")
_IN_ACCESS_LOGS = " ["
_PAIR = re.compile(
    r"(?:export |set )?[\w.$\-]{1,60}(?: [\w.\-]{1,30}){0,2} ?=(?!=)|[^\s:=][^:=]{0,38}:[ \t]+\S|[^\s=]{1,40}:\Z"
)
_TERM = re.compile(r"\w[^\n]{0,38}? (?:[–—-]|--) \S")
_COMMENT = re.compile(r"[#;]")
_SECTION = re.compile(r"\[[^\[\]]{1,80}\]\s*\Z")
_ENDS = (".", "!", "?")
_HEADER = re.compile(
    r"(?:From|To|Subject|Date|Received|Message-ID|Return-Path|Content-Type|MIME-Version|Delivered-To):", re.IGNORECASE
)
_FEWEST = 3  # lines
_HEAD = 80  # characters of the first line of a chunk


def doubtful(text: str, starts: Sequence[int], ends: Sequence[int]) -> list[int]:
    """The numbers of the chunks that may be of records, by their first lines: few."""
    found = []
    for sign in ":=":
        place = text.find(sign)
        while place >= 0:
            number = bisect_right(starts, place) - 1
            start = starts[max(number, 0)]
            line = text.find("\n", start, ends[number]) if number >= 0 and place < start + _HEAD else -1
            if line >= 0 and (_STAMP.match(text, start) is not None or _PAIR.match(text, start, line) is not None):
                found.append(number)
            # The rest of the chunk says no more.
            after = starts[number + 1] if number + 1 < len(starts) else len(text)
            place = text.find(sign, max(after, place + 1))
    return found


def cuts(rows: Sequence[str]) -> list[int]:
    """The rows after the first that begin a record; none if these are no records."""
    first = rows[0]
    found = _of_log(rows)
    if not found and (":" in first or "=" in first or first[:1] in "#;["):
        found = _of_pairs(rows, _PAIR.match)
    if not found and (" -" in first or " –" in first or " —" in first) and _TERM.match(first):
        found = _of_pairs(rows, _TERM.match)
    return found or _of_parts(rows)


def _of_log(rows: Sequence[str]) -> list[int]:
    least = min(_FEWEST, len(rows))
    begun = [number for number, row in enumerate(rows) if row[:1] in _STAMPS_BEGIN or _IN_ACCESS_LOGS in row]
    if len(begun) < least or (len(rows) > _HEAD and not any(_STAMP.match(rows[at]) for at in begun if at < _HEAD)):
        return []
    stamped = [number for number in begun if _STAMP.match(rows[number])]
    if len(stamped) < least:
        return []
    return [number for number in stamped if number]


def _of_pairs(rows: Sequence[str], is_pair: Callable[[str], object]) -> list[int]:
    found: list[int] = []
    pairs = 0
    commented = False  # by the row before
    for number, row in enumerate(rows):
        if row[:1].isspace() and number:
            continue
        comment = _COMMENT.match(row) is not None
        pair = not comment and is_pair(row) is not None
        if not (comment or pair or _SECTION.match(row)):
            return []
        pairs += pair
        if number and not commented:
            found.append(number)
        commented = comment
    if sum(_HEADER.match(row) is not None for row in rows) >= 2:
        return []
    return found if pairs >= _FEWEST or (pairs == len(rows) > 1 and all("=" in row for row in rows)) else []


def _of_parts(rows: Sequence[str]) -> list[int]:
    if len(rows) < _FEWEST or not ("," in rows[0] or ";" in rows[0] or "\t" in rows[0]):
        return []
    if any(row[:1].isspace() or row.rstrip().endswith(_ENDS) for row in rows):
        return []
    for mark, least in (("\t", 1), (";", 2), (",", 2)):
        count = rows[0].count(mark)
        if count >= least and all(row.count(mark) == count for row in rows):
            return list(range(1, len(rows)))
    return []
