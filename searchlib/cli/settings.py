"""Settings: what the command line does when it is not told.

* A *key* is a setting's name: ``metadata-columns`` in a file, ``SEARCHLIB_METADATA_COLUMNS`` in the environment,
  ``--metadata-columns`` as a flag, ``metadata_columns`` as an attribute of `Settings`.
* The *file* is the nearest of ``searchlib.toml`` and ``[tool.searchlib]`` in ``pyproject.toml``, in the working
  directory or above it. Its folder is the project: paths in the file, and the default ones, are relative to it.
* *Limits* (`searchlib.guards.limits`) are a table of their own: ``[tool.searchlib.limits]`` with ``query-length``,
  ``SEARCHLIB_LIMITS_QUERY_LENGTH``. They are keys that begin with ``limits_``, and arrive as one `Limits`. So is the
  *ranking* (`searchlib.model.ranking`): ``[tool.searchlib.ranking]`` with ``k1``, ``title``.
* Later sources win: defaults, the file, the environment, flags.

The Python API takes arguments and reads none of this.
"""

from __future__ import annotations

import contextlib
import os
import re
import stat
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import field, fields, replace
from pathlib import Path
from typing import Any

from searchlib.concurrency.lazily import lazy_expression
from searchlib.engine.locations import located
from searchlib.errors import SettingsError
from searchlib.files import tomlreading
from searchlib.files.opening import NotAFile, read_file
from searchlib.frozen import frozen
from searchlib.guards.limits import LIMITS, NAMES, Limits
from searchlib.model.ranking import RANKING_RANGES

PREFIX = "SEARCHLIB_"
NOT_SETTINGS = frozenset(
    {"SEARCHLIB_TRACEBACK", "SEARCHLIB_TOKEN", "SEARCHLIB_NODES"}
    | {f"SEARCHLIB_OPENSEARCH{which}" for which in ("", "_USER", "_PASSWORD", "_CA", "_TIMEOUT")}
)
"""Variables with the prefix that are no settings."""

DEFAULT_INDEX = "indexes/default"
DEFAULT_SEEDS = ("seeds",)
COLORS = ("auto", "always", "never")
MAX_LIMIT = 1_000_000
MAX_FILE = 1 << 20  # bytes of a settings file
LIMIT, RANKING = "limits_", "ranking_"
"""What the keys of the two tables begin with."""

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SIZE = lazy_expression(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*", re.IGNORECASE)
_WORTH_PARSING = lazy_expression(
    rb"""tool['"]?\s*\.\s*['"]?searchlib|^\s*(\[\s*['"]?tool['"]?\s*\]|['"]?tool['"]?\s*=)""", re.M
)


def parse_size(text: str) -> int:
    """Bytes of a size as people write it: ``512M``, ``1.5 GB``, ``100000``; units are powers of 1024.

    Raises ValueError for anything else.
    """
    match = _SIZE.fullmatch(text)
    if match is None:
        raise ValueError("a size such as 512M or 2G")
    return int(float(match[1]) * _UNITS[match[2].lower()])


# Each check gives the value as Settings holds it, or raises ValueError with what it should have been.


def _string(value: object) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError("a string")
    return value


def _strings(value: object) -> tuple[str, ...]:
    if isinstance(value, str):
        value = [value]
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) and item.strip() for item in value):
        raise ValueError("a list of strings")
    return tuple(value)


def _whole(least: int, most: int | None = None) -> Callable[[object], int]:
    def check(value: object) -> int:
        if (
            isinstance(value, bool)
            or not isinstance(value, int)
            or value < least
            or (most is not None and value > most)
        ):
            raise ValueError(f"a whole number from {least} " + (f"to {most:,}" if most is not None else "on"))
        return value

    return check


def _bytes(value: object, least: int = 1, what: str = "a size") -> int:
    size = parse_size(value) if isinstance(value, str) else value
    if isinstance(size, bool) or not isinstance(size, int) or size < least:
        raise ValueError(f"{what} such as 512M or 2G")
    return size


def _memory(value: object) -> int:
    return _bytes(value, 1 << 20, "a size of at least 1M,")


