"""Known-item sets in many languages, of Debian's packages: folders in BEIR's layout, for ``searchlib evaluate``.

    apt-get download libreoffice-help-vi libreoffice-help-en-us manpages-uk
    for one in *.deb; do dpkg -x "$one" "${one%%_*}"; done
    python -m benchmarks.knownitems OUT libreoffice-help-vi manpages-uk

* Of LibreOffice's help a *document* is a page without its first heading, which is the query that is to find it. What is
  as it is in English (``libreoffice-help-en-us``, beside it) is not translated, and is left out.
* Of manual pages it is a page without the section NAME; the query is what that says behind the dash.

What several documents are asked by is no query. Of the others ``QUERIES`` are drawn, always the same.
"""

from __future__ import annotations

import gzip
import html
import json
import random
import re
import sys
from collections.abc import Iterator
from pathlib import Path

QUERIES = 400
_PART = re.compile(r'<(h1|h2|h3|p)\b[^>]*\bid="((?:hd|par|bm|tit)[^"]*)"[^>]*>(.*?)</\1>', re.DOTALL)
_CODE = re.compile(r"<script.*?</script>|<style.*?</style>", re.DOTALL)
_TAG = re.compile(r"<[^>]*>")
_NAME = re.compile(r"^\.S[Hh] .*\n((?:[^.].*\n|\.(?:PP|br|ad|nh).*\n)*)", re.MULTILINE)
_DASH = re.compile(r" \\?[-–—]+ |\\\(em|\\\[em\]")
_FONT = re.compile(r"\\f(?:\[[^]]*\]|\(..|.)")
_BREAK = re.compile(r"^\.(?:PP|TP|SH|IP|SS|P)\b.*", re.MULTILINE)
_REQUEST = re.compile(r"^[.'].*\n?", re.MULTILINE)

Item = tuple[str, str, str]
"""The name of a document, its text, and what it is asked by."""


def help_pages(folder: Path, english: Path) -> Iterator[Item]:
    """The pages of a package of LibreOffice's help, without what is in English still."""
    for root in sorted(folder.glob("usr/share/libreoffice/help/*/text")):
        for page in sorted(root.rglob("*.html")):
            name = page.relative_to(root)
            same = {part for file in english.glob(f"usr/share/libreoffice/help/*/text/{name}") for part in _parts(file)}
            parts = [part for part in _parts(page) if part not in same]
            if parts and parts[0][0] in ("h1", "h2"):
                heading = parts[0][2]
                yield str(name), "\n\n".join(text for _, _, text in parts[1:] if text != heading), heading


def _parts(page: Path) -> list[tuple[str, str, str]]:
    """Element, id and text of each paragraph."""
    found = _PART.findall(_CODE.sub("", page.read_text(encoding="utf-8", errors="replace")))
    cleaned = ((tag, id, " ".join(html.unescape(_TAG.sub("", text)).split())) for tag, id, text in found)
    return [part for part in cleaned if part[2]]


def manual_pages(folder: Path) -> Iterator[Item]:
    """The pages of a package of manual pages."""
    for file in sorted(folder.glob("usr/share/man/**/*.gz")):
        if file.is_symlink():
            continue
        source = gzip.decompress(file.read_bytes()).decode("utf-8", "replace")
        name = _NAME.search(source)
        said = _DASH.split(" ".join(_plain(name[1]).split()), maxsplit=1) if name else []
        if name and len(said) == 2:
            body = _REQUEST.sub("", _BREAK.sub("\n", source[name.end() :]))
            paragraphs = (" ".join(_plain(one).split()) for one in re.split(r"\n\s*\n", body))
            yield file.name.removesuffix(".gz"), "\n\n".join(filter(None, paragraphs)), said[1]


def _plain(roff: str) -> str:
    return _FONT.sub("", roff).replace("\\-", "-").replace("\\(aq", "'").replace("\\&", "")


def write(items: list[Item], out: Path) -> int:
    """Write a set; how many queries it has."""
    once = {asked: name for name, _, asked in items}
    several = {asked for name, _, asked in items if once[asked] != name}
    queries = sorted((asked, name) for asked, name in once.items() if asked not in several and len(asked) > 3)
    random.Random(7).shuffle(queries)
    (out / "qrels").mkdir(parents=True)
    with (out / "corpus.jsonl").open("w", encoding="utf-8") as corpus:
        for name, text, _ in items:
            corpus.write(json.dumps({"_id": name, "title": "", "text": text}, ensure_ascii=False) + "\n")
    with (
        (out / "queries.jsonl").open("w", encoding="utf-8") as asking,
        (out / "qrels" / "test.tsv").open("w", encoding="utf-8") as grades,
    ):
        grades.write("query-id\tcorpus-id\tscore\n")
        for number, (asked, name) in enumerate(queries[:QUERIES]):
            asking.write(json.dumps({"_id": f"q{number}", "text": asked}, ensure_ascii=False) + "\n")
            grades.write(f"q{number}\t{name}\t1\n")
    return len(queries[:QUERIES])


def main(out: str, *packages: str) -> None:
    """Make a set of each package, which is a folder."""
    for package in map(Path, packages):
        if package.name.startswith("libreoffice"):
            items = list(help_pages(package, package.parent / "libreoffice-help-en-us"))
        else:
            items = list(manual_pages(package))
        items = [item for item in items if len(item[1]) >= 100]
        print(package.name, len(items), "documents,", write(items, Path(out) / package.name), "queries")


if __name__ == "__main__":
    main(*sys.argv[1:])
