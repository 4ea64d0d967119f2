"""The plot: an SVG of the last stage's latencies and building, and of growth where there are several stages.

It is text, so that a run's plot can be compared with another's, and readable on light and dark grounds: the ground is
transparent, words take the colour of the viewer's scheme.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

from benchmarks.engines import ONE_PROCESS
from benchmarks.report import label_name, labels, latencies, percentile

WIDTH = 900
COLOURS = {
    "searchlib": "#e4572e",
    "searchlib-compiled": "#9c2a10",
    "searchlib-1": "#f2a08a",
    "tantivy": "#3f88c5",
    "fts5": "#44a66e",
    "bm25s": "#b58900",
    "whoosh": "#9467bd",
}
_LEFT, _RIGHT, _BAR, _GAP = 210, 70, 9, 10
_STYLE = """
text { font: 12px system-ui, sans-serif; fill: #222; }
.title { font-weight: 600; font-size: 14px; }
.small { font-size: 10px; }
.grid { stroke: #8888; stroke-width: .5; }
.over { stroke: #555; stroke-width: 1.2; }
@media (prefers-color-scheme: dark) { text { fill: #ddd; } .over { stroke: #bbb; } }
"""


class _Drawing:
    """Lines of SVG, from the top down. ``y`` is where the next panel begins."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.y = 24.0

    def text(self, x: float, y: float, text: str, anchor: str = "start", kind: str = "") -> None:
        named = f' class="{kind}"' if kind else ""
        self.lines.append(f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}"{named}>{escape(text)}</text>')

    def line(self, x1: float, y1: float, x2: float, y2: float, kind: str = "grid") -> None:
        self.lines.append(f'<line class="{kind}" x1="{x1:.1f}" y1="{y1:.1f}" x2="{x2:.1f}" y2="{y2:.1f}"/>')

    def bar(self, x: float, y: float, width: float, colour: str, said: str) -> None:
        self.lines.append(
            f'<rect x="{x:.1f}" y="{y:.1f}" width="{max(width, 1):.1f}" height="{_BAR - 1}" fill="{colour}">'
            f"<title>{escape(said)}</title></rect>"
        )

    def svg(self) -> str:
        height = self.y + 10
        head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height:.0f}" width="{WIDTH}" role="img">'
        return "\n".join([head, f"<style>{_STYLE}</style>", *self.lines, "</svg>"]) + "\n"


class _Logarithmic:
    """A scale of powers of ten between two places."""

    def __init__(self, values: Sequence[float], start: float, end: float) -> None:
        self.low = math.floor(math.log10(min(values)))
        self.high = max(self.low + 1, math.ceil(math.log10(max(values))))
        self.start, self.end = start, end

    def __call__(self, value: float) -> float:
        share = (math.log10(value) - self.low) / (self.high - self.low)
        return self.start + share * (self.end - self.start)

    def marks(self) -> list[float]:
        return [10.0**power for power in range(self.low, self.high + 1)]


def plot(run: Mapping[str, Any]) -> str:
    """The SVG of a run."""
    drawing = _Drawing()
    stage = run["stages"][-1]
    engines = list(stage["engines"])
    drawing.text(10, drawing.y, f"{run['name']}: {stage['paragraphs']:,} paragraphs, {run['machine']['date'][:10]}",
                 kind="title")  # fmt: skip
    drawing.y += 20
    x = 10.0
    for name in engines:
        drawing.bar(x, drawing.y - 8, 9, _colour(name), name)
        drawing.text(x + 14, drawing.y, name)
        x += 26 + 7 * len(name)
    drawing.y += 30
    _latencies(drawing, stage)
    _building(drawing, stage)
    if len(run["stages"]) > 1:
        _growth(drawing, run["stages"])
    return drawing.svg()


def _colour(name: str) -> str:
    return COLOURS.get(name, "#888888")


def _latencies(drawing: _Drawing, stage: Mapping[str, Any]) -> None:
    found = {name: latencies(stage, name) for name in stage["engines"] if name != ONE_PROCESS}
    values = [value for times in found.values() for group in times.values() for value in group if value > 0]
    if not values:
        return
    drawing.text(10, drawing.y, "Top ten, warm: median (bar) and 99th percentile (line), ms", kind="title")
    drawing.y += 22
    rows = [(label, [name for name in found if label in found[name]]) for label in labels(stage)]
    rows = [row for row in rows if row[1]]
    shown = [percentile(found[name][label], percent) for label, names in rows for name in names for percent in (50, 99)]
    scale = _Logarithmic(shown, _LEFT, WIDTH - _RIGHT)
    bottom = drawing.y + sum(len(names) * _BAR + _GAP for _, names in rows)
    for mark in scale.marks():
        drawing.line(scale(mark), drawing.y - 4, scale(mark), bottom)
        drawing.text(scale(mark), drawing.y - 7, f"{mark:g}", "middle", "small")
    for label, names in rows:
        drawing.text(_LEFT - 8, drawing.y + len(names) * _BAR / 2 + 4, label_name(label), "end")
        for name in names:
            middle, late = (percentile(found[name][label], percent) for percent in (50, 99))
            drawing.bar(_LEFT, drawing.y, scale(middle) - _LEFT, _colour(name), f"{name}: {middle:.3f} ms")
            drawing.line(scale(middle), drawing.y + 4, scale(late), drawing.y + 4, "over")
            drawing.text(scale(late) + 4, drawing.y + 8, f"{middle:.3g}", kind="small")
            drawing.y += _BAR
        drawing.y += _GAP
    drawing.y += 20


def _building(drawing: _Drawing, stage: Mapping[str, Any]) -> None:
    size = stage["text_bytes"]
    built = {name: engine["build"] for name, engine in stage["engines"].items() if not engine["build"].get("shared")}
    panels = (
        ("Build, MB of text a second", {name: size / 1e6 / found["seconds"] for name, found in built.items()}),
        ("Index, bytes a byte of text", {name: found["bytes"] / size for name, found in built.items()}),
        ("Peak memory of building, MB", {name: found["peak"] / 1e6 for name, found in built.items()}),
    )
    width = (WIDTH - 20) / len(panels)
    for column, (title, values) in enumerate(panels):
        x = 10 + column * width
        drawing.text(x, drawing.y, title, kind="title")
        largest = max(values.values())
        for number, (name, value) in enumerate(values.items()):
            y = drawing.y + 14 + number * (_BAR + 5)
            drawing.bar(x, y, value / largest * (width - 80), _colour(name), f"{name}: {value:.3g}")
            said = f"{value:,.3g}" if value < 1000 else f"{value:,.0f}"
            drawing.text(x + value / largest * (width - 80) + 4, y + 8, said, kind="small")
    drawing.y += 14 + len(built) * (_BAR + 5) + 26


def _growth(drawing: _Drawing, stages: Sequence[Mapping[str, Any]]) -> None:
    engines = list(dict.fromkeys(name for stage in stages for name in stage["engines"]))
    shown = [
        label
        for label in labels(stages[-1])
        if any(latencies(stage, name).get(label) for stage in stages for name in engines)
    ]
    if not shown:
        return
    drawing.text(10, drawing.y, "Growth: median in ms by paragraphs", kind="title")
    drawing.y += 14
    columns, height = 4, 150.0
    width = (WIDTH - 20) / columns
    points = {
        (label, name): [
            (stage["paragraphs"], percentile(times, 50))
            for stage in stages
            if (times := latencies(stage, name).get(label))
        ]
        for label in shown
        for name in engines
    }
    every = [point for line in points.values() for point in line]
    for number, label in enumerate(shown):
        left = 10 + number % columns * width + 34
        top = drawing.y + number // columns * (height + 44) + 16
        across = _Logarithmic([size for size, _ in every], left, left + width - 50)
        up = _Logarithmic([value for _, value in every], top + height, top)
        drawing.text(left, top - 5, label_name(label))
        for mark in up.marks():
            drawing.line(left, up(mark), left + width - 50, up(mark))
            drawing.text(left - 4, up(mark) + 3, f"{mark:g}", "end", "small")
        for mark in across.marks():
            drawing.text(across(mark), top + height + 13, f"{mark:,.0f}", "middle", "small")
        for name in engines:
            line = points[label, name]
            path = " ".join(f"{across(size):.1f},{up(value):.1f}" for size, value in line)
            if line:
                drawing.lines.append(
                    f'<polyline points="{path}" fill="none" stroke="{_colour(name)}" stroke-width="2"/>'
                )
            drawing.lines += [
                f'<circle cx="{across(size):.1f}" cy="{up(value):.1f}" r="2.5" fill="{_colour(name)}"/>'
                for size, value in line
            ]
    drawing.y += -(-len(shown) // columns) * (height + 44)
