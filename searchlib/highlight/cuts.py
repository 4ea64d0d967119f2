"""Where a snippet may begin and end: never within a grapheme cluster, and between words where there is room."""

from __future__ import annotations

from searchlib.analysis.graphemes import is_boundary
from searchlib.analysis.words import find_words, is_unspaced, pieces


class Cuts:
    """The places where a text can be cut without splitting a word; in scripts without spaces, a unit."""

    def __init__(self, text: str) -> None:
        self._text = text

    def at_or_before(self, index: int, lowest: int) -> int:
        """The last cut up to ``index``; within a word longer than the room from ``lowest``, the last character's."""
        index = min(index, len(self._text))
        word = self._around(index)
        cut = self._back(word[0] if word is not None else index, lowest)
        if cut > lowest:
            return cut
        return self._forward(self._back(index, lowest + 1))

    def at_or_after(self, index: int, highest: int) -> int:
        """The first cut from ``index`` on; within a word longer than the room to ``highest``, the next character's."""
        index = max(index, 0)
        word = self._around(index)
        cut = self._forward(word[1] if word is not None else index)
        return cut if cut <= highest else min(self._forward(index), highest)

    def _around(self, index: int) -> tuple[int, int] | None:
        """The word or unit that ``index`` is within; only what stands between two blanks is looked at."""
        text = self._text
        if not 0 < index < len(text) or text[index].isspace() or text[index - 1].isspace():
            return None
        begin = text.rfind(" ", 0, index) + 1
        stop = text.find(" ", index)
        for match in find_words(text[begin : stop if stop >= 0 else len(text)]):
            start, end = match.start() + begin, match.end() + begin
            if start < index < end:
                if not is_unspaced(match[0]):
                    return start, end
                units = ((start + first, start + last) for first, last, _ in pieces(match[0]))
                return next((unit for unit in units if unit[0] < index < unit[1]), None)
        return None

    def _back(self, index: int, lowest: int) -> int:
        while index > lowest and not is_boundary(self._text, index):
            index -= 1
        return index

    def _forward(self, index: int) -> int:
        while not is_boundary(self._text, index):
            index += 1
        return index
