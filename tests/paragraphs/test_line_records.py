"""Lines that are records, quotations, lists and wrapped lines; and first lines that are no titles."""

from __future__ import annotations

import pytest

from searchlib.model.records import Document
from searchlib.paragraphs import split, title_line


def paragraphs(text: str) -> list[str]:
    document = Document("a.log", text)
    found = split(document)
    assert all(document.text[one.start : one.end] == one.text for one in found)
    return [one.text for one in found]


SYSLOG = [f"Nov {day:2d} 12:00:00 host app[12]: {'ERROR' if day % 3 else 'INFO'} user u{day}" for day in range(1, 13)]
TRACE = 'Traceback (most recent call last):\n  File "x.py", line 1\nValueError: no'


@pytest.mark.parametrize(
    "lines",
    [
        SYSLOG,
        ["2024-01-01T10:00:00Z INFO a", f"2024-01-02 10:00:00,5 ERROR b\n{TRACE}", "2024-01-03T10:00:00+02:00 INFO c"],
        [f'127.0.0.{n} - - [10/Oct/2000:13:55:3{n} -0700] "GET /a{n} HTTP/1.0" 200 2326' for n in range(5)],
        [f"[Wed Oct 11 14:32:5{n} 2000] [error] [client 127.0.0.1] denied" for n in range(3)],
        ["I0102 10:00:00.123 7 a.go:3] up", "W0102 10:00:01.123 7 a.go:3] slow", "E0102 10:00:02.1 7 a.go:3] down"],
        ["INFO: one", f"ERROR: two\n{TRACE}", "WARNING: three", "INFO: four"],
        ["1700000000.123 started: a", "1700000001.456 went on: b", "1700000002.789 ended: c"],
        ["12:30 Ann: are you there", "12:31 Bob: yes", "12:32 Ann: good"],
    ],
)
@pytest.mark.parametrize("before", ["", "An introduction of the file.\n\n"])
def test_a_record_of_a_log_is_a_paragraph_with_the_lines_that_belong_to_it(lines: list[str], before: str) -> None:
    assert paragraphs(before + "\n".join(lines) + "\n") == [before.strip()] * bool(before) + lines


@pytest.mark.parametrize(
    "lines",
    [
        ["host = alpha", "port = 80", "# how\n# fast\nmode = fast", "name=searcher\n  goes on"],
        ["export A=1", "export B=2"],
        ["[main]", "host = alpha", "port = 80", "level = 3"],
        ["ebb: the outflow of the tide", "flow: the inflow of the tide,\n   upwards", "neap: a tide of small range."],
        ["ebb – the outflow", "flow – the inflow", "neap tide – of small range"],
        ["Ann Poe, 12 High Street, Leeds", "Bob Roe, 3 Low Road, York", "Cy Doe, 4 Mill Lane, Hull"],
        ["Ann\t12 High Street\tLeeds", "Bob\t3 Low Road\tYork", "Cy\t4 Mill Lane\tHull"],
    ],
)
def test_settings_glossaries_and_lists_of_addresses_are_a_paragraph_a_record(lines: list[str]) -> None:
    assert paragraphs("\n".join(lines)) == lines


@pytest.mark.parametrize(
    "text",
    [
        "Note: the tide is the rise and fall of the\nsea, which has two causes: the moon and the\nsun. Both pull it.",
        "From: ann@example.org\nTo: bob@example.org\nSubject: tides\nDate: today",
        "Ann Poe\n12 High Street\nLeeds",
        "At 12:30 we left.\n12:45 was when the train came, which was late,\nand we were glad.",
        "We met Ann, Bob,\nCy, Dee, and in the\nend Eve, who came late.",
    ],
)
def test_what_only_looks_like_records_stays_whole(text: str) -> None:
    assert paragraphs(f"Before.\n\n{text}\n\nAfter.")[1:-1] == [text]


