"""The order of a loss's arguments: CE(y, t) of libraries is CE(t, y) of lectures, −Σ t log y."""

from __future__ import annotations

from sympy import Add, Expr

from deltarule.expressions.nodes import Read, reads, tensor_name
from deltarule.formulas.vocabulary import Vocabulary
from deltarule.typed.quantities.usual_letters import is_target


def prediction_first(one: Expr, other: Expr, vocabulary: Vocabulary) -> bool:
    """Whether the first entry is the prediction: what lines or functions give is one, beside what
    is given; of two that are given, what is called t or y is the target, t rather than y."""
    written = [_is_written(e, vocabulary) for e in (one, other)]
    if written[0] != written[1]:
        return written[0]
    return not written[0] and _like_target(other) > _like_target(one)


def _is_written(entry: Expr, vocabulary: Vocabulary) -> bool:
    roles = {vocabulary.tensors[tensor_name(r)].role for r in reads(entry)}
    of_functions = bool(roles) and not isinstance(entry, (Read, Add))
    return of_functions or "intermediate" in roles


def _like_target(entry: Expr) -> int:
    if not isinstance(entry, Read) or not is_target(tensor_name(entry)):
        return 0
    return 1 if tensor_name(entry)[:1] in "yYd" else 2
