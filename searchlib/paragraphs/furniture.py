"""Text that was paged for a printer: a form feed between the footer of a page and the header of the next."""

from __future__ import annotations

from collections.abc import Iterator

MAX_FURNITURE = 120
_CLOSED = tuple(".!?:;…。！？\"”'’)]")


def joined(text: str, chunks: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """``chunks`` of paged text, with footer and header as one, inside the paragraph that the page break interrupts.

    A paragraph goes on over the page when its first part is not closed and its second begins in lower case.
    """
    parts = [piece for chunk in chunks for piece in _cut(text, *chunk)]
    done: list[tuple[int, int]] = []
    place = 0
    while place < len(parts):
        start, end = parts[place]
        after = place + 1
        if after < len(parts) and "\f" in text[end : parts[after][0]]:
            footer, header = _furniture(text, start, end), _furniture(text, *parts[after])
            if footer and header:
                end = parts[after][1]
                after += 1
            if footer and done and after < len(parts) and _goes_on(text, done[-1], parts[after]):
                start, end = done.pop()[0], parts[after][1]
                after += 1
        done.append((start, end))
        place = after
    return done


def _cut(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """A chunk at its form feeds."""
    while (feed := text.find("\f", start, end)) >= 0:
        before = text[start:feed]
        if before.strip():
            yield start, start + len(before.rstrip())
        start = feed + 1
    rest = text[start:end]
    if rest.strip():
        yield start + len(rest) - len(rest.lstrip()), end


def _furniture(text: str, start: int, end: int) -> bool:
    return end - start <= MAX_FURNITURE and text.find("\n", start, end) < 0


def _goes_on(text: str, before: tuple[int, int], after: tuple[int, int]) -> bool:
    return not text[before[1] - 1].endswith(_CLOSED) and text[after[0]].islower()
