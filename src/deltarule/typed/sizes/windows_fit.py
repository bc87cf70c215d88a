"""How far the index of a window runs: S·i + D·k − P, x[i + 1], x[⌊i/2⌋], x[(i + 1) mod N]."""

from __future__ import annotations

from collections.abc import Container, Iterable, Mapping, Sequence

from sympy import Basic, Expr, Integer, Symbol, oo

from deltarule.errors import DeltaruleError
from deltarule.expressions.affine import affine, never_negative
from deltarule.expressions.nodes import Max, Read, Reduction, reads, tensor_name, walk
from deltarule.expressions.quotients import FloorQuotient, Remainder
from deltarule.expressions.symbols import Index
from deltarule.networks.equations import Equation
from deltarule.typed.lecture_notation.positions_cut_off import cut_off, ends, is_cut_off
from deltarule.typed.sizes.index_uses import Use

#: A use of a tensor, the number of an axis, and the subscript that stands there.
Window = tuple[Use, int, Expr]


def says_the_extent(at: Expr, symbol: Symbol) -> bool:
    """Whether a letter in a subscript is how many entries there are: x[N − 1 − n], h[T − 1],
    x[i mod N]."""
    behind = (at - symbol + 1).expand()
    terms = behind.as_coefficients_dict()
    return (
        all(c.is_negative for c in terms.values())
        or behind == 0
        or any(says_the_extent(part, symbol) for part in cut_off(at))
        or any(isinstance(part, Remainder) and part.args[1] == symbol for part in walk(at))
    )


def reversed_by(at: Expr, symbol: Symbol, letters: Container[str]) -> str:
    """The index i of r[j − i + T − 1], a table by distances: T − 1 − i counts back from its last
    one, so that T is how far i runs. Nothing for another subscript."""
    behind = (at - symbol + 1).expand()
    terms = [(c, t) for t, c in behind.as_coefficients_dict().items() if c]
    known = all(isinstance(t, Symbol) and t.name in letters for _, t in terms)
    back = [t.name for c, t in terms if c == -1 and isinstance(t, Symbol)]
    ahead = [t for c, t in terms if c.is_positive]
    return back[0] if known and ahead and len(back) == 1 == len(terms) - len(ahead) else ""


def along_axis(coefficients: Mapping[Index, Expr], rest: Expr) -> bool:
    """Whether an index runs along the whole axis: in x[t − k] and x[t − 1], in x[T − 1 − t]."""
    ((_, coefficient),) = coefficients.items()
    if coefficient == -1:
        return isinstance((rest + 1).expand(), Symbol)
    shifts = all(
        (c * t).expand().could_extract_minus_sign() for t, c in rest.as_coefficients_dict().items()
    )
    padded = any(isinstance(i, Symbol) and i.name in ("S", "P") for i in rest.free_symbols)
    return coefficient == 1 and shifts and not padded and rest != 0


def lowest(at: Expr, known: Mapping[str, Expr]) -> Expr | None:
    """The first position of a subscript; None where that is not known."""
    indices = tuple(Index(i) for i in known)
    if isinstance(at, Remainder):
        return Integer(0)
    if is_cut_off(at):
        return ends(at, {Index(i): n for i, n in known.items()})[0]
    if isinstance(at, FloorQuotient):
        return lowest(at.args[0], known)
    split = affine(at, tuple(sorted((i for i in at.free_symbols if isinstance(i, Index)), key=str)))
    if split is None or reads(at):
        return None
    coefficients, rest = split
    for index, c in coefficients.items():
        if not c.is_positive:
            if index not in indices:
                return None
            rest = rest + c * (known[index.name] - 1)
    return rest.expand()


def count_of(
    at: Expr, extent: Expr, sizes: Mapping[Index, Expr], new: Sequence[str]
) -> Expr | None:
    """How many values a new index has where a subscript stays inside; None where that is not said.

    What is subtracted is padding, on both sides.
    """
    if isinstance(at, FloorQuotient) and at.args[0] == Index(new[0]):
        return (at.args[1] * extent).expand()
    split = affine(at, (Index(new[0]), *sizes))
    if split is None or len(new) > 1 or reads(at):
        return None
    coefficients, rest = split
    stride = coefficients[Index(new[0])]
    back = {i: c for i, c in coefficients.items() if not c.is_positive}
    if Index(new[0]) in back or any(not c.is_negative for c in back.values()):
        return None
    if back and (rest + sum(c * (sizes[i] - 1) for i, c in back.items())).expand() != 0:
        return None  # but for x[n + K − 1 − k], the window turned round
    inside = bool(back) or rest.is_nonnegative
    span = extent - 1 - rest if inside else extent - 1 - 2 * rest
    for index, n in sizes.items():
        if index not in back:
            span -= coefficients.get(index, Integer(0)) * (n - 1)
    return (span if stride == 1 else FloorQuotient(span, stride)) + 1


def axis_of(at: Expr, sizes: Mapping[Index, Expr]) -> Expr | None:
    """How many entries an axis has whose windows all fit: I + K − 1 of x[i + k], I + J − 1 of
    x[j − i + I − 1]."""
    if is_cut_off(at):
        low, high = ends(at, sizes)
        inside = low is not None and high is not None and never_negative(low)
        return (high + 1).expand() if inside and high is not None else None
    split = affine(at, tuple(sizes))
    if split is None or reads(at) or not split[0]:
        return None
    coefficients, rest = split
    if any(not c.is_positive for c in coefficients.values()):
        first = sum((c * (sizes[i] - 1) for i, c in coefficients.items() if c.is_negative), rest)
        ahead = [c * (sizes[i] - 1) for i, c in coefficients.items() if c.is_positive]
        return (sum(ahead, rest) + 1).expand() if first.expand() == 0 and ahead else None
    last = sum((c * (sizes[i] - 1) for i, c in split[0].items()), split[1])
    padding = min(split[1], Integer(0)) if split[1].is_number else split[1]
    return (last + 1 + (padding if not split[1].is_nonnegative else 0)).expand()


def beyond(name: str, equations: Iterable[Equation]) -> Expr:
    """What a tensor is beyond its edges: −∞ where it is read by maxima over windows alone."""
    found = {v for e in equations for v in _read_by(e.rhs, name, frozenset(), Integer(0))}
    return found.pop() if len(found) == 1 else Integer(0)


def _read_by(node: Basic, name: str, over: frozenset, value: Expr) -> Iterable[Expr]:
    if isinstance(node, Read):
        if tensor_name(node) == name:
            yield value if node.free_symbols & over else Integer(0)
    elif isinstance(node, Max):
        least = oo if node.body.could_extract_minus_sign() else -oo
        plain = isinstance(node.body, Read) or isinstance(-node.body, Read)
        inner = over | frozenset(node.indices)
        yield from _read_by(node.body, name, inner, least if plain else Integer(0))
    elif isinstance(node, Reduction):
        yield from _read_by(node.body, name, over, Integer(0))
    else:
        for part in node.args:
            yield from _read_by(part, name, over, value)


def unknown_length(use: Use, sizes: Mapping[Index, Expr]) -> DeltaruleError:
    """What is said of r[|i − j|] alone, where i and j run along different axes."""
    runs = " and ".join(str(sizes[i]) for i in sorted(sizes, key=str))
    return DeltaruleError(
        f"how long {use.name} is cannot be told of {use.name}[{', '.join(use.at)}], as {runs} are "
        "sizes of their own",
        use.equation.place,
        "say how long they are, as in --set x=4x4, or read x at i and j, which are one size then: "
        "x_i x_j",
    )
