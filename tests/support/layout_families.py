"""Derivations in which nothing but the order of the axes differs, by families.

A family is a list of (name, text of a derivation). Names tell the orders of the axes, last that
of what is written.
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import permutations, product


def orders(letters: str) -> list[str]:
    """All orders of some axes, as words."""
    return ["".join(p) for p in permutations(letters)]


def row(letters: str, **other: str) -> str:
    """Subscripts, or sizes: letters with commas between, some of them spelt otherwise."""
    return ", ".join(other.get(letter, letter) for letter in letters)


def _axes(letters: str, **other: str) -> str:
    return row(letters.upper(), **other)


def _text(sizes: str, indices: str, *lines: str) -> str:
    head = ["from deltarule.language import *"]
    for words, maker in ((sizes, "sizes"), (indices, "indices")):
        head.append(f'{", ".join(words.split())} = {maker}("{words}")')
    return "\n".join([*head, *lines, ""])


def einsums(cases: list[tuple[str, str, str]]) -> str:
    """One network with the results of all cases, y0, y1 …, each Σ left·right."""
    factors = {f"u_{a}": a for a, _, _ in cases} | {f"v_{b}": b for _, b, _ in cases}
    lines = [f'{name} = input("{name}", {_axes(axes)})' for name, axes in factors.items()]
    for n, (a, b, c) in enumerate(cases):
        summed = row("".join(sorted({*a, *b} - {*c})))
        total = f"Sum[{summed}]" if summed else ""
        lines.append(f'y{n} = output("y{n}", {_axes(c)})')
        lines.append(f"y{n}[{row(c)}] = {total}(u_{a}[{row(a)}] * v_{b}[{row(b)}])")
    return _text("B I J K", "b i j k", *lines)


def _carried() -> Iterator[tuple[str, str]]:
    """A scan whose states lie in any order, and one whose product does."""
    for h, w in product(orders("tnm"), orders("km")):
        before = row(h, t="t - 1", m="k")
        yield (
            f"states {w} {h}",
            _text(
                "T N M",
                "t n m k",
                f'x, W = input("x", {_axes(h)}), parameter("W", M, M)',
                f'h = intermediate("h", {_axes(h)}, outside=0)',
                f'y = output("y", {_axes(h)})',
                f"h[{row(h)}] = tanh(x[{row(h)}] + Sum[k](h[{before}] * W[{row(w)}]))",
                f"y[{row(h)}] = h[{row(h)}]",
            ),
        )
        yield (
            f"sums {w} {h}",
            _text(
                "T N M",
                "t n m k",
                'x, W = input("x", T, N, M), parameter("W", M, M)',
                f'a, h = intermediate("a", {_axes(h)}), state("h", T, N, M, before=0)',
                'y = output("y", T, N, M)',
                f"a[{row(h)}] = Sum[k](h[t - 1, n, k] * W[{row(w)}])",
                f"h[t, n, m] = tanh(x[t, n, m] + a[{row(h)}])",
                "y[t, n, m] = h[t, n, m]",
            ),
        )


def _windows() -> Iterator[tuple[str, str]]:
    """Sums over windows, with strides and pads."""
    for n, (x, y) in enumerate(product(orders("nci"), orders("nfi"))):
        w = orders("fck")[(n + n // 6) % 6]
        yield (
            f"windows {x} {w} {y}",
            _text(
                "N C F X K",
                "n c f i k",
                "I = fits(X + 2 - K, 2) + 1",
                f'w = parameter("w", {_axes(w)})',
                f'x = input("x", {_axes(x, I="X")}, outside=0)',
                f'y = output("y", {_axes(y)})',
                f"y[{row(y)}] = Sum[c, k](x[{row(x, i='2*i + k - 1')}] * w[{row(w)}])",
            ),
        )


def _pools() -> Iterator[tuple[str, str]]:
    """Maxima and means over windows that overlap, or lie side by side."""
    for (kind, stride), x, y in product(
        (("Max", 1), ("Sum", 2), ("Max", 2), ("Sum", 1)), orders("nci"), orders("nci")
    ):
        outside = "-oo" if kind == "Max" else "0"
        yield (
            f"{kind} over windows {stride} {x} {y}",
            _text(
                "N C X",
                "n c i k",
                f"I = fits(X - 1, {stride}) + 1",
                f'x = input("x", {_axes(x, I="X")}, outside={outside})',
                f'y = output("y", {_axes(y)})',
                f"y[{row(y)}] = {kind}[k:3](x[{row(x, i=f'{stride}*i + k - 1')}])",
            ),
        )


def _rows() -> Iterator[tuple[str, str]]:
    """Softmax and its like along any axis."""
    kinds = {
        "softmax": "exp({here}) / Sum[s](exp({there}))",
        "log-softmax": "{here} - log(Sum[s](exp({there})))",
        "norm": "({here} - Sum[s]({there}) / I) / sqrt(Sum[s]({there}**2) + 1)",
    }
    for (kind, text), x, y in product(kinds.items(), orders("nci"), orders("nci")):
        parts = {"here": f"x[{row(x)}]", "there": f"x[{row(x, i='s')}]"}
        yield (
            f"{kind} {x} {y}",
            _text(
                "N C I",
                "n c i s",
                f'x, y = input("x", {_axes(x)}), output("y", {_axes(y)})',
                f"y[{row(y)}] = {text.format(**parts)}",
            ),
        )


def _reductions() -> Iterator[tuple[str, str]]:
    """Sums and maxima over any axis."""
    kinds = {"sum": "Sum[i]({}**3)", "max": "Max[i]({})", "log-sum-exp": "log(Sum[i](exp({})))"}
    for (kind, text), x, y in product(kinds.items(), orders("nci"), orders("nc")):
        yield (
            f"{kind} {x} {y}",
            _text(
                "N C I",
                "n c i",
                f'x, y = input("x", {_axes(x)}), output("y", {_axes(y)})',
                f"y[{row(y)}] = {text.format(f'x[{row(x)}]')}",
            ),
        )


FAMILIES = {
    "carried": list(_carried()),
    "windows": list(_windows()),
    "pools": list(_pools()),
    "rows": list(_rows()),
    "reductions": list(_reductions()),
}
