"""In which encoding a text is read: UTF-8 as long as it can be, Windows-1252 unless another is evident."""

from __future__ import annotations

import pytest

from searchlib.documents import Seed, registry
from searchlib.model.records import Document

GERMAN = "Der müde Bär läuft über die Brücke und hört Vögel.\n"
PAGE = f"<!DOCTYPE html><html><head><meta charset=latin1><title>T</title></head><body><p>{GERMAN * 9}</p></body></html>"


def load(name: str, data: bytes) -> tuple[list[Document], list[tuple[int, str]]]:
    notes: list[tuple[int, str]] = []
    seed = Seed(name, data, notes=lambda line, remark: notes.append((line, remark)))
    return list(registry.find(registry.suffix_of(name), name)(seed)), notes


def text(data: bytes) -> str:
    (document,), _ = load("a.txt", data)
    return document.text


@pytest.mark.parametrize("name", ["a.txt", "a.md", "a.html"])
def test_a_byte_that_is_wrong_does_not_make_utf8_another_encoding(name: str) -> None:
    source = PAGE if name == "a.html" else GERMAN * 200
    (document,), notes = load(name, source.encode() + b"ein \xe9 Zeichen\n")
    assert "über die Brücke" in document.text
    assert "ein \ufffd Zeichen" in document.text
    assert notes == [(source.count("\n") + 1, "bytes that are not UTF-8 are U+FFFD")]


def test_a_text_that_ends_within_a_character_is_utf8_all_the_same() -> None:
    (document,), notes = load("a.txt", GERMAN.encode() + "ü".encode()[:1])
    assert document.text == GERMAN + "\ufffd"
    assert notes == [(2, "bytes that are not UTF-8 are U+FFFD")]
    assert text("ascii €".encode()[:-1]) == "ascii \ufffd"


def test_wrong_bytes_in_many_places_are_one_note() -> None:
    _, notes = load("a.txt", (GERMAN.encode() + b"\xff\n") * 3)
    assert notes == [(2, "bytes in 3 places that are not UTF-8 are U+FFFD; here first")]


@pytest.mark.parametrize("name", ["a.csv", "a.jsonl"])
def test_rows_are_utf8_all_the_same_where_the_first_bytes_that_are_not_ascii_are_wrong(name: str) -> None:
    rows = {"a.csv": b"id,text\n1,a \xe9 b\n%s", "a.jsonl": b'{"text": "a \xe9 b"}\n%s'}[name]
    more = "2,über\n3,Bär\n" if name == "a.csv" else '{"text": "über"}\n{"text": "Bär"}\n'
    documents, notes = load(name, rows % more.encode())
    assert [document.text for document in documents] == ["a \ufffd b", "über", "Bär"]
    assert [line for line, _ in notes] == [2 if name == "a.csv" else 1]


@pytest.mark.parametrize(
    "said", ["café", "Müller", "© 2020", "Straße", "“quoted” – it’s…", "© ® ™ é è ü ö ä ñ", "José, Søren, Åsa, Zoë"]
)
@pytest.mark.parametrize("times", [1, 20])
def test_a_short_text_is_windows_1252(said: str, times: int) -> None:
    assert text((said + "\n").encode("cp1252") * times) == (said + "\n") * times


def test_rows_with_a_few_letters_are_windows_1252() -> None:
    documents, _ = load("a.csv", "id,text\n1,Straße\n2,schön\n".encode("cp1252"))
    assert [document.text for document in documents] == ["Straße", "schön"]


@pytest.mark.parametrize(
    ("encoding", "said"),
    [
        ("cp1251", "Это простой русский текст о погоде. Сегодня солнечно."),
        ("koi8_r", "Это простой русский текст о погоде. Сегодня солнечно."),
        ("cp1253", "Καλημέρα κόσμε, τι κάνεις σήμερα; Ο καιρός είναι καλός."),
        ("shift_jis", "これは日本語の文章です。天気がいいですね。"),
        ("gbk", "这是一个中文文本。今天天气很好。"),
        (
            "cp1250",
            "Zażółć gęślą jaźń, proszę państwa. Wszyscy ludzie rodzą się wolni i równi pod względem godności.",
        ),
        ("cp1254", "Türkiye'de yağmur yağıyor ve bu da çok güzel. Bütün insanlar hür doğarlar, bu bir gerçek."),
        ("cp1250", "Árvíztűrő tükörfúrógép. Minden emberi lény szabadon születik és egyenlő, ez az igazság és a jog."),
        ("cp1252", "Les élèves étaient très gênés à l'école où la forêt brûlait."),
        ("cp1252", "Hver maður er borinn frjáls og jafn öðrum að virðingu og réttindum."),
    ],
)
def test_another_encoding_is_told_where_it_is_evident(encoding: str, said: str) -> None:
    assert text(said.encode(encoding)) == said
