"""Where a score came from: each node of a query has a name in the search, and the cluster says what it scored.

Of a word it says what the formula made of its occurrences, and not what each of them is.
"""

from __future__ import annotations

from collections.abc import Mapping

from searchlib.engine.explaining import Explanation, Made
from searchlib.engines.opensearch.scoring import Scoring
from searchlib.query.nodes import And, Best, Near, Node, Optional, Or, Phrase, Require, Word, children
from searchlib.query.wording import described

_SUMS = (And, Or, Optional, Near, Require)


def explained(node: Node, scores: Mapping[str, float], names: Mapping[int, str], scoring: Scoring) -> Explanation:
    """The explanation of a node that matched."""
    score = float(scores[names[id(node)]])
    if isinstance(node, Word):
        return scoring.explained(node, score)
    made: Made = "phrase" if isinstance(node, Phrase) else "max" if isinstance(node, Best) else "sum"
    below: tuple[Node, ...] = node.words if isinstance(node, Phrase) else ()
    if isinstance(node, (*_SUMS, Best)):
        below = children(node)[: 1 if isinstance(node, Require) else None]
    elif not isinstance(node, Phrase):
        made = "constant"
    parts = [explained(one, scores, names, scoring) for one in below if names.get(id(one)) in scores]
    return Explanation(score, made, described(node), tuple(parts), tiebreak=getattr(node, "tiebreak", 0.0))
