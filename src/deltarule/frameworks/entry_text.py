"""Formulas as texts of arrays: each part lies along the indices that it depends on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from fractions import Fraction
from typing import Any, ClassVar

import sympy
from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol

from deltarule.arithmetic.function_formulas import written_out
from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.conditions import compared
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.symbols import Index, Size
from deltarule.frameworks.labelled import Labelled, joined, laid_along
from deltarule.frameworks.read_text import ReadText
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.integer_text import ADD, ATOM, TIMES
from deltarule.spelling.text import text


class EntryText(ReadText):
    """Writes what is computed entry by entry: sums, products, powers and functions."""

    def array(self, node: Expr) -> Labelled:
        """A formula as an array."""
        for kind in type(node).__mro__:
            method = self.methods.get(kind)
            if method is not None:
                return method(self, node)
        raise DeltaruleError(
            f"{text(node)} cannot be written with arrays",
            self.dialect.title,
            "take --target numba, which writes loops",
        )

    # ---- numbers ------------------------------------------------------------------------------
    def _rational(self, node: Rational) -> Labelled:
        return self._fraction(Fraction(int(node.p), int(node.q)))

    def _fraction(self, value: Fraction) -> Labelled:
        text = str(value.numerator) if value.denominator == 1 else repr(float(value))
        return Labelled(text, (), ATOM if value >= 0 else ADD, number=True)

    def _constant(self, node: Expr) -> Labelled:
        return Labelled(repr(float(node.evalf(30))), number=True)

    def _minus_infinity(self, node: Expr) -> Labelled:
        return Labelled("-math.inf", (), ADD, number=True)

    def _symbol(self, node: Symbol) -> Labelled:
        if node in self._dummies:
            return self._dummies[node]
        if node not in self.scalars:
            raise DeltaruleError(f"{node} has no value", None, f"give {node} a number")
        return self._fraction(Fraction(self.scalars[node]))

    def _integer(self, node: Expr) -> Labelled:
        """Sizes and places as numbers of the arrays' type."""
        labels = self.labels_of([node])
        if not labels:
            text = self.integers.integer(node)
            reads_data = bool(nodes.reads(node))
            binding = ATOM if isinstance(node, Size) else ADD
            return Labelled(text, (), binding, number=not reads_data)
        self.grid(labels)
        return self.named(self.typed(Labelled(self.integers.integer(node), labels)), "number")

    # ---- products, sums, powers ---------------------------------------------------------------
    def _add(self, node: Add) -> Labelled:
        return self._sum_of(node.args)

    def _sum_of(self, terms: Iterable[Expr]) -> Labelled:
        terms = sorted(terms, key=lambda t: t.could_extract_minus_sign())
        signs = ["-" if k and t.could_extract_minus_sign() else "+" for k, t in enumerate(terms)]
        found = [self.array(-t if s == "-" else t) for s, t in zip(signs, terms, strict=True)]
        labels = joined(found, self.order)
        texts = [laid_along(f, labels, self.dialect) for f in found]
        text = texts[0].bound(ADD)
        for sign, part in zip(signs[1:], texts[1:], strict=True):
            text += f" {sign} {part.bound(TIMES)}"
        return Labelled(text, labels, ADD, all(f.number for f in found))

    def _mul(self, node: Mul) -> Labelled:
        number, rest = node.as_coeff_Mul()
        if number == -1:
            inner = self.array(rest)
            return Labelled(f"-{inner.bound(ATOM)}", inner.labels, ADD, inner.number)
        tests, rest = self.tests_apart(node)
        mask = self.all_hold(tests)
        if mask is not None:
            return self.where(mask, self.array(rest), Labelled("0.0", number=True))
        above, below = self.factors(node)
        return self.quotient(above, below)

    def tests_apart(self, product: Expr) -> tuple[list[nodes.Condition], Expr]:
        """The conditions on places that a product has as factors, and what else it multiplies.

        Where they do not hold it is 0, and not 0·NaN.
        """
        tests, others = [], []
        for factor in Mul.make_args(product):
            test = _test_of(factor)
            if test is None or self.is_number(test):
                others.append(factor)
            else:
                tests.append(test)
        return tests, Mul(*others)

    def factors(self, node: Expr) -> tuple[list[Labelled], list[Labelled]]:
        """What a product multiplies, and what it divides by."""
        above, below = [], []
        for factor in Mul.make_args(node):
            base, exponent = factor.as_base_exp()
            if isinstance(factor, Rational) and factor.q != 1:
                above += [self.array(Integer(factor.p))] if factor.p != 1 else []
                below.append(self.array(Integer(factor.q)))
            elif exponent.is_Rational and exponent < 0:
                below.append(self.array(base**-exponent))
            else:
                above.append(self.array(factor))
        return above, below

    def quotient(self, above: Sequence[Labelled], below: Sequence[Labelled]) -> Labelled:
        parts = (*above, *below)
        labels = joined(parts, self.order)
        tops = [laid_along(p, labels, self.dialect).bound(ATOM) for p in above]
        bottoms = [laid_along(p, labels, self.dialect).bound(ATOM) for p in below]
        tops = [t for t in tops if t != "1"]
        text = " * ".join(tops) or "1"
        if len(bottoms) == 1:
            text += f" / {bottoms[0]}"
        elif bottoms:
            text += f" / ({' * '.join(bottoms)})"
        number = all(p.number for p in parts)
        return Labelled(text, labels, ATOM if len(tops) == 1 and not bottoms else TIMES, number)

    def _pow(self, node: Pow) -> Labelled:
        base, exponent = node.args
        if exponent.is_Rational and exponent < 0:
            return self.quotient([], [self.array(base**-exponent)])
        inner = self.array(base)
        if exponent == Rational(1, 2):
            return self._called("sqrt", inner)
        if isinstance(exponent, Rational) and exponent.q == 2:  # (−∞)^(3/2) would be ∞
            root = self._called("sqrt", inner)
            return Labelled(f"{root.bound(ATOM)} ** {exponent.p}", inner.labels, TIMES, root.number)
        power = self.array(exponent)
        labels = joined((inner, power), self.order)
        one, two = (laid_along(p, labels, self.dialect) for p in (inner, power))
        text = f"{one.bound(ATOM)} ** {two.bound(ATOM)}"
        return Labelled(text, labels, TIMES, inner.number and power.number)

    # ---- functions ----------------------------------------------------------------------------
    def _called(self, function: str, argument: Labelled) -> Labelled:
        if argument.number and function not in ("finite", "round"):
            return Labelled(f"math.{function}({argument.text})", number=True)
        name = self.dialect.call(function)
        return Labelled(f"{name}({argument.text})", argument.labels)

    def _function(self, node: Elementwise) -> Labelled:
        row = node.row
        arguments = [self.array(a) for a in node.args]
        if (row.leaf or row.native) and len(arguments) == 1:
            return self._called(row.name, arguments[0])
        if row.name == "difference":
            return self._sum_of([node.args[0], -node.args[1]])
        labels = joined(arguments, self.order)
        texts = ", ".join(laid_along(a, labels, self.dialect).text for a in arguments)
        if row.name in self.dialect.helpers:
            if "_log" in self.dialect.helpers:  # NumPy warns of log 0
                texts = texts.replace(f"{self.dialect.call('log')}(", "_log(")
            return Labelled(f"{row.name}({texts})", labels)
        self.integers.functions[row.name] = type(node)
        return Labelled(f"{self.integers.function_name(type(node))}({texts})", labels)

    def write_function(self, function: type[Elementwise], lines: Lines) -> None:
        """The definition of a function that is made of others."""
        row = function.row
        arguments = ["z", "a", "b", "c"][: row.arity]
        formula, dummies = written_out(function, row.arity, stable=True)
        if row.name == "peak":
            formula = row.formula(*dummies)
        self.begin(lines, (), {})
        self._dummies.update({d: Labelled(n) for d, n in zip(dummies, arguments, strict=True)})
        self.like = "z"
        lines.add("", "", f"def {row.name}_of({', '.join(arguments)}):")
        lines.add(f'    """{row.title[0].upper()}{row.title[1:]}, entry by entry."""')
        lines.add(f"    return {self.array(formula).text}")

    def _choose(self, node: nodes.Choose) -> Labelled:
        condition, then, otherwise = node.args
        by_sign = None
        if isinstance(condition, nodes.Positive):
            by_sign = self._by_sign(condition, then, otherwise)
        return self.choose(node) if by_sign is None else by_sign

    def _by_sign(self, tested: nodes.Positive, then: Expr, otherwise: Expr) -> Labelled | None:
        """A choice by the sign of what arrays hold, in which NaN stays NaN; None for a number's."""
        sides = compared(tested)
        helper = "if_positive" if sides[1] == 0 else "if_greater"
        with self.under():
            found = [self.named(self.array(s), "compared") for s in sides if s != 0]
        if all(c.number for c in found):
            return None
        # An array comes first, whose type the others take on.
        parts = [self.typed(c) if c.number else c for c in found]
        parts += [self.named(self.array(c), "one") for c in (then, otherwise)]
        labels = joined(parts, self.order)
        if self.counting and helper == "if_greater":
            helper, parts = "if_later", self._in_order(parts, then == 1)
        texts = ", ".join(laid_along(p, labels, self.dialect).text for p in parts)
        return Labelled(f"{helper}({texts})", labels)

    def _in_order(self, parts: list[Labelled], if_greater: bool) -> list[Labelled]:
        """Two sides, and the cases, so that NaN stands last: −b > −a where the largest is first."""
        own_first = not set(parts[0].labels) & set(self.summed)  # the others are summed over
        if own_first == if_greater:
            return parts
        return [*(Labelled(f"-{p.bound(ATOM)}", p.labels, ADD) for p in parts[1::-1]), *parts[2:]]

    def _frozen(self, node: nodes.Frozen) -> Labelled:
        inner = self.array(node.args[0])
        if inner.number:
            return inner
        text = self.dialect.frozen.format(array=inner.bound(ATOM))
        return Labelled(text, inner.labels)

    methods: ClassVar[dict[type, Callable[[Any, Any], Labelled]]] = {
        Rational: _rational, type(sympy.pi): _constant, sympy.Float: _constant,
        type(sympy.S.NegativeInfinity): _minus_infinity, Symbol: _symbol,
        Size: _integer, Index: _integer, nodes.FloorQuotient: _integer, nodes.Remainder: _integer,
        nodes.Delta: _integer, nodes.Read: ReadText.read, Add: _add, Mul: _mul, Pow: _pow,
        Elementwise: _function, nodes.Frozen: _frozen, nodes.Choose: _choose,
    }  # fmt: skip


def _test_of(factor: Expr) -> nodes.Condition | None:
    """The condition of a factor [condition on places]; None for another factor."""
    if not isinstance(factor, nodes.Choose) or factor.args[1:] != (1, 0):
        return None
    condition = factor.args[0]
    return None if isinstance(condition, nodes.Positive) else condition
