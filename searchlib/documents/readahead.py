"""Reading seeds ahead: their bytes and digests, while others are still looked at.

Almost all that an update does with seeds that have not changed is to read and to hash them, which Python does without
its lock. So a few threads do it, a little way ahead of who asks: in *portions* of neighbouring files, since a file is
often smaller than it costs to ask for.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator, Sequence
from concurrent.futures import Executor, Future, ThreadPoolExecutor
from types import TracebackType
from typing import TypeAlias

from searchlib.documents import registry
from searchlib.documents.seed import KEEP_BELOW, Content, LoadOptions, SeedFile
from searchlib.errors import SeedError
from searchlib.guards.limits import LIMITS, Limits

THREADS = 2
AHEAD = 4  # portions
PORTION = 1 << 20  # bytes, by what the walk saw; a larger file is a portion of its own
MOST_FILES = 64  # of a portion

Found: TypeAlias = "tuple[SeedFile, Content | SeedError]"


class ReadAhead:
    """The seeds with what they hold, in their order; why not, for one that cannot be read.

    Of a file of up to ``keep`` bytes its contents are kept: those of a handful of portions at a time.
    """

    def __init__(
        self,
        seeds: Sequence[SeedFile],
        keep: int = KEEP_BELOW,
        options: LoadOptions | None = None,
        limits: Limits = LIMITS,
    ) -> None:
        self._keep = keep
        self._options = options or LoadOptions()
        self._limits = limits
        self._portions = _portions(seeds)
        self._pool = ThreadPoolExecutor(THREADS, "searchlib-read")
        self._waiting: deque[Future[list[Found]] | SeedFile] = deque()
        for _ in range(AHEAD):
            self._send()

    def _send(self) -> None:
        portion = next(self._portions, None)
        if portion is None:
            return
        if portion[0].path is None:  # standard input is read when its turn has come: it may never end
            self._waiting.append(portion[0])
        else:
            self._waiting.append(self._pool.submit(self._read, portion))

    def _read(self, portion: list[SeedFile]) -> list[Found]:
        return [self._read_one(seed) for seed in portion]

    def _read_one(self, seed: SeedFile) -> Found:
        try:
            return seed, read_seed(seed, self._options, self._limits, self._keep, self._pool)
        except SeedError as error:
            return seed, error

    def __iter__(self) -> Iterator[Found]:
        while self._waiting:
            first = self._waiting.popleft()
            found = [self._read_one(first)] if isinstance(first, SeedFile) else first.result()
            del first  # what it holds goes when it has been looked at
            self._send()
            found.reverse()
            while found:
                yield found.pop()

    def __enter__(self) -> ReadAhead:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._pool.shutdown(cancel_futures=True)


def read_seed(
    seed: SeedFile,
    options: LoadOptions | None = None,
    limits: Limits = LIMITS,
    keep: int = KEEP_BELOW,
    aside: Executor | None = None,
) -> Content:
    """What a seed holds, see `SeedFile.read`. Raises SeedError for one that ``limits`` leave out, before it is read."""
    return seed.read(keep, aside, limits, registry.read_whole(seed.name, options or LoadOptions()))


def _portions(seeds: Sequence[SeedFile]) -> Iterator[list[SeedFile]]:
    portion: list[SeedFile] = []
    size = 0
    for seed in seeds:
        if portion and (
            size + seed.size > PORTION or len(portion) == MOST_FILES or seed.path is None or portion[0].path is None
        ):
            yield portion
            portion, size = [], 0
        portion.append(seed)
        size += seed.size
    if portion:
        yield portion
