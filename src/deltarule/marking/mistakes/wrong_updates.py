"""Updates: another learning rate, no bias correction, a value from before the update."""

from __future__ import annotations

from collections.abc import Iterator

from sympy import Add, Integer, Rational

from deltarule.expressions.nodes import read, reads, tensor_name, walk
from deltarule.expressions.substitution import replace_reads
from deltarule.expressions.symbols import Rate
from deltarule.marking.mistakes.context import Context, Wrong
from deltarule.spelling.names import pretty
from deltarule.spelling.text import text

#: The kind of mistake of who takes another learning rate.
ANOTHER_RATE = "another learning rate"


def another_rate(context: Context) -> Iterator[Wrong]:
    """A learning rate of 1, or one that is ten or two times too large or too small."""
    rhs = context.equation.rhs
    if context.line.phase != "update":
        return
    for rate in {node for node in walk(rhs) if isinstance(node, Rate)}:
        for other, words in (
            (Integer(1), "1"),
            (10 * rate, "ten times as large"),
            (rate / 10, "a tenth of it"),
            (2 * rate, "twice as large"),
            (rate / 2, "half of it"),
            (rate**2, "its square"),
            (Rational(1, 10), "0.1"),
            (Rational(1, 2), "0.5"),
            (Rational(1, 100), "0.01"),
        ):
            yield Wrong(
                ANOTHER_RATE,
                4.5,
                rhs.xreplace({rate: other}),
                f"the learning rate is taken as {words}, not {text(rate)}"
                if other.is_number
                else f"the learning rate is {words}",
            )


def uncorrected(context: Context) -> Iterator[Wrong]:
    """Averages over the updates taken without what makes up for their start at 0 (Adam)."""
    rhs = context.equation.rhs
    if context.line.phase != "update":
        return
    rests = [f for f in rhs.atoms(Add) if any(f == 1 - r for r in reads(f)) and len(f.args) == 2]
    if rests:
        yield Wrong(
            "no bias correction",
            4.2,
            rhs.xreplace(dict.fromkeys(rests, Integer(1))),
            f"the bias correction is missing: {' and '.join(sorted(map(text, rests)))} "
            f"{'is' if len(rests) == 1 else 'are'} left out",
        )


def stale(context: Context) -> Iterator[Wrong]:
    """The value before the update where the one after it belongs."""
    rhs = context.equation.rhs
    for access in reads(rhs):
        name = tensor_name(access)
        before = name.removesuffix(" after")
        if before != name and before in context.shapes:
            old = read(before, *access.indices)
            formula = replace_reads(rhs, lambda a, o=access, n=old: n if a == o else a)
            yield Wrong(
                "stale value",
                4.5,
                formula,
                f"{pretty(before)} is taken as it was before the update",
            )


ROWS = (another_rate, stale, uncorrected)
