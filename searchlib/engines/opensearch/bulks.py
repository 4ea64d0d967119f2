"""Bulks: lines that are sent to an index, many in a request and some requests at a time.

Each bulk is sent by a thread, while what comes next is made. So the cluster sets the pace: where as many are on their
way as may be, the next one waits. What the cluster has no room for is sent again after a while, in halves where all of
a bulk is too much at once; what it refuses is an error.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import suppress
from typing import Final

from searchlib.engines.opensearch.cluster import Cluster, Json, NoRoom
from searchlib.errors import SeedError

BYTES: Final = 5 << 20
"""Of a bulk."""
AT_ONCE: Final = 4
"""Bulks on their way."""
_TRIES = 10
_BUSY = (429, 503)


class Bulks:
    """What is to be sent to the index that ``begin`` gives, of which so many bytes are sent at once at ``most``."""

    def __init__(self, cluster: Cluster, begin: Callable[[], str], most: int = BYTES) -> None:
        self._cluster = cluster
        self._begin = begin
        self._most = most
        self._lines: list[str] = []
        self._size = 0
        self._sent: deque[Future[None]] = deque()
        self._threads: ThreadPoolExecutor | None = None
        self._over = False

    def add(self, line: str) -> None:
        """Send a line with the next bulk."""
        self._lines.append(line)
        self._size += len(line)
        if self._size >= self._most:
            self._hand_over()

    def settle(self) -> None:
        """Send what waits, and wait until all is there."""
        self._hand_over()
        while self._sent:
            self._sent.popleft().result()

    def close(self) -> None:
        """Forget what waits; what is on its way comes to an end."""
        self._lines, self._over = [], True
        if self._threads is not None:
            self._threads.shutdown(cancel_futures=True)
            self._threads = None
        for one in self._sent:
            with suppress(BaseException):  # it is over, one way or another
                one.result()
        self._sent.clear()

    def _hand_over(self) -> None:
        lines, self._lines, self._size = self._lines, [], 0
        if not lines:
            return
        index = self._begin()
        while len(self._sent) >= AT_ONCE:
            self._sent.popleft().result()
        if self._threads is None:
            self._threads = ThreadPoolExecutor(AT_ONCE, "searchlib-bulk")
        self._sent.append(self._threads.submit(self._send, index, lines))

    def _send(self, index: str, lines: list[str]) -> None:
        """Send these; what the cluster has no room for now, again."""
        pause = 0.2
        for _ in range(_TRIES):
            lines = self._left_of(index, lines)
            if not lines or self._over:
                return
            time.sleep(pause)
            pause = min(pause * 2, 10)
        raise self._cluster.explained(429, "it rejects parts of it again and again")

    def _left_of(self, index: str, lines: list[str]) -> list[str]:
        """Send these; what of them was rejected. Where all is, as it is too much at once, half of it is sent first."""
        try:
            answer = self._cluster.call(
                "POST", f"/{index}/_bulk", "".join(lines), tries=_TRIES if len(lines) < 2 else 2
            )
        except NoRoom:
            half = len(lines) // 2
            if not half:
                raise
            return self._left_of(index, lines[:half]) + self._left_of(index, lines[half:])
        if not answer["errors"]:
            return []
        results = [result for one in answer["items"] for result in one.values()]
        failed = [(line, one) for line, one in zip(lines, results, strict=True) if one.get("error")]
        for _, one in failed:
            if one["status"] not in _BUSY or "block" in one["error"].get("type", ""):
                raise self._refused(one)
        return [line for line, _ in failed]

    def _refused(self, one: Json) -> Exception:
        reason = one["error"].get("reason", "")
        if one["status"] in (403, *_BUSY):
            return self._cluster.explained(one["status"], one["error"])
        if "total fields" in reason:
            return SeedError("the documents have more names of metadata than an index takes: leave some out")
        return SeedError(f"{self._cluster.location} refused a paragraph: leave its document out ({reason[:200]})")
