"""Settings: what the command line does when it is not told.

* A *key* is a setting's name: ``metadata-columns`` in a file, ``SEARCHLIB_METADATA_COLUMNS`` in the environment,
  ``--metadata-columns`` as a flag, ``metadata_columns`` as an attribute of `Settings`.
* The *file* is the nearest of ``searchlib.toml`` and ``[tool.searchlib]`` in ``pyproject.toml``, in the working
  directory or above it. Its folder is the project: paths in the file, and the default ones, are relative to it.
* *Limits* (`searchlib.limits`) are a table of their own: ``[tool.searchlib.limits]`` with ``query-length``,
  ``SEARCHLIB_LIMITS_QUERY_LENGTH``. They are keys that begin with ``limits_``, and arrive as one `Limits`.
* Later sources win: defaults, the file, the environment, flags.

The Python API takes arguments and reads none of this.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from searchlib import toml
from searchlib.errors import SettingsError
from searchlib.limits import LIMITS, NAMES, Limits
from searchlib.opening import NotAFile, read_file

PREFIX = "SEARCHLIB_"
NOT_SETTINGS = frozenset({"SEARCHLIB_TRACEBACK"})
"""Variables with the prefix that are no settings."""

DEFAULT_INDEX = "indexes/default"
DEFAULT_SEEDS = ("seeds",)
COLORS = ("auto", "always", "never")
MAX_LIMIT = 1_000_000
MAX_FILE = 1 << 20  # bytes of a settings file
LIMIT = "limits_"
"""What the keys of limits begin with."""

_UNITS = {"": 1, "k": 1 << 10, "m": 1 << 20, "g": 1 << 30, "t": 1 << 40}
_SIZE = re.compile(r"\s*(\d+(?:\.\d+)?)\s*([kmgt]?)(?:i?b)?\s*", re.IGNORECASE)
_WORTH_PARSING = re.compile(
    rb"""tool['"]?\s*\.\s*['"]?searchlib|^\s*(\[\s*['"]?tool['"]?\s*\]|['"]?tool['"]?\s*=)""", re.M
)


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings, checked. ``memory`` is in bytes, ``width`` in columns; None leaves it to searchlib.

    ``origin`` says for each key that is not a default where its value is from: a file, a variable or a flag.
    """

    index: str = DEFAULT_INDEX
    seeds: tuple[str, ...] = DEFAULT_SEEDS
    language: str = "auto"
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()
    limit: int = 10
    synonyms: str = ""
    color: str = "auto"
    width: int | None = None
    memory: int | None = None
    processes: int | None = None
    id_column: str = ""
    title_column: str = ""
    text_column: tuple[str, ...] = ()
    type: str = ""
    metadata_columns: tuple[str, ...] = ()
    limits: Limits = LIMITS
    origin: Mapping[str, str] = field(default_factory=dict, compare=False)

    def with_flags(self, **flags: Any) -> Settings:
        """These settings with those flags that were given: None, () and "" mean that one was not.

        The flag of a limit is named without its prefix: ``limits_timeout`` is ``--timeout``.
        """
        given = {key: value for key, value in flags.items() if value is not None and value not in ((), "")}
        named = {key: "--" + key.removeprefix(LIMIT).replace("_", "-") for key in given}
        checked = {key: _checked(key, value, named[key]) for key, value in given.items()}
        return replace(self, **_gathered(checked, self.limits), origin={**self.origin, **named})


def load_settings(directory: str | os.PathLike[str] = ".", environ: Mapping[str, str] | None = None) -> Settings:
    """The settings that hold in ``directory``: its settings file, then the environment.

    Raises SettingsError for a file that is not TOML, a key there is not and a value that cannot be.
    """
    found = _find(Path(directory).absolute())
    values: dict[str, Any] = {}
    origin: dict[str, str] = {}
    if found is not None:
        file, table = found
        values = {"index": _from(file, DEFAULT_INDEX), "seeds": tuple(_from(file, seed) for seed in DEFAULT_SEEDS)}
        for name, value in _flattened(table, file):
            key = name.replace("-", "_").replace(".", "_")
            where = f"{file}: {name}"
            _known(key, where, map(in_file, _CHECKS))
            checked = _checked(key, value, where)
            if key in ("index", "synonyms"):
                checked = _from(file, checked)
            elif key == "seeds":
                checked = tuple(_seed_from(file, seed) for seed in checked)
            values[key], origin[key] = checked, str(file)
    for variable, text in sorted((os.environ if environ is None else environ).items()):
        if variable.startswith(PREFIX) and variable not in NOT_SETTINGS and text:
            key = variable.removeprefix(PREFIX).lower()
            _known(key, variable, (PREFIX + known.upper() for known in _CHECKS))
            values[key], origin[key] = _checked(key, _from_text(key, text), variable), variable
    return Settings(**_gathered(values, LIMITS), origin=origin)