def _color(value: object) -> str:
    if not isinstance(value, str) or value not in COLORS:
        raise ValueError("auto, always or never")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ValueError("a number of seconds above 0")
    return value


def _number(most: float) -> Callable[[object], float]:
    def check(value: object) -> float:
        if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= most:
            raise ValueError(f"a number from 0 to {most:g}")
        return value

    return check


def _flag(value: object) -> bool:
    if value not in (True, False, "true", "false"):  # an environment variable has text
        raise ValueError("true or false")
    return value in (True, "true")


def _language(value: object) -> str:
    from searchlib.analysis import languages_said

    with contextlib.suppress(ValueError):
        if isinstance(value, str):
            return languages_said(value)
    raise ValueError('"auto" or a code of ISO 639-1, such as en')


def _of_limit(name: str) -> Callable[[object], object]:
    if name == "timeout":
        return _seconds
    return _bytes if name.endswith("_bytes") else _whole(1)


def _setting(default: Any, check: Callable[[object], object], meaning: str) -> Any:
    return field(default=default, metadata={"check": check, "meaning": meaning})


@frozen
class Commands:
    """Commands that read files, by suffix; ``trusted`` if the settings file that has them is the user's own."""

    by_suffix: Mapping[str, str]
    file: str
    trusted: bool


@frozen
class Settings:
    """All settings, checked. ``memory`` is in bytes, ``width`` in columns; None leaves it to searchlib.

    ``origin`` says for each key that is not a default where its value is from: a file, a variable or a flag. ``also``
    are further indexes that flags have, to be searched as one with it.
    """

    index: str = _setting(DEFAULT_INDEX, _string, "the index; `indexes/default`")
    seeds: tuple[str, ...] = _setting(DEFAULT_SEEDS, _strings, "files and folders to index; `seeds`")
    language: str = _setting("auto", _language, "of documents that name none: `en`, `auto`, `de/=de,auto`")
    segment: tuple[str, ...] = _setting((), _strings, "languages whose words a segmenter finds: `ja`, `ko`, `th`, `zh`")
    include: tuple[str, ...] = _setting((), _strings, "patterns of files to index, as in .gitignore")
    exclude: tuple[str, ...] = _setting((), _strings, "patterns of files to leave out")
    limit: int = _setting(10, _whole(0, MAX_LIMIT), "hits a page; 10")
    password_file: str = _setting("", _string, "file of passwords, one a line, that are tried on encrypted files")
    synonyms: str = _setting("", _string, "file of words to find for others")
    names: bool = _setting(False, _flag, "whether names are found in other spellings and scripts too; `false`")
    color: str = _setting("auto", _color, "`auto`, `always` or `never`")
    width: int | None = _setting(None, _whole(20, 10_000), "columns to fill; the terminal's, at most 100")
    memory: int | None = _setting(None, _memory, "memory to keep to while indexing: bytes, or `512M`, `2G`")
    processes: int | None = _setting(None, _whole(1, 1024), "processes to index with; one a core")
    id_column: str = _setting("", _string, "column of rows (CSV, TSV, JSON Lines) that is the id")
    title_column: str = _setting("", _string, "column of rows that is the title")
    text_column: tuple[str, ...] = _setting((), _strings, "columns of rows that are text")
    type: str = _setting("", _string, "how to read standard input and files without a suffix")
    metadata_columns: tuple[str, ...] = _setting((), _strings, "columns of rows to keep as metadata; all the others")
    metadata_file: str = _setting("", _string, "CSV, TSV or JSON Lines with what is known of files, by their `path`")
    path_pattern: tuple[str, ...] = _setting((), _strings, "paths with names in braces, `{year}/{by}.txt`: metadata")
    file_metadata: tuple[str, ...] = _setting((), _strings, "of files themselves: `folder`, `modified`; nothing")
    limits: Limits = LIMITS
    ranking: Mapping[str, float] = field(default_factory=dict)
    loaders: Commands | None = None
    also: tuple[str, ...] = ()
    origin: Mapping[str, str] = field(default_factory=dict, compare=False)

    @property
    def indexes(self) -> tuple[str, ...]:
        """The index, or all that are to be searched as one."""
        return self.index, *self.also

    def with_flags(self, **flags: object) -> Settings:
        """These settings with those flags that were given: None, () and "" mean that one was not.

        The flag of a limit is named without its prefix: ``limits_timeout`` is ``--timeout``.
        """
        given = {key: value for key, value in flags.items() if value is not None and value not in ((), "")}
        named = {key: "--" + key.removeprefix(LIMIT).replace("_", "-") for key in given}
        checked = {key: _checked(key, value, named[key]) for key, value in given.items()}
        return replace(self, **_gathered(checked, self.limits, self.ranking), origin={**self.origin, **named})


