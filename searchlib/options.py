"""What `searchlib.build` and `searchlib.open` are given besides a path, looked at before anything is done with it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeAlias

from searchlib.guards.arguments import StrPath, flag, optional, path, paths, refused, seconds, text, texts, whole
from searchlib.guards.limits import LIMITS, Limits
from searchlib.model.ranking import BM25F, DEFAULT_RANKING, RANKING_RANGES

if TYPE_CHECKING:
    from searchlib.query.synonyms import Synonyms
    from searchlib.update.indexing import BuildOptions


Ranking: TypeAlias = BM25F | Mapping[str, float]
"""Parameters of ranking: some of `searchlib.model.ranking.RANKING_RANGES` by name, or all of them."""


def roots(name: str, given: Any) -> list[StrPath]:
    """The seeds of a build: a path, several, or prefixes with the paths that they stand for. Raises SettingsError."""
    from searchlib.documents import roots_of

    if isinstance(given, Mapping):
        return roots_of({text(f"a prefix of {name}", key): path(name, place) for key, place in given.items()})
    return paths(name, given)


def limits_of(given: Any) -> Limits:
    """Limits. Raises SettingsError for what is none."""
    if not isinstance(given, Limits):
        raise refused("limits", given, "a searchlib.Limits")
    return given


def check_options(options: BuildOptions) -> None:
    """Look at the options of a build. Raises SettingsError."""
    from searchlib.documents import LoadOptions

    given: dict[str, Any] = dict(options)
    for name in ("include", "exclude", "segment"):
        texts(name, given.get(name, ()))
    for name in ("strict", "compact", "allow_removal", "rebuild"):
        flag(name, given.get(name, False))
    for name in ("processes", "memory"):
        optional(whole, name, given.get(name), 1)
    text("language", given.get("language", "auto"), "an ISO 639-1 code, or auto")
    seconds("wait", given.get("wait", 0))
    limits_of(given.get("limits", LIMITS))
    loading, progress = given.get("options"), given.get("progress")
    if loading is not None and not isinstance(loading, LoadOptions):
        raise refused("options", loading, "a searchlib.documents.LoadOptions")
    if progress is not None and not callable(progress):
        raise refused("progress", progress, "a function that takes a searchlib.update.changes.Progress")


def synonyms_of(given: StrPath | Synonyms | None) -> Synonyms | None:
    """Synonyms, those of a file if it is one that is given. Raises SettingsError."""
    if given is None:
        return None
    from searchlib.query.synonyms import Synonyms, load_synonyms

    return load_synonyms(given if isinstance(given, Synonyms) else path("synonyms", given))


def ranking_of(given: Ranking | None, base: BM25F = DEFAULT_RANKING) -> BM25F:
    """The parameters of ranking; what a mapping leaves out is as in ``base``. Raises SettingsError."""
    if given is None:
        return base
    if isinstance(given, BM25F):
        return given
    if not isinstance(given, Mapping) or not all(name in RANKING_RANGES for name in given):
        raise refused("ranking", given, f"a mapping with some of {', '.join(RANKING_RANGES)}")
    for name, value in given.items():
        most = RANKING_RANGES[name]
        if not isinstance(value, (int, float)) or isinstance(value, bool) or not 0 <= value <= most:
            raise refused(f"{name} of ranking", value, f"a number from 0 to {most:g}")
    return base.with_(given)
