"""Limits: what they are, and what is said of one that cannot be."""

from __future__ import annotations

from pathlib import Path

import pytest

from searchlib.errors import SettingsError
from searchlib.guards.limits import LIMITS, MEANINGS, NAMES, Limits


def test_every_limit_has_a_meaning() -> None:
    assert tuple(MEANINGS) == NAMES
    assert all(MEANINGS.values())


@pytest.mark.parametrize("name", NAMES)
def test_every_limit_is_in_the_table_with_its_default(name: str) -> None:
    value = getattr(LIMITS, name)
    default = "no limit" if value is None else f"{value:,}"
    page = (Path(__file__).parents[1] / "SECURITY.md").read_text(encoding="utf-8")
    assert f"| `{name}` | {default} | {MEANINGS[name]} |" in page


@pytest.mark.parametrize("value", [0, -1, True, "5", float("nan")])
@pytest.mark.parametrize("name", NAMES)
def test_a_limit_is_a_number_above_0(name: str, value: object) -> None:
    with pytest.raises(SettingsError, match=rf"^the limit {name} is .*: give a (whole )?number above 0$"):
        Limits(**{name: value})


def test_only_a_timeout_may_be_none_or_a_fraction() -> None:
    assert Limits(timeout=None).timeout is None
    assert Limits(timeout=0.5).timeout == 0.5
    for value in (None, 1.5):
        with pytest.raises(SettingsError, match="query_clauses"):
            Limits(query_clauses=value)  # type: ignore[arg-type]


def test_limits_with_others_keep_what_is_not_given() -> None:
    assert LIMITS.with_(timeout=3.0, depth=None) == Limits(timeout=3.0)
