"""Subtitles (SubRip and WebVTT): what is said, in paragraphs that know when.

A *cue* is a text with the time at which it is shown. Sentences run over several, so cues are put together: up to the
end of a sentence, a pause, another speaker, or so long a text.
"""

from __future__ import annotations

import html
import re
from collections.abc import Iterator
from typing import Final, NamedTuple

from searchlib.documents.builder import Builder
from searchlib.documents.seed import Seed
from searchlib.documents.text import text_of
from searchlib.errors import SeedError
from searchlib.model.locators import Locator
from searchlib.model.records import Document

_TIME: Final = r"(?:(\d{1,4}):)?(\d{1,2}):(\d{1,2})(?:[.,](\d{1,3}))?"
_TIMES: Final = re.compile(rf"[ \t]*{_TIME}[ \t]*-->[ \t]*{_TIME}(?:[ \t].*)?", re.ASCII)
_SPEAKER: Final = re.compile(r"<v(?:\.[^\s>]*)?\s+([^>]{1,80})>")
_TAG: Final = re.compile(r"</?[a-zA-Z][^<>]{0,200}>|<\d[\d:.]{4,12}>|\{\\[^{}]{0,200}\}")
_ENDS: Final = re.compile(r"[.!?…。！？؟][\"'”’»)\]♪]*$")
_PAUSE: Final = 3.0  # seconds after which something else is said
_AT_ONCE: Final = 0.05
_LONG: Final = 400  # code points of a paragraph that goes on until its sentence ends
_LONGEST: Final = 1200


class _Cue(NamedTuple):
    begin: float
    end: float
    text: str
    line: int
    speaks: bool


def load_subtitles(seed: Seed) -> Iterator[Document]:
    """The file as one document with blocks, each with its time. Raises SeedError if it has no times."""
    source = text_of(seed)
    if not source.strip():
        return
    builder = Builder()
    waiting: list[_Cue] = []
    found = False
    for cue in _cues(source):
        found = True
        if waiting and _begins_anew(waiting, cue):
            _add(builder, waiting)
        if cue.text:
            waiting.append(cue)
    if not found and "-->" not in source and not source.startswith("WEBVTT"):
        raise SeedError("no subtitles: has no line of times as '00:01:02,000 --> 00:01:04,000'", seed.name)
    _add(builder, waiting)
    kind = "vtt" if source.startswith("WEBVTT") else "srt"
    yield Document(seed.name, builder.text, seed.stem, kind, seed.options.language, {}, builder.blocks)


def _cues(source: str) -> Iterator[_Cue]:
    """The cues, without what the one before already showed."""
    lines = source.split("\n")
    shown: set[str] = set()
    last = 0.0
    place = 0
    while place < len(lines):
        times = _TIMES.fullmatch(lines[place].strip("\r"))
        place += 1
        if times is None:
            continue
        first = place
        while place < len(lines) and lines[place].strip() and not _TIMES.fullmatch(lines[place]):
            place += 1
        rows = lines[first:place]
        if place < len(lines) and _TIMES.fullmatch(lines[place]) and rows and rows[-1].strip().isdecimal():
            rows.pop()  # the number of the next, without an empty line before it
        speaks = any(_SPEAKER.search(row) for row in rows) or (bool(rows) and rows[0].lstrip().startswith(("- ", "– ")))
        texts = [text for row in rows if (text := _bare(row))]
        begin, end = _seconds(times, 1), _seconds(times, 5)
        # What is said again after a while is said again; what is there when the cue before goes has stayed.
        new = [text for text in texts if text not in shown] if begin - last < _AT_ONCE else texts
        shown, last = set(texts), end
        yield _Cue(begin, end, "\n".join(new), first + 1, speaks)


def _bare(row: str) -> str:
    row = _SPEAKER.sub(lambda match: f"{match[1].strip()}: ", row)
    return " ".join(html.unescape(_TAG.sub("", row)).split())


def _seconds(times: re.Match[str], group: int) -> float:
    hours, minutes, seconds, rest = times.group(group, group + 1, group + 2, group + 3)
    return int(hours or 0) * 3600 + int(minutes) * 60 + int(seconds) + int((rest or "0").ljust(3, "0")) / 1000


def _begins_anew(waiting: list[_Cue], cue: _Cue) -> bool:
    size = sum(len(one.text) for one in waiting)
    last = waiting[-1]
    return (
        cue.speaks
        or cue.begin - last.end > _PAUSE
        or cue.begin < last.begin
        or size > _LONGEST
        or (size > _LONG and _ENDS.search(last.text) is not None)
    )


def _add(builder: Builder, waiting: list[_Cue]) -> None:
    if waiting:
        first, last = waiting[0], waiting[-1]
        end = last.end if last.end > first.begin else None
        text = "\n".join(one.text for one in waiting)
        builder.add(text, "text", first.line, 0, (Locator("time", first.begin, "", end),))
    waiting.clear()
