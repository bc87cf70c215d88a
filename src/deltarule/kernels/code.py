"""Expressions as Python text that NumPy and Numba run: whole numbers, reals and conditions.

Reals have the kernel's own type `real`, so that float32 stays float32. Subscripts are cast to
unsigned numbers (`U`): a signed one is tested for wrap-around at every read, which keeps loops
from being vectorised.
"""

from __future__ import annotations

from fractions import Fraction

import sympy
from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol

from deltarule.arithmetic.evaluate import written_out
from deltarule.kernels.clip import Inside
from deltarule.kernels.spelling import Spelling
from deltarule.notation import nodes
from deltarule.notation.errors import DeltaruleError
from deltarule.notation.functions import Elementwise
from deltarule.notation.symbols import Index, Size
from deltarule.notation.tensors import Tensor

ADD, TIMES, ATOM = 1, 2, 3


class Code:
    """Writes expressions; `functions` collects the elementwise functions that were met."""

    def __init__(self, spelling: Spelling, tensors: dict[str, Tensor], scalars, complex_: bool):
        self.spelling, self.tensors, self.scalars = spelling, tensors, scalars
        self.complex = complex_
        self.functions: dict[str, type[Elementwise]] = {}
        self.locals: dict[Symbol, str] = {}

    # ---- whole numbers --------------------------------------------------------------------
    def whole(self, node: Expr, binding: int = 0) -> str:
        """A whole number in indices and sizes."""
        text, own = self._whole(node)
        return text if own >= binding else f"({text})"

    def _whole(self, node: Expr) -> tuple[str, int]:
        if isinstance(node, Integer):
            return str(int(node)), ATOM if node >= 0 else ADD
        if isinstance(node, (Index, Size)):
            return self.spelling.symbol(node), ATOM
        if isinstance(node, nodes.CeilingQuotient):
            top, bottom = node.args
            return f"-({self.whole(-top, TIMES)} // {self.whole(bottom, ATOM)})", TIMES
        if isinstance(node, nodes.FloorQuotient):
            top, bottom = node.args
            return f"{self.whole(top, TIMES)} // {self.whole(bottom, ATOM)}", TIMES
        if isinstance(node, nodes.Remainder):
            top, bottom = node.args
            return f"{self.whole(top, ATOM)} % {self.whole(bottom, ATOM)}", TIMES
        if isinstance(node, nodes.Read):
            return self.access(node), ATOM
        if isinstance(node, nodes.Delta):
            return f"int({self.whole(node.args[0])} == {self.whole(node.args[1])})", ATOM
        if isinstance(node, Pow) and node.exp.is_Integer and node.exp > 0:
            return f"{self.whole(node.base, ATOM)} ** {int(node.exp)}", TIMES
        if isinstance(node, Mul):
            return self._whole_product(node)
        if isinstance(node, Add):
            terms = sorted(node.args, key=lambda t: (t.could_extract_minus_sign(), t.is_number))
            text = self.whole(terms[0], ADD)
            for term in terms[1:]:
                minus = term.could_extract_minus_sign()
                text += (" - " if minus else " + ") + self.whole(-term if minus else term, TIMES)
            return text, ADD
        raise DeltaruleError(f"{node} is no whole number that a kernel can compute")

    def _whole_product(self, node: Mul) -> tuple[str, int]:
        number, factors = node.as_coeff_mul()
        if number == -1:
            return "-" + " * ".join(self.whole(f, ATOM) for f in factors), ADD
        parts = [self.whole(f, ATOM) for f in factors]
        if number != 1:
            parts.insert(0, self.whole(number, ATOM))
        return " * ".join(parts), TIMES

    # ---- conditions -----------------------------------------------------------------------
    def condition(self, node: nodes.Condition) -> str:
        """A condition between whole numbers."""
        if isinstance(node, nodes.Unequal):
            pairs = zip(*(side.args for side in node.args), strict=True)
            tests = " or ".join(f"{self.whole(a)} != {self.whole(b)}" for a, b in pairs)
            return f"({tests})"
        sides = [self.whole(a) for a in node.args]
        if isinstance(node, nodes.AtLeastZero):
            return f"{sides[0]} >= 0"
        if isinstance(node, nodes.Divides):
            return f"({sides[1]}) % {self.whole(node.args[0], ATOM)} == 0"
        if isinstance(node, nodes.Equal):
            return f"{sides[0]} == {sides[1]}"
        raise DeltaruleError(f"{node} is no condition that a kernel can test")

    def inside(self, read: nodes.Read) -> list[str]:
        """The tests that a read lies within its tensor; none where that is plain."""
        tests = []
        for subscript, axis in zip(read.indices, self.tensors[nodes.tensor_name(read)].axes):
            if not isinstance(subscript, Index):
                tests.append(f"0 <= {self.whole(subscript, ADD)} < {self.whole(axis, ADD)}")
        return tests

    def access(self, read: nodes.Read) -> str:
        """x[U(n), U(i + k)]; a scalar tensor is an array of one entry."""
        name = self.spelling.tensor(nodes.tensor_name(read))
        subscripts = ", ".join(f"U({self.whole(s)})" for s in read.indices)
        return f"{name}[{subscripts or 'U(0)'}]"

    # ---- reals ----------------------------------------------------------------------------
    def real(self, node: Expr, binding: int = 0) -> str:
        """A real (or complex) number."""
        text, own = self._real(node)
        return text if own >= binding else f"({text})"

    def _real(self, node: Expr) -> tuple[str, int]:
        if node in self.locals:
            return self.locals[node], ATOM
        for kind in type(node).__mro__:
            method = self._methods.get(kind)
            if method is not None:
                return method(self, node)
        raise DeltaruleError(f"{node} ({type(node).__name__}) has no kernel")

    def _number(self, node: Rational) -> tuple[str, int]:
        return self.constant(Fraction(int(node.p), int(node.q))), ATOM

    def constant(self, value: Fraction) -> str:
        """A number of the kernel's type."""
        text = str(value.numerator) if value.denominator == 1 else repr(float(value))
        return f"real({text})"

    def _pi(self, node) -> tuple[str, int]:
        return "real(np.pi)", ATOM

    def _minus_infinity(self, node) -> tuple[str, int]:
        return "real(-np.inf)", ATOM

    def _as_real(self, node: Expr) -> tuple[str, int]:
        return f"real({self.whole(node)})", ATOM

    def _symbol(self, node: Symbol) -> tuple[str, int]:
        if node not in self.scalars:
            raise DeltaruleError(f"{node} has no value", None, f"give {node} a number")
        return self.constant(Fraction(self.scalars[node])), ATOM

    def _add(self, node: Add) -> tuple[str, int]:
        terms = sorted(node.args, key=lambda t: t.could_extract_minus_sign())
        text = self.real(terms[0], ADD)
        for term in terms[1:]:
            minus = term.could_extract_minus_sign()
            text += (" - " if minus else " + ") + self.real(-term if minus else term, TIMES)
        return text, ADD

    def _mul(self, node: Mul) -> tuple[str, int]:
        number, factors = node.as_coeff_mul()
        if number == -1 and factors:
            return "-" + self.real(Mul(*factors), ATOM), ADD
        above, below = [], []
        for factor in node.args:
            base, exponent = factor.as_base_exp()
            if exponent.is_Rational and exponent < 0:
                below.append(self.real(base**-exponent, ATOM))
            elif isinstance(factor, Rational) and factor.q != 1:
                top = Integer(factor.p)
                above += [self.real(top, ATOM)] if top != 1 else []
                below.append(self.real(Integer(factor.q), ATOM))
            else:
                above.append(self.real(factor, ATOM))
        text = " * ".join(above) or "real(1)"
        if len(below) == 1:
            text += f" / {below[0]}"
        elif below:
            text += f" / ({' * '.join(below)})"
        return text, TIMES

    def _pow(self, node: Pow) -> tuple[str, int]:
        base, exponent = node.args
        if not exponent.is_Rational:
            return f"{self.real(base, ATOM)} ** {self.real(exponent, ATOM)}", TIMES
        if exponent < 0:
            return f"real(1) / {self.real(base**-exponent, ATOM)}", TIMES
        root = "np.sqrt(" if exponent.q == 2 else ""
        if exponent.q > 2:
            power = self.constant(Fraction(int(exponent.p), int(exponent.q)))
            return f"{self.real(base, ATOM)} ** {power}", TIMES
        inner = f"{root}{self.real(base)})" if root else self.real(base, ATOM)
        times = int(exponent.p)
        if times == 1:
            return inner, ATOM
        if times <= 3:
            return " * ".join([inner] * times), TIMES
        return f"{inner} ** {times}", TIMES

    def _function(self, node: Elementwise) -> tuple[str, int]:
        arguments = ", ".join(self.real(a) for a in node.args)
        self.need(type(node), len(node.args))
        return f"{self.function_name(type(node))}({arguments})", ATOM

    def function_name(self, function: type[Elementwise]) -> str:
        """What an elementwise function is called in the kernel's file."""
        return self.spelling.tensor(f"{function.row.name}_of")

    def need(self, function: type[Elementwise], arity: int) -> None:
        """Ask for an elementwise function, and for those that it is made of, first."""
        if function.row.name in self.functions:
            return
        if not function.row.leaf:
            formula, _ = written_out(function, arity, stable=True)
            for part in sympy.preorder_traversal(formula):
                if isinstance(part, Elementwise):
                    self.need(type(part), len(part.args))
        self.functions[function.row.name] = function

    def _choose(self, node: nodes.Choose) -> tuple[str, int]:
        condition, then, otherwise = node.args
        then, otherwise = self.real(then, ATOM), self.real(otherwise, ATOM)
        if not isinstance(condition, nodes.Positive):
            return f"({then} if {self.condition(condition)} else {otherwise})", ATOM
        tested = self.real(condition.args[0], ATOM)
        part = f"{tested}.real" if self.complex else tested
        # The last branch is for what is no number, which is handed on.
        return f"({then} if {part} > 0 else {otherwise} if {part} <= 0 else {tested})", ATOM

    def _frozen(self, node: nodes.Frozen) -> tuple[str, int]:
        return self._real(node.args[0])

    def _read(self, node: nodes.Read) -> tuple[str, int]:
        tensor = self.tensors[nodes.tensor_name(node)]
        text = self.access(node)
        if tensor.whole:
            text = f"real({text})"
        sure = tensor.outside is None or isinstance(node, Inside)
        tests = [] if sure else self.inside(node)
        if not tests:
            return text, ATOM
        return f"({text} if {' and '.join(tests)} else {self.real(tensor.outside)})", ATOM

    _methods = {
        sympy.Rational: _number, Add: _add, Mul: _mul, Pow: _pow, nodes.Read: _read,
        Elementwise: _function, nodes.Choose: _choose, nodes.Frozen: _frozen,
        Size: _as_real, Index: _as_real, nodes.FloorQuotient: _as_real,
        nodes.Remainder: _as_real, nodes.Delta: _as_real, Symbol: _symbol,
        type(sympy.pi): _pi, type(-sympy.oo): _minus_infinity,
    }  # fmt: skip
