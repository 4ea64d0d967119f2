"""The front matter of a Markdown file: YAML between lines of ``---``, or TOML between lines of ``+++``.

It becomes metadata: scalars and lists of them as they are, dates as ISO 8601, tables flattened (``author.name``),
anything deeper as text.
"""

from __future__ import annotations

import datetime
import math
import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from searchlib.documents.text import clean
from searchlib.files import tomlreading
from searchlib.guards.limits import LIMITS
from searchlib.model.records import Scalar

_YAML = re.compile(r"---[ \t]*\n(.*?)^(?:---|\.\.\.)[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
_TOML = re.compile(r"\+\+\+[ \t]*\n(.*?)^\+\+\+[ \t]*(?:\n|\Z)", re.DOTALL | re.MULTILINE)
MAX_SIZE = 1 << 16
_MAX_VALUE = 10_000
_NAMES = 3  # of a key


def read(text: str, name: str = "", depth: int = LIMITS.depth) -> tuple[dict[str, object], int, str]:
    """(values, where the Markdown begins, what was wrong or "") of the front matter of ``text``.

    What does not parse as a mapping, or is nested deeper than ``depth``, is no front matter: it stays part of the text.
    """
    head = text[:MAX_SIZE]
    match = _YAML.match(head)
    if match is not None:
        return _checked(_yaml, match, name, depth)
    match = _TOML.match(head)
    return _checked(_toml, match, name, depth) if match is not None else ({}, 0, "")


def _checked(
    parse: Callable[[str, str, int], object], match: re.Match[str], name: str, depth: int
) -> tuple[dict[str, object], int, str]:
    try:
        values = parse(match[1], name, depth)
    except (ValueError, RecursionError) as error:
        return {}, 0, f"front matter: {' '.join(str(error).split())[:200] or type(error).__name__}"
    if values is None:
        return {}, match.end(), ""
    if not isinstance(values, Mapping):
        return {}, 0, ""
    return {str(key): value for key, value in values.items()}, match.end(), ""


def _yaml(source: str, name: str, deepest: int) -> object:
    import yaml

    depth = 0
    try:
        for event in yaml.parse(source, Loader=yaml.SafeLoader):
            # An alias can make a small file a huge value; front matter has no use for them.
            if isinstance(event, yaml.AliasEvent):
                raise ValueError("YAML aliases are not read")
            depth += isinstance(event, yaml.CollectionStartEvent) - isinstance(event, yaml.CollectionEndEvent)
            if depth > deepest:
                raise ValueError(f"nested more than {deepest:,} deep")
        value: object = yaml.safe_load(source)
        return value
    except yaml.YAMLError as error:
        raise ValueError(str(error)) from None


def _toml(source: str, name: str, deepest: int) -> object:
    return tomlreading.loads(source, deepest)


def flatten(
    values: Mapping[str, object], far: list[str], prefix: str = "", depth: int = 0
) -> dict[str, Scalar | tuple[Scalar, ...]]:
    """``values`` as metadata, by keys of up to three names: ``book.author.name``.

    A mapping that is nested further is data of its own and no metadata: its key is added to ``far``.
    """
    flat: dict[str, Scalar | tuple[Scalar, ...]] = {}
    for key, value in values.items():
        name = f"{prefix}{clean(key)}"
        if isinstance(value, Mapping):
            if depth < _NAMES - 1:
                flat.update(flatten({str(inner): item for inner, item in value.items()}, far, name + ".", depth + 1))
            elif value:
                far.append(name)
        elif isinstance(value, (list, tuple, set, frozenset)):
            parts = tuple(part for part in map(scalar, value) if part is not None)
            if parts:
                flat[name] = parts
        else:
            part = scalar(value)
            if part is not None:
                flat[name] = part
    return flat


def too_far(keys: Sequence[str]) -> str:
    """What to say of the keys whose mappings are nested too far to be metadata."""
    more = f" and {len(keys) - 1:,} more" if len(keys) > 1 else ""
    return f"what is nested in {keys[0]!r}{more} is no metadata: keys have up to {_NAMES} names, as in a.b.c"


def scalar(value: object) -> Scalar | None:
    """``value`` as one thing metadata can hold; None for nothing."""
    kept: Scalar | None
    if value is None or value == "":
        kept = None
    elif isinstance(value, (datetime.datetime, datetime.date, datetime.time)):
        kept = value.isoformat()
    elif isinstance(value, float):
        kept = value if math.isfinite(value) else None
    elif isinstance(value, int):
        kept = value if -(2**63) <= value < 2**63 else str(value)
    elif isinstance(value, str):
        kept = clean(value[:_MAX_VALUE])
    else:
        kept = clean(nested_text(value)[:_MAX_VALUE]) or None
    return kept


def nested_text(value: object) -> str:
    """What a person reads in nested values: names and what they stand for, a line each, without marks and escapes."""
    return "\n".join(_lines(value))


def _lines(value: object) -> Iterator[str]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            said = nested_text(inner)
            if said:
                yield f"{key}: {said}"
    elif isinstance(value, (list, tuple, set, frozenset)):
        for inner in value:
            yield from _lines(inner)
    elif value is not None:
        yield str(value).lower() if isinstance(value, bool) else str(value)