def in_file(key: str) -> str:
    """How a key is written in a settings file: ``text-column``, ``limits.query-length``."""
    limit = key.removeprefix(LIMIT)
    return ("limits." if limit != key else "") + limit.replace("_", "-")


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


def _count(least: int, most: int) -> Callable[[object], int]:
    def check(value: object) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or not least <= value <= most:
            raise ValueError(f"a whole number from {least} to {most:,}")
        return value

    return check


def _size(value: object) -> int:
    size = parse_size(value) if isinstance(value, str) else value
    if isinstance(size, bool) or not isinstance(size, int) or size < 1 << 20:
        raise ValueError("a size of at least 1M, such as 512M or 2G")
    return size


def _color(value: object) -> str:
    if not isinstance(value, str) or value not in COLORS:
        raise ValueError("auto, always or never")
    return value


def _seconds(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not value > 0:
        raise ValueError("a number of seconds above 0")
    return value


def _bytes(value: object) -> int:
    size = parse_size(value) if isinstance(value, str) else value
    if isinstance(size, bool) or not isinstance(size, int) or size < 1:
        raise ValueError("a size such as 512M or 2G")
    return size


def _positive(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int) or value < 1:
        raise ValueError("a whole number from 1 on")
    return value


def _check_of(limit: str) -> Callable[[object], Any]:
    if limit == "timeout":
        return _seconds
    return _bytes if limit.endswith("_bytes") else _positive


def _language(value: object) -> str:
    if isinstance(value, str) and (value == "auto" or re.fullmatch("[a-z]{2}", value)):
        return value
    raise ValueError('"auto" or a code of ISO 639-1, such as en')


_CHECKS: Mapping[str, Callable[[object], Any]] = {
    "index": _string,
    "seeds": _strings,
    "language": _language,
    "include": _strings,
    "exclude": _strings,
    "limit": _count(0, MAX_LIMIT),
    "synonyms": _string,
    "color": _color,
    "width": _count(20, 10_000),
    "memory": _size,
    "processes": _count(1, 1024),
    "id_column": _string,
    "title_column": _string,
    "text_column": _strings,
    "type": _string,
    "metadata_columns": _strings,
    **{LIMIT + name: _check_of(name) for name in NAMES},
}
KEYS = tuple(_CHECKS)
_LISTS = frozenset(key for key, check in _CHECKS.items() if check is _strings)
_TEXTS = (_string, _strings, _size, _bytes, _color, _language)
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


def _flattened(table: Mapping[str, Any], file: Path) -> Iterator[tuple[str, Any]]:
    """The names and values of a table, those of its table of limits as ``limits.name``."""
    for name, value in table.items():
        if name != "limits":
            yield name, value
        elif isinstance(value, dict):
            yield from ((f"limits.{limit}", one) for limit, one in value.items())
        else:
            raise SettingsError(f"{file}: limits is no table: write [limits] in it, or [tool.searchlib.limits]")


def _gathered(values: Mapping[str, Any], limits: Limits) -> dict[str, Any]:
    """The values with their limits put into one."""
    given = {key.removeprefix(LIMIT): value for key, value in values.items() if key.startswith(LIMIT)}
    others = {key: value for key, value in values.items() if not key.startswith(LIMIT)}
    return {**others, "limits": limits.with_(**given)} if given else others


def _find(directory: Path) -> tuple[Path, Mapping[str, Any]] | None:
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
        return toml.loads(content.decode())
    except ValueError as error:
        raise SettingsError(f"{_relative(file)} is not TOML: {error}; correct it there") from None


def _relative(file: Path) -> Path:
    """``file`` as seen from the working directory, which is how people know it."""
    return Path(os.path.relpath(file))


def _from(file: Path, path: str) -> str:
    """``path``, which stands in ``file``, as seen from the working directory."""
    return os.path.normpath(file.parent / Path(path).expanduser())


def _seed_from(file: Path, seed: str) -> str:
    """The same of a seed, which may have a name before its path: ``NAME=PATH``."""
    prefix, equals, path = seed.partition("=")
    whole = _from(file, seed)
    return (
        f"{prefix}={_from(file, path)}" if equals and path and "/" not in prefix and not Path(whole).exists() else whole
    )
