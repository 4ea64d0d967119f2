"""Settings: where they come from, which wins, and what is said of a wrong one."""

from __future__ import annotations

import os
from dataclasses import fields
from pathlib import Path

import pytest

from searchlib import api
from searchlib.cli.settings import DEFAULT_INDEX, DEFAULT_SEEDS, KEYS, Settings, load_settings, parse_size
from searchlib.errors import SettingsError
from searchlib.guards.limits import LIMITS, NAMES, Limits
from searchlib.model.ranking import RANKING_RANGES


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A working directory of its own, without variables."""
    monkeypatch.chdir(tmp_path)
    for name in list(os.environ):
        if name.startswith("SEARCHLIB_"):
            monkeypatch.delenv(name)
    return tmp_path


def load(**environ: str) -> Settings:
    return load_settings(".", environ)


def test_without_a_file_the_defaults_hold(folder: Path) -> None:
    assert load() == Settings()
    assert load().origin == {}


def test_the_defaults_are_those_of_the_python_api() -> None:
    assert (DEFAULT_INDEX, DEFAULT_SEEDS) == (api.DEFAULT_INDEX, api.DEFAULT_SEEDS)


def test_every_attribute_is_a_key_that_is_checked() -> None:
    tables = {f"limits_{name}" for name in NAMES} | {f"ranking_{name}" for name in RANKING_RANGES}
    assert {item.name for item in fields(Settings)} == {
        *(set(KEYS) - tables),
        "limits",
        "ranking",
        "loaders",
        "origin",
        "also",
    }
    assert tables < set(KEYS)


def test_a_ranking_in_a_file_and_in_the_environment_is_one(folder: Path) -> None:
    (folder / "searchlib.toml").write_text("[ranking]\nk1 = 0.9\ntitle = 5\n")
    assert load(SEARCHLIB_RANKING_TITLE="7").ranking == {"k1": 0.9, "title": 7}
    for name, value in (("b", 2), ("k1", -1), ("title", "much")):
        (folder / "searchlib.toml").write_text(f"[ranking]\n{name} = {value!r}\n")
        with pytest.raises(SettingsError, match=f"searchlib.toml: ranking.{name} is .*: give a number from 0 to"):
            load()
    (folder / "searchlib.toml").write_text("ranking = 3\n")
    with pytest.raises(SettingsError, match="ranking is no table: write \\[ranking\\] in it"):
        load()


def test_searchlib_toml_is_read(folder: Path) -> None:
    (folder / "searchlib.toml").write_text('index = "ix"\nseeds = ["a", "b"]\nlimit = 3\nmemory = "512M"\n')
    settings = load()
    assert (settings.index, settings.seeds, settings.limit, settings.memory) == ("ix", ("a", "b"), 3, 512 << 20)
    assert settings.origin == dict.fromkeys(("index", "seeds", "limit", "memory"), "searchlib.toml")


@pytest.mark.parametrize(
    "content",
    [
        "[tool.searchlib]\nlimit = 7\n",
        '["tool"."searchlib"]\nlimit = 7\n',
        "[tool]\nsearchlib.limit = 7\n",
        "[tool]\nsearchlib = { limit = 7 }\n",
        "tool = { searchlib = { limit = 7 } }\n",
        "tool.searchlib.limit = 7\n",
    ],
)
def test_pyproject_is_read_however_the_table_is_written(folder: Path, content: str) -> None:
    (folder / "pyproject.toml").write_text('project.name = "searchlib"\n' + content)
    assert load().limit == 7


@pytest.mark.parametrize("content", ['[project]\nname = "searchlib"\n', "[tool.other]\nlimit = 3\n", "[tool]\nx = 1\n"])
def test_a_pyproject_without_the_table_is_passed_over(folder: Path, content: str) -> None:
    (folder / "searchlib.toml").write_text("limit = 7\n")
    below = folder / "project"
    below.mkdir()
    (below / "pyproject.toml").write_text(content)
    os.chdir(below)
    assert load().limit == 7


def test_searchlib_toml_goes_before_pyproject_beside_it(folder: Path) -> None:
    (folder / "searchlib.toml").write_text("limit = 1\n")
    (folder / "pyproject.toml").write_text("[tool.searchlib]\nlimit = 2\n")
    assert load().limit == 1


def test_the_nearest_file_is_taken_and_its_paths_are_relative_to_it(folder: Path) -> None:
    (folder / "searchlib.toml").write_text("limit = 1\n")
    below = folder / "a" / "b"
    below.mkdir(parents=True)
    (folder / "a" / "searchlib.toml").write_text('index = "ix"\n')
    os.chdir(below)
    settings = load()
    assert settings.limit == 10
    assert settings.index == "../ix"
    assert settings.seeds == ("../seeds",), "the default seeds are the project's"


def test_an_absolute_path_and_the_home_folder_stay(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", "/home/somebody")
    (folder / "searchlib.toml").write_text('index = "/var/ix"\nseeds = "~/texts"\n')
    assert load().index == "/var/ix"
    assert load().seeds == ("/home/somebody/texts",)


def test_an_address_in_a_file_stays_as_it_is(folder: Path) -> None:
    (folder / "searchlib.toml").write_text('index = "https://search.example:9200/news"\n')
    assert load().index == "https://search.example:9200/news"


def test_variables_go_before_the_file_and_flags_before_both(folder: Path) -> None:
    (folder / "searchlib.toml").write_text("limit = 1\nwidth = 70\nlanguage = 'en'\n")
    settings = load(SEARCHLIB_LIMIT="2", SEARCHLIB_WIDTH="80").with_flags(limit=3, width=None)
    assert (settings.limit, settings.width, settings.language) == (3, 80, "en")
    assert settings.origin == {"limit": "--limit", "width": "SEARCHLIB_WIDTH", "language": "searchlib.toml"}


def test_a_list_in_a_variable_has_commas(folder: Path) -> None:
    assert load(SEARCHLIB_SEEDS="a, b/c").seeds == ("a", "b/c")


def test_an_empty_variable_and_other_variables_say_nothing(folder: Path) -> None:
    assert load(SEARCHLIB_LIMIT="", SEARCHLIB_TRACEBACK="1", OTHER="x") == Settings()


def test_limits_are_a_table_of_their_own_in_either_file(folder: Path) -> None:
    (folder / "searchlib.toml").write_text('[limits]\nquery-length = 200\nfile-bytes = "2G"\n')
    assert load().limits == LIMITS.with_(query_length=200, file_bytes=2 << 30)
    assert load().origin == dict.fromkeys(("limits_query_length", "limits_file_bytes"), "searchlib.toml")
    (folder / "searchlib.toml").unlink()
    (folder / "pyproject.toml").write_text("[tool.searchlib.limits]\ntimeout = 0.5\n")
    assert load().limits == Limits(timeout=0.5)


def test_limits_from_the_file_variables_and_flags_are_one(folder: Path) -> None:
    (folder / "searchlib.toml").write_text("[limits]\nquery-length = 200\ntimeout = 9\ndepth = 3\n")
    environ = {"SEARCHLIB_LIMITS_TIMEOUT": "2.5", "SEARCHLIB_LIMITS_FILE_BYTES": "1M", "SEARCHLIB_LIMITS_DEPTH": "4"}
    settings = load(**environ).with_flags(limits_timeout=7.0)
    assert settings.limits == LIMITS.with_(query_length=200, file_bytes=1 << 20, depth=4, timeout=7.0)
    assert settings.origin["limits_timeout"] == "--timeout"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("limits = 3", "searchlib.toml: limits is no table: write [limits] in it, or [tool.searchlib.limits]"),
        ("limits.dept = 3", "searchlib.toml: limits.dept is no setting: did you mean limits.depth?"),
        ("limits.timeout = 0", "searchlib.toml: limits.timeout is 0: give a number of seconds above 0"),
        (
            "limits.depth = 1.5",
            "searchlib.toml: limits.depth is 1.5: give a whole number from 1 on",
        ),
        ("limits.file-bytes = 'x'", 'searchlib.toml: limits.file-bytes is "x": give a size such as 512M or 2G'),
        ("limti = 3", "searchlib.toml: limti is no setting: did you mean limit?"),
        ("limit = '3'", 'searchlib.toml: limit is "3": give a whole number from 0 to 1,000,000'),
        ("limit = -1", "searchlib.toml: limit is -1: give a whole number from 0 to 1,000,000"),
        ("limit = true", "searchlib.toml: limit is true: give a whole number from 0 to 1,000,000"),
        ("index = 3", "searchlib.toml: index is 3: give a string"),
        ("seeds = [3]", "searchlib.toml: seeds is [3]: give a list of strings"),
        ("color = 'red'", 'searchlib.toml: color is "red": give auto, always or never'),
        (
            "language = 'english'",
            'searchlib.toml: language is "english": give "auto" or a code of ISO 639-1, such as en',
        ),
        ("memory = 'lots'", 'searchlib.toml: memory is "lots": give a size such as 512M or 2G'),
        ("memory = 5", "searchlib.toml: memory is 5: give a size of at least 1M, such as 512M or 2G"),
        ("text-column = 1", "searchlib.toml: text-column is 1: give a list of strings"),
    ],
)
def test_a_mistake_names_file_and_key_and_says_what_to_do(folder: Path, content: str, message: str) -> None:
    (folder / "searchlib.toml").write_text(content + "\n")
    with pytest.raises(SettingsError) as caught:
        load()
    assert str(caught.value) == message


def test_an_unknown_key_unlike_any_other_lists_them_all(folder: Path) -> None:
    (folder / "searchlib.toml").write_text("zzz = 1\n")
    with pytest.raises(SettingsError, match=r"zzz is no setting: known are index, seeds, .*, ranking.headings$"):
        load()


def test_a_mistake_in_a_variable_names_the_variable(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r'^SEARCHLIB_LIMIT is "many": give a whole number'):
        load(SEARCHLIB_LIMIT="many")
    with pytest.raises(SettingsError, match=r"^SEARCHLIB_LIMTI is no setting: did you mean SEARCHLIB_LIMIT\?$"):
        load(SEARCHLIB_LIMTI="3")


def test_a_mistake_in_a_flag_names_the_flag(folder: Path) -> None:
    with pytest.raises(SettingsError, match=r"^--limit is -1: give"):
        load().with_flags(limit=-1)


def test_a_file_that_is_not_toml_is_named(folder: Path) -> None:
    (folder / "searchlib.toml").write_text("limit = \n")
    with pytest.raises(SettingsError, match=r"^searchlib.toml is not TOML: .*line 1.*; correct it there$"):
        load()
    (folder / "searchlib.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(SettingsError, match=r"^searchlib.toml is not TOML: "):
        load()


def test_a_table_that_is_none_is_a_mistake(folder: Path) -> None:
    (folder / "pyproject.toml").write_text("tool.searchlib = 3\n")
    with pytest.raises(SettingsError, match=r"tool.searchlib is no table"):
        load()


@pytest.mark.parametrize(
    ("text", "size"),
    [("512M", 512 << 20), ("1.5 GB", 3 << 29), ("100000", 100000), ("2GiB", 2 << 30), ("64k", 64 << 10)],
)
def test_sizes_are_read_as_people_write_them(text: str, size: int) -> None:
    assert parse_size(text) == size


@pytest.mark.parametrize("text", ["", "M", "-1M", "1X", "1e9"])
def test_what_is_no_size_is_said_so(text: str) -> None:
    with pytest.raises(ValueError, match="a size such as"):
        parse_size(text)
