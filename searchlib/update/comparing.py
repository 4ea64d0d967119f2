"""Seeds and an index: which seeds it is of, and how the two differ. Nothing is changed.

An index remembers the names of its roots, not where they lie; the digest of each seed; and its *settings*, by which
the same seeds may be indexed differently.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, field
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from searchlib.analysis.natural import natural_key
from searchlib.engine.locations import Location, engine_at
from searchlib.errors import SeedError, SettingsError
from searchlib.files.roots import STDIN, StrPath, name_of
from searchlib.guards.limits import LIMITS, Limits
from searchlib.update.seedstates import bytes_of, state_of

if TYPE_CHECKING:  # what reads seeds is imported where they are read: a query asks only where they lie
    from searchlib.documents import LoadOptions, Report, SeedFile

_NOT_SETTINGS = ("strict", "passwords", "metadata_file")  # what this says of a seed is remembered with it
ANALYSIS = 5  # raised whenever the same document would be indexed differently


def find_seeds(
    paths: Iterable[StrPath],
    report: Report,
    include: Iterable[str] = (),
    exclude: Iterable[str] = (),
    strict: bool = False,
) -> list[SeedFile]:
    """The seed files at ``paths`` in the order of the index: by name, numbers in it by their value."""
    from searchlib.documents import walk

    found = list(walk(paths, include=tuple(include), exclude=tuple(exclude), report=report, strict=strict))
    return sorted(found, key=lambda seed: natural_key(seed.name))


def settings_of(language: str, options: LoadOptions, segment: Iterable[str] = ()) -> dict[str, Any]:
    """What an index remembers of how it was built; another setting builds it anew.

    Raises SettingsError for a language there is not, or one to ``segment`` whose segmenter is not installed.
    """
    from searchlib.analysis import languages_said
    from searchlib.documents import LoadOptions

    try:
        said = languages_said(language)
    except ValueError as error:
        advice = "give a code as en or tr, or auto, or several with patterns of paths as in de/=de,auto"
        raise SettingsError(f"{str(error)!r} is no language; {advice}") from None
    loading = {name: value for name, value in asdict(options).items() if name not in _NOT_SETTINGS}
    defaults = asdict(LoadOptions())
    changed = {name: value for name, value in sorted(loading.items()) if value != defaults[name]}
    found = {
        "analysis": ANALYSIS,
        "language": said,
        "loading": {name: list(value) if isinstance(value, tuple) else value for name, value in changed.items()},
    }
    made = segmented_by(segment)
    return {**found, "segment": made} if made else found


def segmented_by(languages: Iterable[str]) -> dict[str, str]:
    """What finds the words of each of some languages, with its versions. Raises SettingsError."""
    said = sorted({language.strip().lower() for language in languages})
    if not said:
        return {}
    from searchlib.analysis.segmenting import SEGMENTERS, made_by

    for one in said:
        if one not in SEGMENTERS:
            raise SettingsError(f"no segmenter finds the words of {one!r}: give some of {', '.join(SEGMENTERS)}")
    return {one: made_by(one) for one in said}


def sources_of(paths: Iterable[StrPath], include: Iterable[str], exclude: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """What an index remembers of where its seeds come from: the names of the roots, not where they lie.

    So an index is the same wherever it and its seeds are.
    """
    return {"exclude": tuple(exclude), "include": tuple(include), "roots": tuple(sorted(set(map(name_of, paths))))}


def sidecar_patterns(paths: Iterable[StrPath], options: LoadOptions) -> list[str]:
    """What to exclude if the file that describes the seeds is among them."""
    if not options.metadata_file:
        return []
    from searchlib.documents.describing import pattern_of

    return pattern_of(options.metadata_file, [(name_of(path), Path(path)) for path in paths if os.fspath(path) != "-"])


def find_roots(index: Location, candidates: Iterable[StrPath] = ()) -> list[StrPath]:
    """Where the seeds of ``index`` lie: those of ``candidates`` that have the names of its roots, or else files and
    folders of these names in the folders above the index, if one of the seeds is there.

    Raises SettingsError for a root that is found nowhere.
    """
    remembered = engine_at(index).remembered(index)
    found = locate_roots(index, remembered.sources.get("roots", ()), candidates, lambda: remembered.seeds)
    for name, place in found.items():
        if place is None:
            raise SettingsError(f"cannot find {name}, which {index} was built from: give the paths of its seeds")
    return [place for place in found.values() if place is not None]


def locate_roots(
    index: Location,
    names: Iterable[str],
    candidates: Iterable[StrPath],
    seeds: Callable[[], Iterable[str]],
) -> dict[str, StrPath | None]:
    """Where the roots of ``index`` with these ``names`` lie, as `find_roots` finds them; None: nowhere.

    ``seeds`` gives the names of all seeds: of what is above the index only a place that has one of the root's counts.
    """
    known = {name_of(path): path for path in candidates if os.fspath(path) != "-"}
    found: dict[str, StrPath | None] = {}
    for name in names:
        # An index may be a stranger's: what is no name leads nowhere.
        if name in (STDIN, "", ".", "..") or "\0" in name or Path(name).name != name:
            found[name] = None
        elif name in known and _exists(Path(known[name])):
            found[name] = known[name]
        else:
            folders = index.resolve().parents if isinstance(index, Path) else ()
            above = (folder / name for folder in folders)
            found[name] = next((path for path in above if _exists(path) and _has_any(path, name, seeds())), None)
    return found


def _has_any(place: Path, root: str, seeds: Iterable[str]) -> bool:
    """Whether a place has one of the seeds of a root; of very many a thousand are looked for."""
    own = (seed.removeprefix(root) for seed in seeds if seed == root or seed.startswith(root + "/"))
    return any(_exists(place / below.lstrip("/")) for below in islice(own, 1000))


def _exists(path: Path) -> bool:
    try:
        return path.exists()
    except (OSError, ValueError):  # no name that a file can have
        return False


def is_stale(paths: Iterable[StrPath], index: Location, limits: Limits = LIMITS) -> bool:
    """Whether seeds came, went or changed since ``index`` was built, as far as a look at the files tells.

    Files no newer than the index are taken to be unchanged; the digests of the others are compared. The patterns
    with which the index was built count.
    """
    from searchlib.documents import Report

    engine = engine_at(index)
    remembered, built = engine.remembered(index), engine.published_at(index)
    known = remembered.seeds
    for seed in find_seeds(
        paths, Report(), remembered.sources.get("include", ()), remembered.sources.get("exclude", ())
    ):
        digest = known.pop(seed.name, None)
        if digest is None or (seed.modified > built and digest_of(seed, limits=limits) != bytes_of(digest)):
            return True
    return bool(known)


def digest_of(seed: SeedFile, options: LoadOptions | None = None, limits: Limits = LIMITS) -> str:
    """The digest of a seed; "" where it cannot be read."""
    from searchlib.documents.readahead import read_seed

    try:
        return read_seed(seed, options, limits, keep=0).digest
    except SeedError:
        return ""


@dataclass(slots=True)
class Differences:
    """How an index is not what its seeds would give: names of seeds, and settings in words. Empty: it is."""

    changed: list[str] = field(default_factory=list)
    vanished: list[str] = field(default_factory=list)
    new: list[str] = field(default_factory=list)
    settings: list[str] = field(default_factory=list)

    def __bool__(self) -> bool:
        """Whether there is any."""
        return bool(self.changed or self.vanished or self.new or self.settings)

    def as_dict(self) -> dict[str, list[str]]:
        """All of it, ready for JSON."""
        return asdict(self)


def compare(
    paths: Iterable[StrPath],
    index: Location,
    *,
    options: LoadOptions | None = None,
    language: str | None = None,
    segment: Iterable[str] | None = None,
    include: Iterable[str] | None = None,
    exclude: Iterable[str] | None = None,
    limits: Limits = LIMITS,
) -> Differences:
    """How ``index`` differs from what the seeds at ``paths`` would give. Every seed is read, nothing is written.

    What is None is taken to be as the index was built. Raises IndexMissing, IndexCorrupt, IndexIncompatible.
    """
    from searchlib.documents import LoadOptions, Report

    remembered = engine_at(index).remembered(index)
    paths = list(paths)
    before = remembered.sources
    include = tuple(before.get("include", ()) if include is None else include)
    exclude = tuple(before.get("exclude", ()) if exclude is None else exclude)
    described = None
    if options is not None:
        from searchlib.documents.describing import Descriptions

        described = Descriptions(options, limits)
        exclude = tuple(dict.fromkeys((*exclude, *sidecar_patterns(paths, options))))
    differences = Differences()
    known = remembered.seeds
    for seed in find_seeds(paths, Report(), include, exclude):
        remembered_digest = known.pop(seed.name, None)
        if remembered_digest is None:
            differences.new.append(seed.name)
        elif bytes_of(remembered_digest) != digest_of(seed, options, limits) or (
            described is not None and described.of(seed).digest != state_of(remembered_digest).described
        ):
            differences.changed.append(seed.name)
    differences.vanished += sorted(known)
    wanted: dict[str, Any] = {**remembered.settings, **sources_of(paths, include, exclude)}
    if language is not None or options is not None:
        built_language = str(remembered.settings.get("language", "auto"))
        wanted.update(settings_of(language or built_language, options or LoadOptions()))
    if segment is not None:
        wanted["segment"] = segmented_by(segment)
    found: dict[str, Any] = {"segment": {}, **remembered.settings, **before}
    for name in sorted(wanted):
        if _plain(wanted[name]) != _plain(found.get(name)):
            differences.settings.append(f"{name} is {_plain(found.get(name))}, not {_plain(wanted[name])}")
    return differences


def _plain(value: Any) -> Any:
    return list(value) if isinstance(value, tuple) else value
