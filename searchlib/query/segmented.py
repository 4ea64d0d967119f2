"""Words of scripts without spaces in a query, for an index that has them beside its pairs of characters.

A text of such a script asks for any of its pairs. The words that a segmenter finds in it are asked for besides, in
fields of their own: a paragraph that has a word has its pairs, so they change what comes first, not what is found. Who
looks at what is found, or at what was typed, looks at the query `nodes.without_segmented`.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from searchlib.analysis import Form, split_key
from searchlib.analysis.segmenting import SEGMENTERS, is_there, words_of_text
from searchlib.model.fields import SEGMENTED
from searchlib.query.mistakes import QueryWarning
from searchlib.query.nodes import Weights, Word

AS_WORD: Final = 0.5
"""What a word counts, where a pair counts 1."""

_FIELDS: Final = {base: name for name, base in SEGMENTED.items()}


def segmented_words(text: str, languages: Sequence[str], fields: Weights) -> list[Word]:
    """The words of a query's text in any of some languages, each once, of those whose segmenters are installed."""
    own = tuple((_FIELDS[name], weight) for name, weight in fields if name in _FIELDS)
    keys = dict.fromkeys(key for one in languages if _reads(one, text) for key in words_of_text(text, one))
    forms = [Form(*split_key(key)) for key in keys] if own else []
    return [Word(form.exact, (form,), own, AS_WORD) for form in forms]


def _reads(language: str, text: str) -> bool:
    """Whether the segmenter of a language is installed, where there is anything for it; to look takes a moment."""
    return SEGMENTERS[language].writes.search(text) is not None and is_there(language)


def unsegmented(source: str, languages: Sequence[str]) -> tuple[QueryWarning, ...]:
    """A warning where a query is written in one of some languages, and its segmenter is not installed."""
    for language in languages:
        written = SEGMENTERS[language].writes.search(source)
        if written is not None and not is_there(language):
            return (QueryWarning(_MISSING.format(language), source, written.start(), _ADVICE, written.end()),)
    return ()


_MISSING: Final = (
    "This index knows words of {}, and what finds them in a query is not installed, "
    "so what was found stands in the order that pairs of characters give."
)
_ADVICE: Final = 'Install it: pip install "searchlib[segment]"'
