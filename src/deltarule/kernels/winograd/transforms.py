"""The transforms of Cook–Toom algorithms as text: matrices written out as sums.

Rows that differ in signs alone, as points ±p have them, share their even and odd parts; columns
that do, share sums and differences of what they multiply. What else is common, SymPy's `cse`
finds. The sums are multiplied out again and compared with the matrix before they are used.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Matrix, Mul, Rational, Symbol, cse, expand, numbered_symbols, symbols

from deltarule.errors import DeltaruleError
from deltarule.kernels.winograd.cook_toom import cook_toom

#: Function, letter of what it takes, formula, and its matrix.
_FUNCTIONS = (
    ("wide_at_points", "d", "Bᵀ·d", lambda f: f.B.T),
    ("taps_at_points", "g", "G·g", lambda f: f.G),
    ("outputs_at_points", "y", "A·y", lambda f: f.A),
    ("outputs_from_points", "m", "Aᵀ·m", lambda f: f.A.T),
    ("taps_from_points", "m", "Gᵀ·m", lambda f: f.G.T),
)

#: What the text defines, known without the transforms being found.
NAMES = ("TILE", "TAPS", "POINTS", *(name for name, *_ in _FUNCTIONS))


def text(outputs: int, taps: int) -> str:
    """The functions of F(outputs, taps), with its points and matrices, as a kernel needs them."""
    found = cook_toom(outputs, taps)
    head = [
        f"# {found.description()}.",
        f"# y_i = Σ_k g_k·d_(i+k) = Aᵀ[(G·g) ⊙ (Bᵀ·d)] for {outputs} outputs and {taps} taps has",
        f"# {found.products} products in the place of {outputs * taps}: proved for every y·g·d.",
        f"{', '.join(NAMES[:3])} = {outputs}, {taps}, {found.products}",
    ]
    parts = ["\n".join(head)]
    for name, letter, formula, matrix in _FUNCTIONS:
        parts.append(function(name, letter, formula, matrix(found)))
    return "\n\n\n".join(parts)


def function(name: str, letter: str, formula: str, matrix: Matrix) -> str:
    """def name(d0, d1, …): the entries of matrix·d, with the matrix above."""
    taken = symbols(f"{letter}:{matrix.cols}")
    steps, results = sums(matrix, taken)
    lines = [f"def {name}({', '.join(map(str, taken))}):", f'    """{formula} with the rows', ""]
    lines += [*("    " + row for row in _table(matrix)), '    """']
    lines += [f"    {symbol} = {_sum(value)}" for symbol, value in steps]
    lines += ["    return (", *(f"        {_sum(value)}," for value in results), "    )"]
    return "\n".join(lines)


def sums(matrix: Matrix, taken: Sequence[Symbol]) -> tuple[list[tuple[Symbol, Expr]], list[Expr]]:
    """Steps and results that compute matrix·taken. Raises DeltaruleError if they do not."""
    folded, inputs, first = _columns_folded(matrix, list(taken))
    folded, pairs = _rows_folded(folded)
    values = [Add(*(v * x for v, x in zip(folded[i, :], inputs))) for i in range(matrix.rows)]
    shared, results = cse(values, numbered_symbols("t"), order="none")
    steps = [*first, *shared]
    for a, b in pairs:
        even, odd = Symbol(f"e{a}"), Symbol(f"o{a}")
        steps += [(even, results[a]), (odd, results[b])]
        results[a], results[b] = even + odd, even - odd
    steps, results = _without_copies(steps, results)
    compare(matrix, taken, steps, results)
    return steps, results


def _without_copies(steps, results):
    """The same without steps that name another symbol, or its negative."""
    kept: list[tuple[Symbol, Expr]] = []
    same: dict[Symbol, Expr] = {}
    for symbol, value in steps:
        value = value.subs(same)
        if (value if value.is_Symbol else -value).is_Symbol:
            same[symbol] = value
        else:
            kept.append((symbol, value))
    return kept, [value.subs(same) for value in results]


def compare(matrix: Matrix, taken: Sequence[Symbol], steps, results) -> None:
    """Multiply sums out. Raises DeltaruleError where they are not matrix·taken."""
    known: dict[Symbol, Expr] = {}
    for symbol, value in steps:
        known[symbol] = expand(value.subs(known))
    for i, value in enumerate(results):
        wanted = Add(*(v * x for v, x in zip(matrix[i, :], taken)))
        if expand(value.subs(known) - wanted) != 0:
            raise DeltaruleError(
                f"{value} is not {wanted}", f"row {i} of a transform", "do not use this kernel"
            )


def _columns_folded(matrix: Matrix, taken: list[Symbol]):
    """Sums and differences of inputs whose columns differ in signs alone."""
    matrix, steps = matrix.as_mutable(), []
    for a, b in _pairs(matrix.T):
        left, right = matrix[:, a], matrix[:, b]
        matrix[:, a], matrix[:, b] = (left + right) / 2, (left - right) / 2
        total, difference = Symbol(f"s{a}"), Symbol(f"r{a}")
        steps += [(total, taken[a] + taken[b]), (difference, taken[a] - taken[b])]
        taken[a], taken[b] = total, difference
    return matrix, taken, steps


def _rows_folded(matrix: Matrix):
    """Even and odd parts in the place of rows that differ in signs alone."""
    matrix, pairs = matrix.as_mutable(), _pairs(matrix)
    for a, b in pairs:
        left, right = matrix[a, :], matrix[b, :]
        matrix[a, :], matrix[b, :] = (left + right) / 2, (left - right) / 2
    return matrix, pairs


def _pairs(matrix: Matrix) -> list[tuple[int, int]]:
    """Rows of the same sizes, with some signs alike and some not."""
    found, free = [], list(range(matrix.rows))
    while free:
        a = free.pop(0)
        for b in free:
            one, two = matrix[a, :], matrix[b, :]
            if one.applyfunc(abs) == two.applyfunc(abs) and any(one + two) and any(one - two):
                found.append((a, b))
                free.remove(b)
                break
    return found


# ---- text -----------------------------------------------------------------------------------
def _table(matrix: Matrix) -> list[str]:
    """The matrix in columns."""
    cells = [[str(v).replace("-", "−") for v in row] for row in matrix.tolist()]
    widths = [max(map(len, column)) for column in zip(*cells)]
    return ["  ".join(c.rjust(w) for c, w in zip(row, widths)) for row in cells]


def _sum(value: Expr) -> str:
    """A sum of multiples; numbers stay quotients of integers, which Python divides first."""

    def place(term: Expr) -> tuple:
        number, rest = term.as_coeff_Mul()
        return bool(number < 0), bool(number != 1), str(rest)

    terms = sorted(Add.make_args(value), key=place)
    description = _multiple(terms[0])
    for term in terms[1:]:
        minus = term.could_extract_minus_sign()
        description += (" - " if minus else " + ") + _multiple(-term if minus else term)
    return description


def _multiple(term: Expr) -> str:
    number, rest = term.as_coeff_Mul()
    if number == 1:
        return str(rest)
    if number == -1:
        return f"-{rest}"
    if isinstance(rest, Mul):
        raise DeltaruleError(f"{term} is no multiple", "a transform", "do not use this kernel")
    return f"{_quotient(number)} * {rest}"


def _quotient(number: Rational) -> str:
    return str(number) if number.is_Integer else f"{number.p} / {number.q}"
