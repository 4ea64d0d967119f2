"""Charts of Office documents (DrawingML): their titles, and what they show as a table."""

from __future__ import annotations

from itertools import chain
from xml.etree.ElementTree import Element

from searchlib.documents.xmltrees import attribute, child, flat, local, within


def titles_of(chart: Element) -> list[str]:
    """The titles of a chart and of its axes."""
    return [text for one in within(chart, "title") if (text := " ".join("".join(_texts(one)).split()))]


def table_of(chart: Element) -> str:
    """What it shows: a line for each category, with the values of each series; above them the names of these."""
    series = list(within(chart, "ser"))
    names = [flat(next(within(one, "v"), None)) if (one := child(each, "tx")) is not None else "" for each in series]
    columns = [_points(each, "val", "yVal") for each in series]
    labels: dict[int, str] = {}
    for each in series:
        labels = _points(each, "cat", "xVal") | labels
    rows = [["", *names]] if any(names) else []
    rows += [
        [labels.get(number, ""), *(column.get(number, "") for column in columns)]
        for number in sorted(set(labels).union(*columns))
    ]
    return "\n".join(" | ".join(row) for row in rows)


def _texts(title: Element) -> list[str]:
    return [(one.text or "") + " " * (local(one) == "p") for one in title.iter() if local(one) in ("t", "p")]


def _points(series: Element, *names: str) -> dict[int, str]:
    """The values of a series by their numbers, as the chart shows them."""
    found: dict[int, str] = {}
    for point in chain.from_iterable(within(one, "pt") for one in series if local(one) in names):
        number, value = attribute(point, "idx"), flat(child(point, "v"))
        if number.isdecimal() and len(number) < 9 and value:
            found[int(number)] = _short(value)
    return found


def _short(value: str) -> str:
    """A number without what only a computer sees of it."""
    try:
        return f"{float(value):.10g}" if len(value) > 12 else value
    except ValueError:
        return value
