"""The cells of a row: what they are as text, as metadata, as the name of a language."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

from searchlib.analysis import base_language
from searchlib.analysis.stemming import ALGORITHMS
from searchlib.documents.markup.frontmatter import flatten, nested_text, scalar
from searchlib.documents.text import clean
from searchlib.model.records import Scalar

# ISO 639-2 codes (bibliographic and terminological), and English names, of languages with an ISO 639-1 code.
_CODES = (
    "ara ar cat ca ces cs cze cs dan da deu de ger de ell el gre el eng en epo eo spa es est et eus eu baq eu "
    "fas fa per fa fin fi fra fr fre fr gle ga hin hi hun hu hye hy arm hy ind id ita it lit lt nep ne nld nl dut nl "
    "nor no nob no nno no pol pl por pt ron ro rum ro rus ru srp sr swe sv tam ta tur tr yid yi "
    "zho zh chi zh jpn ja kor ko tha th ukr uk bul bg heb he vie vi"
)
_LANGUAGES = {
    **dict(zip(_CODES.split()[::2], _CODES.split()[1::2], strict=True)),
    **{name: code for code, name in ALGORITHMS.items()},
    **{"chinese": "zh", "japanese": "ja", "korean": "ko", "thai": "th", "ukrainian": "uk", "bulgarian": "bg"},
    **{"hebrew": "he", "vietnamese": "vi"},
}


def metadata_value(value: object) -> Scalar | tuple[Scalar, ...] | None:
    """``value`` if metadata can hold it: a scalar, or a list of them. None, "" and NaN are left out.

    What is nested in a list is kept as text, as in front matter.
    """
    if isinstance(value, str):
        return clean(value) if value.strip() else None
    if isinstance(value, (int, float)):
        return scalar(value)
    if isinstance(value, (list, tuple)):
        parts = [scalar(item) if isinstance(item, (dict, list)) else metadata_value(item) for item in value]
        return tuple(part for part in parts if part is not None and not isinstance(part, tuple)) or None
    return None


def flat_metadata(name: str, value: Mapping[str, object], far: list[str]) -> dict[str, Scalar | tuple[Scalar, ...]]:
    """The values of a mapping as front matter has them, ``author.name``; what is nested too far goes to ``far``."""
    return flatten(value, far, clean(name) + ".", 1)


@lru_cache(256)
def language_code(name: str) -> str:
    """The ISO 639-1 code of a language by its tag, ISO 639-2 code or English name; "" of anything else."""
    known = _LANGUAGES.get(name.strip().lower())
    if known:
        return known
    code = base_language(name)
    return _LANGUAGES.get(code, code if len(code) == 2 else "")


def as_text(value: object) -> str:
    """A cell as text: strings as they are, lists and what is nested line by line."""
    if isinstance(value, str):
        return clean(value)
    if value is None:
        return ""
    if type(value) is int:
        return str(value)
    try:
        return clean(nested_text(value))
    except (ValueError, RecursionError):
        return ""
