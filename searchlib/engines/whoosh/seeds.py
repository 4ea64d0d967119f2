"""The digests of the seeds that an index was built from, in a file of its own: only an update reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from searchlib.engines.whoosh.manifest import Manifest
from searchlib.errors import IndexCorrupt


def seeds_name(generation: int) -> str:
    """The name of the file."""
    return f"searchlib.{generation}.seeds"  # no name that Whoosh takes for a segment's and removes


def write_seeds(folder: Path, generation: int, seeds: Mapping[str, str]) -> str:
    """Write the digests by name of seed; the name of the file."""
    name = seeds_name(generation)
    text = json.dumps(dict(sorted(seeds.items())), ensure_ascii=True, indent=0)
    (folder / name).write_text(text + "\n", encoding="ascii")
    return name


def read_seeds(folder: Path, manifest: Manifest) -> dict[str, str]:
    """The digests by name of seed; empty where the index was built from none."""
    name = seeds_name(manifest.generation)
    if name not in manifest.files:
        return {}
    path = folder / name
    try:
        found = json.loads(path.read_text(encoding="ascii"))
        if not all(isinstance(key, str) and isinstance(value, str) for key, value in found.items()):
            raise ValueError("a digest is no text")
    except (OSError, ValueError, AttributeError) as error:
        raise IndexCorrupt(f"{path} is damaged ({error}); build the index again with: searchlib index", path) from error
    return dict(found)
