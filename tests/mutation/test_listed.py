"""What faults are put into, and the tests that are to notice, are there."""

from __future__ import annotations

import pytest

from .run import ROOT, TESTS


@pytest.mark.parametrize("module", TESTS)
def test_a_module_and_its_tests_are_where_the_list_says(module: str) -> None:
    assert (ROOT / "searchlib" / f"{module}.py").is_file()
    assert not [test for test in TESTS[module] if not (ROOT / test).is_file()]
