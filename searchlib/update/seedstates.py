"""What an index remembers of a seed, as a text: by this the next update knows whether to read it again.

It is the digest of its bytes; then, if the file is described (`searchlib.documents.describing`), ``+`` and the digest
of that; then, if it was not read quite as it stands, ``!``: it is read again, to be told again. What follows that is
why there is no text in it: this is told again, and nothing is read.
"""

from __future__ import annotations

from searchlib.frozen import frozen


@frozen
class SeedState:
    """A seed as it was indexed: see above. ``digest`` is "" if it could not be read."""

    digest: str = ""
    described: str = ""
    again: bool = False
    textless: str = ""

    def __str__(self) -> str:
        described = f"+{self.described}" if self.described else ""
        return f"{self.digest}{described}{'!' * (self.again or bool(self.textless))}{self.textless}"


def state_of(remembered: str) -> SeedState:
    """The state that a text stands for."""
    known, mark, textless = remembered.partition("!")
    digest, _, described = known.partition("+")
    return SeedState(digest, described, bool(mark) and not textless, textless)


def bytes_of(remembered: str) -> str:
    """The digest of the bytes of a seed that is remembered so."""
    return state_of(remembered).digest