def load_settings(directory: str | os.PathLike[str] = ".", environ: Mapping[str, str] | None = None) -> Settings:
    """The settings that hold in ``directory``: its settings file, then the environment.

    Raises SettingsError for a file that is not TOML, a key there is not and a value that cannot be.
    """
    found = _find(Path(directory).absolute())
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    loaders: Commands | None = None
    if found is not None:
        file, table = found
        table = dict(table)
        loaders = _loaders(table.pop("loaders", {}), file)
        values = {"index": _from(file, DEFAULT_INDEX), "seeds": tuple(_from(file, seed) for seed in DEFAULT_SEEDS)}
        for name, value in _flattened(table, file):
            key = name.replace("-", "_").replace(".", "_")
            where = f"{file}: {name}"
            _known(key, where, map(in_file, _CHECKS))
            checked = _checked(key, value, where)
            if key in ("index", "synonyms", "password_file", "metadata_file"):
                checked = _from(file, checked)
            elif key == "seeds":
                checked = tuple(_seed_from(file, seed) for seed in checked)
            values[key], origin[key] = checked, str(file)
    for variable, text in sorted((os.environ if environ is None else environ).items()):
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS and text:
            key = variable.removeprefix(PREFIX).lower()
            _known(key, variable, (PREFIX + known.upper() for known in _CHECKS))
            values[key], origin[key] = _checked(key, _from_text(key, text), variable), variable
    return Settings(**_gathered(values, LIMITS, {}), loaders=loaders, origin=origin)


def _loaders(given: object, file: Path) -> Commands | None:
    """The commands of a settings file. They are the user's own if nobody else, but root, may write there."""
    if not given:
        return None
    if not isinstance(given, dict) or not all(isinstance(one, str) for one in given.values()):
        raise SettingsError(f'{file}: loaders is no table of commands: write [loaders] and in it djvu = "djvutxt {{}}"')
    status = file.stat()
    own = not hasattr(os, "getuid") or (status.st_uid in (os.getuid(), 0) and not status.st_mode & stat.S_IWOTH)
    commands = {"." + suffix.lstrip(".").lower(): command for suffix, command in given.items()}
    return Commands(commands, str(file), own)


def in_file(key: str) -> str:
    """How a key is written in a settings file: ``text-column``, ``limits.query-length``."""
    for table in (LIMIT, RANKING):
        if key.startswith(table):
            return table.replace("_", ".") + key.removeprefix(table).replace("_", "-")
    return key.replace("_", "-")


_CHECKS: Mapping[str, Callable[[object], Any]] = {
    **{one.name: one.metadata["check"] for one in fields(Settings) if "check" in one.metadata},
    **{LIMIT + name: _of_limit(name) for name in NAMES},
    **{RANKING + name: _number(most) for name, most in RANKING_RANGES.items()},
}
MEANINGS: Mapping[str, str] = {one.name: one.metadata["meaning"] for one in fields(Settings) if one.metadata}
"""What each setting is, and its default, in Markdown."""
KEYS = tuple(_CHECKS)
_LISTS = frozenset(key for key, check in _CHECKS.items() if check is _strings)
_TEXTS = (_string, _strings, _memory, _bytes, _color, _flag, _language)
_NUMBERS = frozenset(key for key, check in _CHECKS.items() if check not in _TEXTS)


