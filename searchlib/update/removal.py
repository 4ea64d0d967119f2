"""Removal: documents whose seeds are gone are removed, but not most of an index because of a disk that is not mounted.

What has *come to nothing* is a folder, a root or one in it, that had seeds and has none now; a file that is there and
cannot be read comes to nothing too. If more than half of the documents of an index would be removed for that, somebody
has to say that it is meant. Files that were deleted one by one, renamed folders, what patterns leave out and roots
that are not named any more are meant already.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from searchlib.documents.ignore import excluding
from searchlib.errors import SeedError
from searchlib.frozen import frozen
from searchlib.update.seedstates import bytes_of

_SHOWN = 3


@frozen
class SeedBefore:
    """A seed as the index has it: how many documents are of it, and its digest, as the index remembers it."""

    documents: int
    digest: str


def refuse_removal(
    before: Mapping[str, SeedBefore],
    now: Mapping[str, str],
    unread: set[str],
    roots: Iterable[str],
    include: tuple[str, ...] = (),
    exclude: tuple[str, ...] = (),
) -> None:
    """Raise SeedError if more than half of the documents of the seeds ``before`` have come to nothing.

    ``now`` has the digests of the seeds that were found, by name, those that are ``unread`` among them.
    """
    total = sum(seed.documents for seed in before.values())
    gone = {name: seed for name, seed in before.items() if name not in now or name in unread}
    if 2 * sum(seed.documents for seed in gone.values()) <= total:
        return
    filled = {folder for name in now for folder in _folders(name)}
    moved = {bytes_of(digest) for name, digest in now.items() if name not in before} - {""}
    named = set(roots)
    leaves_out = excluding(include, exclude)
    lost: Counter[str] = Counter()
    for name, seed in gone.items():
        folders = _folders(name)
        empty = next((folder for folder in folders if folder not in filled), "")
        if name in unread:
            lost[name] += seed.documents
            continue
        meant = bytes_of(seed.digest) in moved or leaves_out(name)
        if empty and not meant and (folders[0] in named or "" in named):
            lost[empty + "/"] += seed.documents
    count = sum(lost.values())
    if 2 * count > total:
        places = [place for place, _ in lost.most_common()]
        where = ", ".join(places[:_SHOWN]) + f" and {len(places) - _SHOWN:,} more" * (len(places) > _SHOWN)
        raise SeedError(
            f"{count:,} of {total:,} documents would be removed, since nothing can be read any more of {where}; "
            "nothing was changed: see that it is there (a disk may not be mounted), or give --allow-removal "
            "(in Python allow_removal=True)",
            places[0],
        )


def _folders(name: str) -> list[str]:
    """The folders that a name is in, the outermost first."""
    parts = name.split("/")[:-1]
    return ["/".join(parts[: number + 1]) for number in range(len(parts))]
