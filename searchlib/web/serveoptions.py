"""What a server allows: whom it answers, how much it takes on at once, and what it may read besides its indexes."""

from __future__ import annotations

import re
from dataclasses import dataclass

from searchlib.errors import SettingsError
from searchlib.files.roots import StrPath

SHORTEST_TOKEN = 12
LOOPBACK = ("localhost", "127.0.0.1", "::1")
_ROOT_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)+")
TIMEOUT = 10.0
"""Seconds that an answer may take to make, where the limits of an index have no timeout."""


@dataclass(frozen=True, slots=True)
class ServeOptions:
    """What a server allows.

    ``hosts`` are the names that requests may call it by; ``any_address`` also lets them call it by any IP address,
    which no name server can forge. With a ``token``, whoever does not know it is refused. ``origins`` are the other
    web sites whose scripts may read what it answers. ``sources`` are paths of the seeds, which it may then read where
    they are indexed; () has them looked for above the index, and None leaves them alone. ``facets`` are the fields that
    the page counts, None: those that say something. ``root_path`` is what all addresses begin with, where a proxy shows
    the server at ``/search/`` of its own, say.

    ``at_once`` answers are made at a time; up to ``waiting`` more wait, for ``patience`` seconds at most. ``streams``
    are how many lists of all hits may be under way. ``body`` is how many bytes a request may bring.
    """

    hosts: tuple[str, ...] = LOOPBACK
    any_address: bool = False
    token: str = ""
    origins: tuple[str, ...] = ()
    sources: tuple[StrPath, ...] | None = None
    facets: tuple[str, ...] | None = None
    root_path: str = ""
    at_once: int = 4
    waiting: int = 1000
    patience: float = 30.0
    streams: int = 32
    body: int = 1 << 18

    def __post_init__(self) -> None:
        for name in ("at_once", "waiting", "streams", "body"):
            value = getattr(self, name)
            if not isinstance(value, int) or value < 1:
                raise SettingsError(f"{name} is {value!r}: give a whole number from 1 on")
        for origin in self.origins:
            if origin != "*" and not origin.startswith(("http://", "https://")):
                raise SettingsError(f"{origin!r} is no origin of the web: give one as https://example.org")
        if self.root_path and not _ROOT_PATH.fullmatch(self.root_path):
            raise SettingsError(f"{self.root_path!r} is no beginning of addresses: give one as /search")
        if self.token and (
            len(self.token) < SHORTEST_TOKEN or not self.token.isascii() or not self.token.isprintable()
        ):
            raise SettingsError(f"the token is too easy: give {SHORTEST_TOKEN} or more printable characters of ASCII")


DEFAULTS = ServeOptions()
