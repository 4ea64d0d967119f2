"""A small judged set, in each layout: six documents, four queries."""

from __future__ import annotations

import json
from pathlib import Path

CORPUS = {
    "tide": ("Tides", "The tide rises twice a day. The moon pulls the sea."),
    "moon": ("Moon", "The moon has no air. Its light is that of the sun."),
    "harbour": ("Harbour", "Ships wait in the harbour for the tide."),
    "ship": ("Ships", "A ship of steel floats since it holds air."),
    "bread": ("Bread", "Bread rises in a warm place. Yeast makes the air in it."),
    "sun": ("Sun", "The sun is a star. A star shines by its own light."),
}
QUERIES = {"1": "moon and tide", "2": "air in bread", "3": "light of a star", "4": "nobody judged this"}
GRADES = {"1": {"tide": 2, "moon": 1, "bread": 0}, "2": {"bread": 1, "ship": 0}, "3": {"sun": 2, "moon": 1}}


def beir(folder: Path) -> Path:
    (folder / "qrels").mkdir(parents=True)
    rows = ({"_id": key, "title": title, "text": text} for key, (title, text) in CORPUS.items())
    (folder / "corpus.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows))
    queries = ({"_id": key, "text": text} for key, text in QUERIES.items())
    (folder / "queries.jsonl").write_text("".join(json.dumps(row) + "\n" for row in queries))
    lines = [f"{key}\t{name}\t{grade}\n" for key, grades in GRADES.items() for name, grade in grades.items()]
    (folder / "qrels" / "test.tsv").write_text("query-id\tcorpus-id\tscore\n" + "".join(lines))
    (folder / "qrels" / "train.tsv").write_text("1\tmoon\t1\n")
    return folder


def trec(folder: Path) -> Path:
    folder.mkdir()
    (folder / "topics.tsv").write_text("".join(f"{key}\t{text}\n" for key, text in QUERIES.items()))
    lines = [f"{key} 0 {name} {grade}\n" for key, grades in GRADES.items() for name, grade in grades.items()]
    (folder / "qrels.txt").write_text("".join(lines))
    return folder


def table(file: Path) -> Path:
    lines = [f"{QUERIES[key]},{name},{grade}\n" for key, grades in GRADES.items() for name, grade in grades.items()]
    file.write_text("query,document,grade\n" + "".join(lines))
    return file
