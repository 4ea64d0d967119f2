"""The digests of the seeds that an index was built from, in a file of its own: only an update reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path

from searchlib.engines.whoosh import disk
from searchlib.engines.whoosh.format.access import damaged, problem_of
from searchlib.engines.whoosh.manifest import SEEDS, Manifest, digest_of
from searchlib.files.opening import read_file

LARGEST = 1 << 30  # bytes: ten million seeds


def write_seeds(folder: Path, seeds: Mapping[str, str]) -> str:
    """Write the digests by name of seed; the name of the file."""
    data = (json.dumps(dict(sorted(seeds.items())), ensure_ascii=True, indent=0) + "\n").encode()
    name = f"searchlib.{digest_of(data)[:16]}{SEEDS}"  # no name that Whoosh takes for a segment's and removes
    disk.DISK.write(folder / name, data)
    return name


def read_seeds(folder: Path, manifest: Manifest) -> dict[str, str]:
    """The digests by name of seed. Raises IndexCorrupt, IndexUnreadable."""
    path, entry = folder / manifest.seeds, manifest.files[manifest.seeds]
    try:
        data = read_file(path.name, min(entry.size, LARGEST), path.parent)
        if digest_of(data) != entry.digest:
            raise ValueError("it is not what was written")
        found = json.loads(data)
        if not all(isinstance(key, str) and isinstance(value, str) for key, value in found.items()):
            raise ValueError("a digest is no text")
    except OSError as error:
        raise problem_of(path, error) from error
    except (ValueError, AttributeError, RecursionError) as error:
        raise damaged(path, f"is damaged ({error})") from error
    return dict(found)
