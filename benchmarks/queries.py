"""The queries: sampled from the text of the corpus, or given in a file.

* The *kind* of a query is the class it is timed in: ``term``, ``and``, ``or``, ``phrase``, ``phrase-stop`` (a phrase
  with stop words), ``prefix``, ``fuzzy``, ``filtered`` (words that must all be there, within one group).
* A *band* is a range of document frequencies: common, middle, rare. Words are drawn from all bands alike.

Words that are sampled have ASCII letters only, on which the tokenizers of all engines agree, and the same variants by
Porter's first stemmer (which SQLite has) as by his second (which the others have). Those of ``prefix`` and ``fuzzy``
are stems, or parts of them, since that is what the indexes hold; engines do not stem them again.
"""

from __future__ import annotations

import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from benchmarks.corpus import BenchmarkError, Corpus

KINDS = ("term", "and", "or", "phrase", "phrase-stop", "prefix", "fuzzy", "filtered")
SAMPLED, GIVEN = "sampled", "given"
BANDS = (0.02, 0.002)  # common from the first share of the paragraphs on, rare below the second

_STOP_WORDS = """
a an and are as at be but by for from had has have he his if in into is it its no not of on or our she so such that the
their then there these they this to was we were which will with would you your
"""
STOP_WORDS = frozenset(_STOP_WORDS.split())
_SAMPLE = 20_000
_TOKEN = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[a-z]{2,20}")
_GIVEN = re.compile(r"[a-z0-9]+")
_TRIES = 200


@dataclass(frozen=True, slots=True)
class Query:
    """A query, the same for every engine: words in lower case, as they are typed."""

    kind: str
    words: tuple[str, ...]
    group: str = ""
    source: str = SAMPLED

    def as_dict(self) -> dict[str, Any]:
        """For JSON."""
        return {key: value for key, value in asdict(self).items() if value}


def from_dict(found: dict[str, Any]) -> Query:
    """What ``as_dict`` gave, again."""
    return Query(found["kind"], tuple(found["words"]), found.get("group", ""), found.get("source", SAMPLED))


def sample(corpus: Corpus, kinds: Sequence[str], count: int, seed: int) -> list[Query]:
    """Up to ``count`` queries of each kind, drawn from up to 20,000 paragraphs; the same for the same seed."""
    numbers = random.Random(f"{seed} paragraphs").sample(range(corpus.paragraphs), min(_SAMPLE, corpus.paragraphs))
    records = corpus.sample(set(numbers))
    return sample_texts([(record.text, record.group) for record in records], kinds, count, seed)


def sample_texts(texts: Sequence[tuple[str, str]], kinds: Sequence[str], count: int, seed: int) -> list[Query]:
    """Queries from these texts, each with its group."""
    sampler = _Sampler(texts)
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


