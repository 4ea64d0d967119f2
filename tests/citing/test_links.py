"""Links lead to the quote: text fragments as the WICG specifies them."""

from __future__ import annotations

from urllib.parse import unquote

import pytest
from hypothesis import given

from searchlib.citing import cite
from searchlib.citing.normal import normal

from .texts import TEXTS, record_of

LONG = "It was said — often, and loudly - that this & that are the same. " * 8


def link(text: str, url: str = "https://example.org/page", quote: str = "") -> str:
    record = record_of(text, url=url)
    start = record.paragraph.text.index(quote)
    return cite(record, part=(start, start + len(quote)) if quote else None).link


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("https://example.org/page", "https://example.org/page#:~:text=Hello"),
        ("https://example.org/page?a=1#part", "https://example.org/page?a=1#part:~:text=Hello"),
        ("https://example.org/#a:~:text=old", "https://example.org/#a:~:text=Hello"),
        ("HTTP://EXAMPLE.ORG", "HTTP://EXAMPLE.ORG#:~:text=Hello"),
        ("", ""),
        ("javascript:alert(1)", ""),
        ("file:///etc/passwd", ""),
        (" javascript:alert(1)//https://a.b", ""),
        (
            "https://a.b/c d>)[x](<javascript:y>\n\x1b[31m\\é\ud800",
            "https://a.b/c%20d%3E)[x](%3Cjavascript:y%3E%0A%1B[31m%5C%C3%A9?#:~:text=Hello",
        ),
        ("https://a.b/%20?q=%C3%A9&x#y\x9b", "https://a.b/%20?q=%C3%A9&x#y%C2%9B:~:text=Hello"),
    ],
)
def test_the_address_of_the_page_is_kept_with_its_fragment(url: str, expected: str) -> None:
    assert link("Hello", url) == expected


@given(TEXTS)
def test_no_address_breaks_out_of_its_form(rest: str) -> None:
    """Whatever the metadata of a document says it is."""
    citation = cite(record_of("Hello", url=f"https://example.org/{rest}"))
    for found in (citation.link, citation.annotation()["source"]):
        assert found.isascii() and found.isprintable() and not set(found) & set(' <>\\"`|')
    assert citation.markdown().count(">)") == citation.markdown().count("](<") == 1


def test_what_is_no_address_on_the_web_is_no_source() -> None:
    assert cite(record_of("Hello", "a b.txt", url="javascript:alert(1)")).annotation()["source"] == "a%20b.txt"


def test_what_means_something_in_a_directive_is_encoded() -> None:
    assert link("a-b, c & d #e").partition("text=")[2] == "a%2Db%2C%20c%20%26%20d%20%23e"


def test_of_a_long_quote_the_ends_are_given() -> None:
    start, end = link(LONG).partition("text=")[2].split(",")
    assert unquote(start) == "It was said — often, and"
    assert unquote(end) == "that are the same."[-len(unquote(end)) :] or unquote(end).endswith("are the same.")


def test_a_part_has_whole_words_before_and_after_it() -> None:
    directive = link("The aim was to explore joint projects and more of the like.", quote="joint projects")
    assert directive.endswith("text=was%20to%20explore-,joint%20projects,-and%20more%20of")


def test_a_quote_of_several_lines_is_a_range() -> None:
    """A text within a directive has to stand in one block of the page."""
    directive = link("a first line that is somewhat longer\nand a second line that is not short").partition("text=")[2]
    assert len(directive.split(",")) == 2


@given(TEXTS)
def test_a_link_is_ascii_and_says_what_the_quote_says(text: str) -> None:
    found = link(text)
    assert found.isascii()
    directive = found.partition(":~:text=")[2]
    assert not set(directive) & set(" \n<>&#\"'")
    said = " ".join(record_of(text).paragraph.text.encode("utf-8", "replace").decode().split())
    parts = [unquote(part) for part in directive.split(",") if not part.startswith("-") and not part.endswith("-")]
    assert 1 <= len(parts) <= 2 and all(part in said for part in parts)
    assert said.startswith(parts[0]) and said.endswith(parts[-1])
    assert normal(parts[0])
