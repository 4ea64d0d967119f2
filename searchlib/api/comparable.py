"""Comparing two indexes: what came, went, moved and was edited."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from searchlib.api.entrance import Index, open
from searchlib.guards.arguments import StrPath

if TYPE_CHECKING:
    from searchlib.update.diffing import IndexDiff


def diff(old: StrPath | Iterable[StrPath] | Index, new: StrPath | Iterable[StrPath] | Index) -> IndexDiff:
    """What changed from the index ``old`` to ``new``, each open or at a path: documents, and paragraphs in them.

    What is compared is what the indexes say, not the seeds. Documents with the same digest are not read, so that it
    costs what changed. False if nothing did; see `searchlib.update.diffing`. Raises as `open` does.
    """
    from searchlib.update.diffing import Version, diff_versions

    with ExitStack() as stack:
        old, new = (one if isinstance(one, Index) else stack.enter_context(open(one)) for one in (old, new))
        return diff_versions(Version.of(old._reader), Version.of(new._reader))
