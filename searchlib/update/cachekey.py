"""The key of a cache of indexes: a digest of all that decides what an index is, before it is built.

That are the seeds, by their names and digests; how they are read and indexed; and what does it: searchlib, the packages
it needs, and Python, whose tables of characters are its own. Indexes with one key have one digest; an index that was
kept under another is nevertheless good to begin with, since an update finds out itself what changed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable, Mapping
from dataclasses import asdict
from importlib import metadata
from typing import Any

from searchlib.documents import LoadOptions, Report
from searchlib.documents.describing import Descriptions
from searchlib.files.roots import StrPath
from searchlib.guards.limits import LIMITS, Limits
from searchlib.hashing import blake2b
from searchlib.update.comparing import digest_of, find_seeds, settings_of, sidecar_patterns, sources_of

_PACKAGE = "searchlib"


def cache_key(
    paths: Iterable[StrPath],
    *,
    options: LoadOptions,
    language: str = "auto",
    segment: Iterable[str] = (),
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    limits: Limits = LIMITS,
    loaders: Mapping[str, str] | None = None,
) -> str:
    """The key for an index of the seeds at ``paths``: 32 hexadecimal digits. Every seed is read.

    ``loaders`` are commands that read files, by suffix. Raises SettingsError for a path that does not exist.
    """
    paths = list(paths)
    described = Descriptions(options, limits)
    exclude = tuple(dict.fromkeys((*exclude, *sidecar_patterns(paths, options))))
    seeds = find_seeds(paths, Report(), include, exclude)
    decides: dict[str, Any] = {
        "packages": _packages(),
        "settings": settings_of(language, options, segment),
        "sources": sources_of(paths, include, exclude),
        "limits": asdict(limits),
        "loaders": dict(sorted((loaders or {}).items())),
        "seeds": [(seed.name, digest_of(seed, options, limits), described.of(seed).digest) for seed in seeds],
    }
    said = json.dumps(decides, sort_keys=True, default=str)
    return blake2b(said.encode("utf-8", "surrogatepass"), digest_size=16).hexdigest()


def _packages() -> dict[str, str]:
    """The versions of Python, of searchlib and of what it needs; what an extra changes in an index, settings say."""
    found = {"python": "{}.{}".format(*sys.version_info)}
    try:
        found[_PACKAGE] = metadata.version(_PACKAGE)
        needs = metadata.requires(_PACKAGE) or ()
    except metadata.PackageNotFoundError:  # not installed, but on the path
        return found
    for need in needs:
        name = "".join(character if character.isalnum() or character in "-_." else " " for character in need).split()[0]
        if "extra ==" not in need:
            found[name] = metadata.version(name)
    return found