class _Sampler:
    """Draws queries of one kind after another."""

    def __init__(self, texts: Sequence[tuple[str, str]]) -> None:
        import Stemmer

        self.texts = [(_TOKEN.findall(text.lower()), group) for text, group in texts]
        self.stem: Callable[[str], str] = Stemmer.Stemmer("english").stemWord
        self.first_stem: Callable[[str], str] = Stemmer.Stemmer("porter").stemWord
        frequency = Counter(word for tokens, _ in self.texts for word in set(tokens))
        self.frequency = frequency
        second, first = _variants(frequency, self.stem), _variants(frequency, self.first_stem)
        self.stems = set(second)
        self.usable = {
            word
            for word in frequency
            if _WORD.fullmatch(word)
            and self.stem(word) == self.first_stem(word)
            and second[self.stem(word)] == first[self.stem(word)]
        }
        """Words that all engines take alike."""
        bands: list[list[str]] = [[], [], []]
        for word in sorted(frequency):
            if word in self.usable:
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
        if kind == "term":
            return Query(kind, (chance.choice(self.bands[number % len(self.bands)]),))
        if kind in ("prefix", "fuzzy"):
            stem = self.stem(chance.choice(self.bands[number % len(self.bands)]))
            return self.prefix(stem, chance) if kind == "prefix" else self.fuzzy(stem, chance)
        tokens, group = chance.choice(self.texts)
        if kind in ("phrase", "phrase-stop"):
            return self.phrase(kind, tokens, chance)
        return self.together(kind, tokens, group, chance)

    def prefix(self, stem: str, chance: random.Random) -> Query | None:
        """The first three to five letters of a longer stem."""
        if len(stem) < 4:
            return None
        prefix = stem[: chance.randint(3, min(5, len(stem) - 1))]
        return Query("prefix", (prefix,)) if self.first_stem(prefix) == prefix else None  # SQLite stems it too

    def fuzzy(self, stem: str, chance: random.Random) -> Query | None:
        """A stem with a letter less, more or changed."""
        if len(stem) < 5:
            return None
        place = chance.randrange(len(stem))
        letter = chance.choice("abcdefghijklmnopqrstuvwxyz")
        keep = chance.choice((0, 1, 1))
        middle = "" if not keep else letter
        end = stem[place + 1 :] if chance.random() < 0.5 or not keep else stem[place:]
        changed = stem[:place] + middle + end
        # Whoosh counts two swapped neighbours as two edits, the others as one: queries that tell are left out.
        swapped = (changed[:at] + changed[at : at + 2][::-1] + changed[at + 2 :] for at in range(len(changed) - 1))
        if changed == stem or any(other != changed and other in self.stems for other in swapped):
            return None
        return Query("fuzzy", (changed,))

    def phrase(self, kind: str, tokens: list[str], chance: random.Random) -> Query | None:
        """Tokens of a paragraph that follow each other."""
        stop = kind == "phrase-stop"
        size = chance.randint(2, 5 if stop else 4)
        if len(tokens) < size:
            return None
        start = chance.randrange(len(tokens) - size + 1)
        words = tuple(tokens[start : start + size])
        stops = sum(word in STOP_WORDS for word in words)
        plain = all(word in self.usable or word in STOP_WORDS for word in words)
        return Query(kind, words) if plain and (0 < stops < size if stop else not stops) else None

    def together(self, kind: str, tokens: list[str], group: str, chance: random.Random) -> Query | None:
        """Different words of one paragraph, each of a band drawn first."""
        low, high = {"and": (2, 4), "or": (2, 5), "filtered": (1, 3)}[kind]
        size = chance.randint(low, high)
        words: dict[str, str] = {}  # by stem: some engines count a variant twice, others once
        there = sorted({token for token in tokens if token in self.usable})
        for _ in range(size * 4):
            band = chance.randrange(3)
            choice = [word for word in there if self.band(word) == band and self.stem(word) not in words]
            if choice:
                word = chance.choice(choice)
                words[self.stem(word)] = word
            if len(words) == size:
                return Query(kind, tuple(words.values()), group if kind == "filtered" else "")
        return None


def _variants(words: Iterable[str], stem: Callable[[str], str]) -> dict[str, set[str]]:
    """The words of each stem."""
    found: dict[str, set[str]] = {}
    for word in words:
        found.setdefault(stem(word), set()).add(word)
    return found


def given(file: Path, kinds: Sequence[str]) -> tuple[list[Query], int]:
    """The queries of a JSON Lines file, and how many of its lines are of no kind that is timed.

    A line is ``{"query": TEXT}``: all words with a plus are ``and``, all within quotation marks a phrase, several
    words ``or``, one word ``term``.
    """
    found: dict[Query, None] = {}
    left = 0
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if not line.strip():
            continue
        try:
            text = str(json.loads(line)["query"])
        except (ValueError, KeyError, TypeError) as error:
            raise BenchmarkError(f'{file}:{number}: not an object with the key "query".') from error
        query = read(text)
        if query is None or query.kind not in kinds:
            left += 1
        else:
            found[query] = None
    return list(found), left


def read(text: str) -> Query | None:
    """The query that a line of a file means; None for mixed and negated ones, and words with marks in them."""
    text = text.strip().lower()
    if len(text) > 2 and text[0] == text[-1] == '"' and text.count('"') == 2:
        words = text[1:-1].split()
        kind = "phrase-stop" if any(word in STOP_WORDS for word in words) else "phrase"
        if len(words) < 2:
            kind = "term"
    elif text.startswith("+"):
        words = text.split()
        if not all(word.startswith("+") for word in words):
            return None
        words = [word[1:] for word in words]
        kind = "and" if len(words) > 1 else "term"
    else:
        words = text.split()
        kind = "or" if len(words) > 1 else "term"
    if not words or not all(_GIVEN.fullmatch(word) for word in words):
        return None
    if kind in ("and", "or"):
        words = list(dict.fromkeys(words))
        kind = kind if len(words) > 1 else "term"
    return Query(kind, tuple(words), "", GIVEN)
