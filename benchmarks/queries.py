"""The queries: what somebody types, sampled from the text of the corpus.

* The *kind* of a query is the class that it is timed in: ``word``, ``or`` and ``and`` of two words, ``phrase`` of two
  to four, ``bracketed`` for (a OR b) AND c, ``prefix``, ``fuzzy`` for a word with one edit, ``question`` for twenty
  words as somebody asks.
* A *band* is a range of document frequencies: common, middle, rare. Words are drawn from all bands alike.

Engines have languages of their own, so a query is words, and each adapter writes it as its users type it. Words are in
lower case and of ASCII letters, on which all tokenizers agree; they have the same variants by Porter's first stemmer
(which SQLite has) as by his second (which the others have), and stand in no title. Prefixes and fuzzy words are such
that as many of the words sampled answer to them where the index holds stems as where it holds words as they are
written.
"""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from benchmarks.corpus import BenchmarkError, Corpus

KINDS = ("word", "or", "and", "phrase", "bracketed", "prefix", "fuzzy", "question")
BANDS = (0.02, 0.002)  # common from the first share of the paragraphs on, rare below the second
QUESTION = 20  # words

_STOP_WORDS = """
a an and are as at be but by for from had has have he his if in into is it its no not of on or our she so such that the
their then there these they this to was we were which will with would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_OPENINGS = (("what", "is"), ("how", "does"), ("why", "would"), ("when", "should"), ("where", "is"), ("who", "has"))
_LETTERS = "abcdefghijklmnopqrstuvwxyz"
_SAMPLE = 20_000
_TOKEN = re.compile(r"[^\W_]+")
_SENTENCE = re.compile(r"[^.;:!?]+")
_WORD = re.compile(r"[a-z]{2,20}")
_TRIES = 300
_SIZES = {"or": 2, "and": 2, "bracketed": 3}


@dataclass(frozen=True, slots=True)
class Query:
    """A query, the same for every engine: words in lower case."""

    kind: str
    words: tuple[str, ...]

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return asdict(self)


def from_dict(found: dict[str, Any]) -> Query:
    """What ``as_dict`` gave, again."""
    return Query(found["kind"], tuple(found["words"]))


def sample(corpus: Corpus, kinds: Sequence[str], count: int, seed: int) -> list[Query]:
    """Up to ``count`` different queries of each kind, from up to 20,000 paragraphs; the same for the same seed."""
    numbers = random.Random(f"{seed} paragraphs").sample(range(corpus.paragraphs), min(_SAMPLE, corpus.paragraphs))
    records = corpus.sample(set(numbers))
    titles = {word for record in records for word in _TOKEN.findall(record.title.lower())}
    return sample_texts([record.text for record in records], kinds, count, seed, titles)


def sample_texts(
    texts: Sequence[str], kinds: Sequence[str], count: int, seed: int, left_out: Iterable[str] = ()
) -> list[Query]:
    """Queries from these texts, without the words ``left_out``."""
    sampler = _Sampler(texts, left_out)
    found: list[Query] = []
    for kind in kinds:
        # A generator for each kind: leaving one out does not change the others.
        chance = random.Random(f"{seed} {kind}")
        of_kind: dict[Query, None] = {}
        for _ in range(count * _TRIES):
            query = sampler.draw(kind, chance, len(of_kind))
            if query is not None:
                of_kind[query] = None
            if len(of_kind) == count:
                break
        found.extend(of_kind)
    return found


def edits(word: str) -> Iterator[str]:
    """The word, and all that differ from it by a letter less, more or changed, or two neighbours swapped."""
    yield word
    for place in range(len(word) + 1):
        before, after = word[:place], word[place:]
        if after:
            yield before + after[1:]
        if len(after) > 1:
            yield before + after[1] + after[0] + after[2:]
        for letter in _LETTERS:
            yield before + letter + after
            if after:
                yield before + letter + after[1:]


class _Sampler:
    """Draws queries of one kind after another."""

    def __init__(self, texts: Sequence[str], left_out: Iterable[str]) -> None:
        import Stemmer

        self.texts = [_TOKEN.findall(text.lower()) for text in texts]
        self.sentences = [
            words for text in texts for part in _SENTENCE.findall(text.lower()) if (words := _TOKEN.findall(part))
        ]
        self.stem: Callable[[str], str] = Stemmer.Stemmer("english").stemWord
        self.first_stem: Callable[[str], str] = Stemmer.Stemmer("porter").stemWord
        self.frequency = Counter(word for tokens in self.texts for word in set(tokens))
        self.variants, first = _variants(self.frequency, self.stem), _variants(self.frequency, self.first_stem)
        self.left_out = others = set(left_out)
        self.usable = {
            word
            for word in self.frequency
            if _WORD.fullmatch(word)
            and word not in others
            and self.stem(word) == self.first_stem(word)
            and self.variants[self.stem(word)] == first[self.stem(word)]
        }
        """Words that all engines take alike."""
        self.prefixes: dict[str, bool] = {}
        bands: list[list[str]] = [[], [], []]
        for word in sorted(self.usable):
            bands[self.band(word)].append(word)
        self.bands = [band for band in bands if band]
        if not self.bands:
            raise BenchmarkError("There are no words of ASCII letters in the corpus to make queries of.")

    def band(self, word: str) -> int:
        """0 for common, 1 for middle, 2 for rare."""
        share = self.frequency[word] / len(self.texts)
        return sum(share < bound for bound in BANDS)

    def draw(self, kind: str, chance: random.Random, number: int) -> Query | None:
        """A query, or None if chance led to nothing."""
        if kind == "word":
            return Query(kind, (chance.choice(self.bands[number % len(self.bands)]),))
        if kind in ("prefix", "fuzzy"):
            word = chance.choice(self.bands[number % len(self.bands)])
            return self.prefix(word, chance) if kind == "prefix" else self.fuzzy(word, chance)
        if kind == "question":
            return self.question(chance)
        tokens = chance.choice(self.texts)
        return self.phrase(tokens, chance) if kind == "phrase" else self.together(kind, tokens, chance)

    def is_stem(self, text: str) -> bool:
        """Whether a text stays as it is where the engine stems what is typed."""
        return self.stem(text) == text == self.first_stem(text)

    def prefix(self, word: str, chance: random.Random) -> Query | None:
        """The first three to five letters of a longer word."""
        if len(word) < 5:
            return None
        begun = word[: chance.randint(3, min(5, len(word) - 1))]
        if begun not in self.prefixes:
            self.prefixes[begun] = self.is_stem(begun) and self.begins_alike(begun)
        return Query("prefix", (begun,)) if self.prefixes[begun] else None

    def begins_alike(self, begun: str) -> bool:
        """Whether stems that begin so and words that do are alike."""
        stems = {variant for stem in self.variants if stem.startswith(begun) for variant in self.variants[stem]}
        written = {other for other in self.frequency if other.startswith(begun)}
        return self.alike(stems, written)

    def fuzzy(self, word: str, chance: random.Random) -> Query | None:
        """A word with a letter less, more or changed."""
        if len(word) < 5 or not self.is_stem(word):
            return None
        place = chance.randrange(len(word))
        middle = chance.choice(("", chance.choice(_LETTERS), chance.choice(_LETTERS)))
        changed = word[:place] + middle + word[place + (not middle or chance.random() < 0.5) :]
        if changed == word or changed in self.frequency or not self.is_stem(changed):
            return None
        near = set(edits(changed))
        stems = {variant for other in near for variant in self.variants.get(other, ())}
        # Whoosh counts two swapped neighbours as two edits, the others as one: queries that tell are left out.
        swapped = {changed[:at] + changed[at : at + 2][::-1] + changed[at + 2 :] for at in range(len(changed) - 1)}
        written = {other for other in near if other in self.frequency}
        tells = any(other in self.frequency or other in self.variants for other in swapped)
        return Query("fuzzy", (changed,)) if self.alike(stems, written) and not tells else None

    def alike(self, stems: set[str], written: set[str]) -> bool:
        """Whether about as many paragraphs have a word of the one as of the other."""
        first, second = (sum(self.frequency[word] for word in words) for words in (stems, written))
        return min(first, second) > 0.99 * max(first, second) > 0

    def phrase(self, tokens: list[str], chance: random.Random) -> Query | None:
        """Tokens of a paragraph that follow each other, none a stop word."""
        size = chance.randint(2, 4)
        if len(tokens) < size:
            return None
        start = chance.randrange(len(tokens) - size + 1)
        words = tuple(tokens[start : start + size])
        fit = all(word in self.usable and word not in STOP_WORDS for word in words)
        return Query("phrase", words) if fit else None

    def together(self, kind: str, tokens: list[str], chance: random.Random) -> Query | None:
        """Different words of one paragraph, each of a band drawn first."""
        size = _SIZES[kind]
        words: dict[str, str] = {}  # by stem: some engines count a variant twice, others once
        there = sorted({token for token in tokens if token in self.usable})
        for _ in range(size * 4):
            band = chance.randrange(3)
            choice = [word for word in there if self.band(word) == band and self.stem(word) not in words]
            if choice:
                word = chance.choice(choice)
                words[self.stem(word)] = word
            if len(words) == size:
                return Query(kind, tuple(words.values()))
        return None

    def question(self, chance: random.Random) -> Query | None:
        """An opening, and words of one sentence as they follow each other, function words and all."""
        tokens = chance.choice(self.sentences)
        opening = chance.choice(_OPENINGS)
        size = QUESTION - len(opening)
        if len(tokens) < size:
            return None
        start = chance.randrange(len(tokens) - size + 1)
        words = tokens[start : start + size]
        fit = all(_WORD.fullmatch(word) and word not in self.left_out for word in words)
        return Query("question", (*opening, *words)) if fit else None


def _variants(words: Iterable[str], stem: Callable[[str], str]) -> dict[str, set[str]]:
    """The words of each stem."""
    found: dict[str, set[str]] = {}
    for word in words:
        found.setdefault(stem(word), set()).add(word)
    return found