def _checked(key: str, value: object, where: str) -> Any:
    try:
        return _CHECKS[key](value)
    except ValueError as error:
        raise SettingsError(f"{where} is {_shown(value)}: give {error}") from None


def _shown(value: object) -> str:
    return f'"{value}"' if isinstance(value, str) else str(value).lower() if isinstance(value, bool) else str(value)


def _known(key: str, where: str, names: Iterable[str]) -> None:
    if key in _CHECKS:
        return
    from difflib import get_close_matches

    names = list(names)
    close = get_close_matches(where.rpartition(" ")[2], names, 1)
    advice = f"did you mean {close[0]}?" if close else "known are " + ", ".join(names)
    raise SettingsError(f"{where} is no setting: {advice}")


def _from_text(key: str, text: str) -> object:
    """What an environment variable says: lists have commas between their items."""
    if key in _LISTS:
        return tuple(item.strip() for item in text.split(",") if item.strip())
    if key in _NUMBERS:
        for kind in (int, float):
            try:
                return kind(text)
            except ValueError:
                continue
    return text


def _flattened(table: Mapping[str, object], file: Path) -> Iterator[tuple[str, object]]:
    """The names and values of a table, those of its tables as ``limits.name``."""
    for name, value in table.items():
        if name not in ("limits", "ranking"):
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"{name}.{inner}", one) for inner, one in value.items())
        else:
            raise SettingsError(f"{file}: {name} is no table: write [{name}] in it, or [tool.searchlib.{name}]")


def _gathered(values: Mapping[str, Any], limits: Limits, ranking: Mapping[str, float]) -> dict[str, Any]:
    """The values, with those of each table put into one."""
    others = {key: value for key, value in values.items() if not key.startswith((LIMIT, RANKING))}
    limited, ranked = (
        {key.removeprefix(table): value for key, value in values.items() if key.startswith(table)}
        for table in (LIMIT, RANKING)
    )
    return {**others, "limits": limits.with_(**limited), "ranking": {**ranking, **ranked}}


def _find(directory: Path) -> tuple[Path, Mapping[str, object]] | None:
    """The nearest settings file and its table, from ``directory`` upwards."""
    for folder in (directory, *directory.parents):
        for name in ("searchlib.toml", "pyproject.toml"):
            file = folder / name
            try:
                content = read_file(file, MAX_FILE)
            except (FileNotFoundError, NotADirectoryError, IsADirectoryError):
                continue
            except OSError as error:
                if isinstance(error, NotAFile) and file.is_dir():
                    continue
                raise SettingsError(f"{file} cannot be read ({error.strerror}): make it readable or move it") from None
            if name == "searchlib.toml":
                return _relative(file), _table(content, file)
            # Most projects' pyproject.toml has no such table: then the TOML parser (15 ms to import) stays out of it.
            if _WORTH_PARSING.search(content):
                tool = _table(content, file).get("tool", {})
                if isinstance(tool, dict) and "searchlib" in tool:
                    table = tool["searchlib"]
                    if not isinstance(table, dict):
                        raise SettingsError(f"{_relative(file)}: tool.searchlib is no table: write [tool.searchlib]")
                    return _relative(file), table
    return None


def _table(content: bytes, file: Path) -> dict[str, Any]:
    try:
        return tomlreading.loads(content.decode())
    except ValueError as error:
        raise SettingsError(f"{_relative(file)} is not TOML: {error}; correct it there") from None


def _relative(file: Path) -> Path:
    """``file`` as seen from the working directory, which is how people know it."""
    return Path(os.path.relpath(file))


def _from(file: Path, path: str) -> str:
    """``path``, which stands in ``file``, as seen from the working directory; an address is that from anywhere."""
    return path if isinstance(located(path), str) else os.path.normpath(file.parent / Path(path).expanduser())


def _seed_from(file: Path, seed: str) -> str:
    """The same of a seed, which may have a name before its path: ``NAME=PATH``."""
    prefix, equals, path = seed.partition("=")
    whole = _from(file, seed)
    return (
        f"{prefix}={_from(file, path)}" if equals and path and "/" not in prefix and not Path(whole).exists() else whole
    )
