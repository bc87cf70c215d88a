"""Formulas that are right but for the order of indices: transposed as a whole, or in one tensor."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from sympy import Expr

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index
from deltarule.formulas.shapes_amiss import Unfitting
from deltarule.formulas.target import Target
from deltarule.formulas.tokens import tokens
from deltarule.marking.formula_answers.comparison import Comparison
from deltarule.marking.formula_answers.exchanged import LONGEST, times_to_read
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text

_PAIR = re.compile(r"(?P<name>[\w/∂\u0300-\u036f]+)\[\s*(?P<a>\w+′?)\s*,\s*(?P<b>\w+′?)\s*\]")


_NAMED = r"[\w/∂\u0300-\u036f]+"
_OUTER = re.compile(
    rf"outer\(\s*(?P<a>{_NAMED})\s*,\s*(?P<b>{_NAMED})\s*\)"
    rf"|(?P<c>{_NAMED})\s*⊗\s*(?P<d>{_NAMED})"
)
_AXIS = re.compile(r"\b(?P<word>axis|dim)\s*=\s*(?P<axis>-?\d)\b")


class Beyond(DeltaruleError):
    """A formula reads a tensor where it has no entries; `written` is the formula."""

    written: Expr | None = None


Compared = Callable[[Expr], Comparison]

#: The kind of the mistake.
EXCHANGED = "indices exchanged"


def as_transposed(
    target: Target, error: DeltaruleError | None, written: Sequence[Expr]
) -> list[Expr]:
    """What a formula may mean if it is the transpose of what is asked."""
    whole = list(error.turned) if isinstance(error, Unfitting) else []
    if len(target.ranges) == 2:
        (one, _), (two, _) = target.ranges
        whole += [substitute(w, {one: two, two: one}) for w in written]
    return whole


def transposed_in_words(target: Target) -> str:
    """What is said of a transpose."""
    return f"transposed: this is ({target.shown})ᵀ, its two indices are exchanged"


def order_of_indices(
    formula: str,
    target: Target,
    error: DeltaruleError | None,
    written: Sequence[Expr],
    reread: Callable[[str], list[Expr]],
    compared: Compared,
) -> tuple[str, str] | None:
    """In which way indices, or axes, are exchanged, if that alone is wrong with a formula, and the
    kind of the mistake; else None.

    `error` is what came of judging it, `written` what it may mean, if it could be read.
    """
    if _any_right(as_transposed(target, error, written), compared):
        return transposed_in_words(target), EXCHANGED
    pieces = len(tokens(formula, target.name))
    if pieces > LONGEST:
        return None
    tried = [("over the wrong axis", *other) for other in _axes(formula)]
    tried += [(EXCHANGED, *pair) for pair in _pairs(formula)]
    if "[" not in formula:
        tried += [("transposed", *turned) for turned in _turned(formula, target)]
        tried += [("transposed", *turned) for turned in _outer_turned(formula)]
    for kind, before, after, other in tried[: times_to_read(formula, pieces)]:
        try:
            found = _any_right(reread(other), compared)
        except DeltaruleError:
            continue
        if found:
            named = "wrong axis" if kind == "over the wrong axis" else EXCHANGED
            return f"{kind}: {before} stands where {after} belongs", named
    return None


def _any_right(written: Sequence[Expr], compared: Compared) -> bool:
    for one in written:
        try:
            if compared(one).right():
                return True
        except (DeltaruleError, ZeroDivisionError, OverflowError):
            continue
    return False


def _axes(formula: str) -> Iterator[tuple[str, str, str]]:
    """Each axis=1 of a program, the same with another axis, and the formula with that."""
    for named in _AXIS.finditer(formula):
        for other in (k for k in range(4) if str(k) != named["axis"]):
            before, after = (f"{named['word']}={k}" for k in (named["axis"], other))
            yield before, after, formula[: named.start()] + after + formula[named.end() :]


def _pairs(formula: str) -> Iterator[tuple[str, str, str]]:
    """Each tensor with two subscripts, the same with them exchanged, and the formula with that."""
    for pair in _PAIR.finditer(formula):
        if pair["a"] != pair["b"]:
            other = f"{pair['name']}[{pair['b']},{pair['a']}]"
            changed = formula[: pair.start()] + other + formula[pair.end() :]
            yield f"{pair['name']}[{pair['a']},{pair['b']}]", other, changed


def _turned(formula: str, target: Target) -> Iterator[tuple[str, str, str]]:
    """Each name, the same with ᵀ or without, and the formula with that."""
    found = tokens(formula, target.name)
    for token, behind in zip(found, [*found, None][1:], strict=True):
        if token.kind not in ("name", "derivative") or token.text[0] == "_":
            continue
        end, name = token.start + len(token.text), pretty(token.text)
        if behind is not None and behind.kind == "transposed":
            yield f"{name}ᵀ", name, formula[:end] + formula[behind.start + len(behind.text) :]
        elif behind is None or behind.text != "(":
            yield name, f"{name}ᵀ", formula[:end] + "ᵀ" + formula[end:]


def _outer_turned(formula: str) -> Iterator[tuple[str, str, str]]:
    """Each outer product of two names, the same the other way round, and the formula with that."""
    for found in _OUTER.finditer(formula):
        before = found.group()
        a, b = (found["a"], found["b"]) if found["a"] else (found["c"], found["d"])
        after = f"{before[: before.index('(')]}({b}, {a})" if found["a"] else f"{b} ⊗ {a}"
        yield before, after, formula[: found.start()] + after + formula[found.end() :]


def beyond(written: Expr, target: Target, tensors: dict[str, Tensor]) -> Beyond:
    """What is said of a formula that reads a tensor where it has no entries."""
    extents = dict(target.ranges)
    lhs = text(target.equation.lhs)
    error = Beyond(
        "a tensor is read where it has no entries",
        target.name,
        "check the subscripts; they count from 0",
    )
    for access in reads(written):
        name = tensor_name(access)
        for at, axis in zip(access.indices, tensors[name].axes, strict=True):
            if isinstance(at, Index) and extents.get(at, axis) != axis:
                error = Beyond(
                    f"{pretty(name)} has only entries 0…{text(axis - 1)}, and {at} runs to "
                    f"{text(extents[at] - 1)} in {lhs}",
                    target.name,
                    "check the order of the subscripts",
                )
    error.written = written
    return error
