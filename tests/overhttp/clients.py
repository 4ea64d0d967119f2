"""Many clients at once, each with a connection of its own: as little as HTTP/1.1 needs."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

ROOM = 1 << 24


@dataclass
class Heard:
    """What clients were answered: how often each status, how long it took (milliseconds), and what was no answer."""

    statuses: Counter[int] = field(default_factory=Counter)
    took: list[float] = field(default_factory=list)
    lost: Counter[str] = field(default_factory=Counter)

    def slowest(self, share: float) -> float:
        """The time that this share of the answers took at most."""
        ordered = sorted(self.took)
        return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0

    def __str__(self) -> str:
        times = ", ".join(f"p{share * 100:g} {self.slowest(share):.0f} ms" for share in (0.5, 0.9, 0.99, 1.0))
        lost = f"; lost {dict(self.lost)}" if self.lost else ""
        return f"{len(self.took):,} answers, {dict(sorted(self.statuses.items()))}, {times}{lost}"


async def clients(address: str, paths: Sequence[str], count: int, until: Callable[[], bool]) -> Heard:
    """``count`` clients that ask for one path after another until it is time to stop."""
    heard = Heard()
    turns = itertools.count()
    await asyncio.gather(*(_client(address, paths, turns, until, heard) for _ in range(count)))
    return heard


async def _client(
    address: str, paths: Sequence[str], turns: itertools.count[int], until: Callable[[], bool], heard: Heard
) -> None:
    place = urlsplit(address)
    writer = None
    while not until():
        path = paths[next(turns) % len(paths)]
        began = time.perf_counter()
        try:
            if writer is None:
                reader, writer = await asyncio.open_connection(place.hostname, place.port, limit=ROOM)
            request = f"GET {path} HTTP/1.1\r\nHost: {place.netloc}\r\nAccept-Encoding: gzip\r\n\r\n"
            writer.write(request.encode())
            status, stays = await asyncio.wait_for(_answer(reader), 120)
        except (OSError, EOFError, ValueError, asyncio.IncompleteReadError, TimeoutError) as error:
            heard.lost[type(error).__name__] += 1
            if writer is not None:
                writer.close()
            writer = None
            await asyncio.sleep(0.05)
            continue
        heard.statuses[status] += 1
        heard.took.append((time.perf_counter() - began) * 1000)
        if not stays:
            writer.close()
            writer = None
        if status == 503:
            await asyncio.sleep(0.2)
    if writer is not None:
        writer.close()


async def _answer(reader: asyncio.StreamReader) -> tuple[int, bool]:
    """The status of an answer, which is read whole, and whether the connection stays."""
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").lower()
    status = int(head.split(" ", 2)[1])
    fields = dict(line.split(": ", 1) for line in head.split("\r\n")[1:] if ": " in line)
    if "content-length" in fields:
        await reader.readexactly(int(fields["content-length"]))
    elif fields.get("transfer-encoding") == "chunked":
        while size := int(await reader.readline(), 16):
            await reader.readexactly(size + 2)
        await reader.readline()
    return status, fields.get("connection") != "close"