@pytest.mark.parametrize(
    "text",
    [
        "We met the man from New\nYork and he told us about it.",
        "日本の首都である東\n京は人口が多い。",
        "I wandered lonely as a cloud\nThat floats on high o'er vales and hills,\nWhen all at once I saw a crowd.",
        "milk\neggs\nbread",
    ],
)
def test_lines_that_are_no_paragraphs_are_one(text: str) -> None:
    assert paragraphs(text) == [text]


@pytest.mark.parametrize(
    "lines",
    [
        ["The cat sat.", "The dog ran.", "It rained all day, and nobody went out."],
        ["Ann Poe", "Bobby-Lee Roe", "de la Cruz", "Cy", "Dee Montgomery-Smythe", "Eve"],
        ["The cat sat.", "Then we left the\nhouse by the door."],
    ],
)
def test_lines_that_are_evidently_paragraphs_are(lines: list[str]) -> None:
    assert paragraphs("\n".join(lines)) == lines


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("> A word\n>\n> B word\n>\n> C word", [("quote", "A word"), ("quote", "B word"), ("quote", "C word")]),
        (
            "On Monday Ann wrote:\n> old text\n> goes on\nMy answer.",
            [("text", "On Monday Ann wrote:"), ("quote", "old text\n> goes on"), ("text", "My answer.")],
        ),
        ("Ann wrote:\n> old\nMy answer.", [("text", "Ann wrote:"), ("quote", "old"), ("text", "My answer.")]),
        (
            "> > deep one\n> > deep two\n> answer\nmine",
            [("quote", "deep one\n> > deep two"), ("quote", "answer"), ("text", "mine")],
        ),
        ("The value has to be\n> 5 and not more.", [("text", "The value has to be\n> 5 and not more.")]),
        (">>> a = 1\n>>> a\n1", [("text", ">>> a = 1\n>>> a\n1")]),
    ],
)
def test_quoted_lines_are_quotations(text: str, found: list[tuple[str, str]]) -> None:
    assert [(one.kind, one.text) for one in split(Document("a.txt", f"Hello there.\n\n{text}"))][1:] == found


@pytest.mark.parametrize(
    "first",
    [
        "[Delivered in person before a joint session]",
        "(As prepared for delivery)",
        "Mr. Speaker, Mr. President, and my fellow citizens",
        "Madam President, Honorable Members",
        "My fellow Americans",
        "Ladies and Gentlemen",
        "Dear Sir or Madam",
        "Jump toPart II",
        "Skip to content",
        "Page 1 of 12",
    ],
)
def test_what_stands_before_a_text_is_not_its_title(first: str) -> None:
    assert title_line(f"{first}\n\nThe state is strong.\n") == ""


@pytest.mark.parametrize(
    "first", ["Mr. Smith Goes to Washington", "Dear Evan Hansen", "Back to the Future", "Skip to My Lou", "Fellow Men"]
)
def test_titles_that_begin_alike_are_titles(first: str) -> None:
    assert title_line(f"{first}\n\nThe state is strong.\n") == first


@pytest.mark.parametrize(
    "begins",
    [
        "2024-01-02 10:11:12 ",
        "<13>2024-01-02T10:11 ",
        "[2024-01-02 10:11] ",
        "02/01/24 10:11 ",
        *(f"{month}  2 10:11:12 host " for month in ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep")),
        *(f"{month} 12 10:11:12 host " for month in ("Oct", "Nov", "Dec")),
        *(f"{day} Jan 02 10:11:12 " for day in ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")),
        "10:11:12.345 ",
        "1700000000 ",
        *(f"{letter}0102 10:11:12 " for letter in "IWEF"),
        *(
            f"{level} "
            for level in ("TRACE", "DEBUG", "INFO", "NOTICE", "WARN", "WARNING", "ERROR", "FATAL", "CRITICAL")
        ),
        "host - - [10/Oct/2000:13:55:36 +0000] ",
    ],
)
def test_whatever_a_log_begins_its_lines_with_each_is_a_paragraph(begins: str) -> None:
    lines = [f"{begins}what happened at step {word}" for word in ("one", "two", "three", "four")]
    lines[1] += f"\n{TRACE}"
    assert paragraphs("\n".join(lines)) == lines
