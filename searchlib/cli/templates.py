"""Templates: a line for each hit or citation, as people want it.

``{rank}  {id}  {title}`` is a text with names in braces, each with a width or a number of digits, if one is wanted:
``{score:.2f}``, ``{title:<40.40}``. ``\\t`` and ``\\n`` are a tab and a line break, ``{{`` and ``}}`` braces. Nothing
else of Python's formats is there: a name is a key, never an attribute or an index, and what it stands for is text or a
number, on one line. Names are those that are offered, and then the keys of the documents' metadata.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from string import Formatter
from typing import Any, Final

from searchlib.errors import SettingsError

_SPEC: Final = re.compile(r"(?:.?[<>^])?[+ ]?0?\d{0,3},?(?:\.\d{1,3})?[sdfeg%]?")
_ESCAPES: Final = {r"\t": "\t", r"\n": "\n", r"\\": "\\"}
_ESCAPE: Final = re.compile(r"\\[tn\\]")


class Template:
    """A template, checked. Raises SettingsError for one that cannot be, and says why."""

    def __init__(self, text: str, offered: Collection[str], keys: Collection[str]) -> None:
        self._parts: list[tuple[str, str, str]] = []  # what stands before a name, the name, its format
        self.names: list[str] = []
        for before, name, spec, conversion in _parsed(text):
            self._parts.append((_ESCAPE.sub(lambda match: _ESCAPES[match[0]], before), name or "", spec or ""))
            if name is None:
                continue
            if conversion or not _SPEC.fullmatch(spec or ""):
                asked = f"{{{name}{'!' + conversion if conversion else ''}{':' + spec if spec else ''}}}"
                raise SettingsError(
                    f"the template has {asked}: give a width or digits, as {{title:<40}} or {{score:.2f}}"
                )
            if name not in offered and name not in keys:
                raise SettingsError(_unknown(name, offered, keys))
            self.names.append(name)

    def filled(self, value: Callable[[str], Any]) -> str:
        """The template with the value of each name."""
        filled = (before + (_formatted(value(name), spec, name) if name else "") for before, name, spec in self._parts)
        return "".join(filled)


def joined(value: Any) -> Any:
    """A value of metadata as it stands in a line: several with commas between them."""
    if value is None:
        return ""
    if isinstance(value, (tuple, list)):
        return ", ".join(str(joined(one)) for one in value)
    return str(value).lower() if isinstance(value, bool) else value


def metadata_value(metadata: Mapping[str, Any], name: str) -> Any:
    """What a document says under a key; nothing where it has no such key."""
    return joined(metadata.get(name))


def _parsed(text: str) -> list[tuple[str, str | None, str | None, str | None]]:
    try:
        return list(Formatter().parse(text))
    except ValueError as error:
        raise SettingsError(f"the template {text} has a brace too many or too few ({error}): {{{{ is one") from None


def _unknown(name: str, offered: Collection[str], keys: Collection[str]) -> str:
    from difflib import get_close_matches

    close = get_close_matches(name, [*offered, *keys], 1)
    advice = f"did you mean {{{close[0]}}}?" if close else "there are " + ", ".join([*offered, *sorted(keys)[:20]])
    return f"the template has {{{name}}}, which nothing has: {advice}"


def _formatted(value: Any, spec: str, name: str) -> str:
    value = " ".join(value.split()) if isinstance(value, str) else value
    try:
        return format(value, spec)
    except ValueError:
        if not value or not isinstance(value, str):  # a number as text, or none where there might be one
            return format(str(value), spec.rstrip("sdfeg%").partition(".")[0].lstrip("+0"))
        raise SettingsError(f"{{{name}:{spec}}} is for numbers, and “{value[:40]}” is none: give no format") from None
