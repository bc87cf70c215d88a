"""What a derivation file gives where an expression, an axis or a position belongs."""

from __future__ import annotations

from types import GeneratorType
from typing import Protocol

from sympy import Expr, I, Integer, Rational, Tuple
from sympy.core.sympify import SympifyError
from sympy.core.sympify import _sympify as strictly

from deltarule.errors import DeltaruleError
from deltarule.expressions.largest_position import plain
from deltarule.expressions.symbols import ANY_INDEX, ANY_SIZE, Index, Size
from deltarule.language.literals import exact, unusual
from deltarule.networks.tensors import Tensor
from deltarule.spelling.counted import counted

#: The most entries that a number may say of an axis.
MOST = 2**40


class Written(Protocol):
    """The page that a file is written on: it knows the line, and which tensors hold reals."""

    def place(self) -> str: ...

    def real_names(self) -> frozenset[str]: ...


def expression(value, page: Written) -> Expr:
    """A number or SymPy expression, floats as decimal fractions. Raises DeltaruleError for others,
    text above all, for NaN and for imaginary numbers.
    """
    try:
        if isinstance(value, bool):
            raise SympifyError(value)
        found = Integer(value) if isinstance(value, int) else strictly(value)
        if not isinstance(found, Expr | Tuple):  # a comparison, a dict
            raise SympifyError(found)
    except SympifyError:
        raise DeltaruleError(
            ": stands alone in square brackets"
            if isinstance(value, slice)
            else f"{_shown(value)} is not an expression",
            page.place(),
            _remedy(value),
        ) from None
    if isinstance(found, Tuple):
        # Longer ones were made by a word, and nobody wrote what stands in them.
        plainly = all(part.is_Atom for part in found.args)
        raise DeltaruleError(
            f"{value!r} is not one expression but {len(found.args)}"
            if plainly
            else f"{len(found.args)} expressions stand where one belongs",
            page.place(),
            "write them one by one"
            if plainly
            else "name them, as in a, b = TopK[d](x[n, d], 2), and write each by itself: x[n, a]",
        )
    if found.is_Symbol or found.is_Integer:
        return found
    if found.has(I):
        raise DeltaruleError(
            "an imaginary number stands in the formula",
            page.place(),
            "calculate with real and imaginary parts as tensors of their own",
        )
    return exact(found, page.place(), page.real_names()) if unusual(found) else found


def _shown(value: object) -> str:
    """What was given, without the addresses that Python writes."""
    kinds = {"generator": "a loop in brackets", "function": "a function without what it is of"}
    return kinds.get(type(value).__name__) or repr(value)


def _remedy(value: object) -> str:
    if isinstance(value, GeneratorType):
        return "an index runs over its axis by itself: Sum[d](x[n, d])"
    if isinstance(value, slice):
        return "name an index for the axis, as in x[n, d], and sum over it: Sum[d](x[n, d])"
    return "leave the quotes out" if isinstance(value, str) else "use tensors, indices and numbers"


def checked_name(name: object, page: Written, word: str) -> str:
    """A name, which is a text in quotes. Raises DeltaruleError for anything else."""
    if isinstance(name, str):
        return name
    example = _NAMED.get(word, f'{word}("x", N, D)')
    raise DeltaruleError(
        f"{word} is given {name!r} where a name belongs",
        page.place(),
        f"write the name first, in quotes: {example}",
    )


_NAMED = {
    "size": 'size("N")', "index": 'index("k")', "scalar": 'scalar("alpha", 0.01)',
    "loss": 'loss("E", Sum[n](…))', "sizes": 'sizes("N D")', "indices": 'indices("n d")',
}  # fmt: skip


def extents_of(axes: tuple, page: Written) -> tuple[Expr, ...]:
    """The axes of a tensor as expressions; `...` stands for any number of axes.

    Raises DeltaruleError for an axis that is no integer of at least 1 for all sizes, or a huge one.
    """
    found = tuple(ANY_SIZE if a is ... else expression(a, page) for a in axes)
    for axis in found:
        if isinstance(axis, Index) and axis is not ANY_INDEX:
            size = axis.name.upper()
            raise DeltaruleError(
                f"{axis} is an index, and no axis is {axis} long",
                page.place(),
                f'declare a size, {size} = size("{size}"), and give that',
            )
        if axis.is_number and not (axis.is_Integer and 1 <= axis <= MOST):
            big = axis.is_Integer and axis > MOST
            raise DeltaruleError(
                f"an axis is declared to have {axis} entries",
                page.place(),
                'use a size for what is large: N = size("N")'
                if big
                else "an axis has a whole number of entries, at least 1",
            )
        if any(not Rational(c).is_Integer for c in axis.as_coefficients_dict().values()):
            raise DeltaruleError(
                f"an axis is declared to have {axis} entries, which is a whole number for some "
                "sizes alone",
                page.place(),
                "write a // b, which is rounded down, or give the longer axis the multiple: 2*M",
            )
    return found


def subscripts_of(tensor: Tensor, subscripts, page: Written) -> tuple[Expr, ...]:
    """The positions in square brackets behind a tensor, one for each of its axes.

    Raises DeltaruleError for another number of them, and for what is no position.
    """
    subscripts = subscripts if isinstance(subscripts, tuple) else (subscripts,)
    axes, name = tensor.axes, tensor.name
    if len(subscripts) != len(axes):
        shape = ", ".join(str(a) for a in axes)
        used = f"is used with {len(subscripts)}" if subscripts else "stands without indices"
        raise DeltaruleError(
            f"{name} has {counted(len(axes), 'axis')} [{shape}] but {used}",
            page.place(),
            f"write one index for each axis: {with_indices(tensor)}"
            if axes
            else f"it is one number: write {name} alone",
        )
    if any(s is ... for s in subscripts) and axes != (ANY_SIZE,):
        raise DeltaruleError(
            f"{name}[…] needs a tensor that was declared with … for its axes",
            page.place(),
            "write one index for each axis",
        )
    found = tuple(ANY_INDEX if s is ... else expression(s, page) for s in subscripts)
    for subscript in found:
        if not all(part.is_Integer for part in plain(subscript).atoms(Rational)):
            raise DeltaruleError(
                f"{name} has no entry {subscript}",
                page.place(),
                "positions are whole numbers: write i//2 for every other index, say",
            )
    return found


def with_indices(tensor: Tensor) -> str:
    """x[n, d] of x [N, D]: indices are called like their axes, where that names each once."""
    letters = [str(a).lower() if isinstance(a, Size) else "" for a in tensor.axes]
    named = all(letters) and len(set(letters)) == len(letters)
    return f"{tensor.name}[{', '.join(letters if named else 'ijklmnpq'[: len(letters)])}]"
