"""Real and complex expressions as Python text that NumPy and Numba run.

Reals have the kernel's own type `real`, so that float32 stays float32.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from fractions import Fraction

import sympy
from sympy import Add, Expr, Integer, Mul, Pow, Rational, Symbol

from deltarule.arithmetic.function_formulas import written_out
from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.choices import Declared
from deltarule.expressions.functions import Elementwise
from deltarule.expressions.support import FirstAfter, FirstFrom, LastBefore, LastTo, Rounded
from deltarule.expressions.symbols import Index, Size
from deltarule.kernels.passes.infer_bounds import Inside
from deltarule.kernels.python_text.choices_text import by_sign
from deltarule.kernels.python_text.identifiers import Spelling
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.integer_text import ADD, ATOM, TIMES, IntegerText
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor

#: What is exactly halved is halved first: z·2/2 could overflow.
_HALVES = (2, 4, 8, 16)
_ROUNDED = {
    FirstAfter: "first_after", FirstFrom: "first_from",
    LastBefore: "last_before", LastTo: "last_to",
}  # fmt: skip


class Code(IntegerText):
    """Writes expressions; `functions` collects the elementwise functions that were met."""

    #: Whether what is written is for people to read first.
    plain = False
    #: The type of real numbers.
    real_kind = "real"
    #: What says whether the function around runs in one of several threads, which wakes no others.
    alone = "0"

    def __init__(
        self,
        spelling: Spelling,
        tensors: dict[str, Tensor],
        scalars,
        complex_: bool,
        single: bool = False,
    ):
        super().__init__(spelling, tensors)
        self.scalars, self.complex, self.single = scalars, complex_, single
        #: The selections that are kept as numbers, by the names of their maxima.
        self.numbers: dict[str, Equation] = {}
        #: Those of them that are written already, together with their maxima.
        self.selected: set[str] = set()
        self.functions: dict[str, type[Elementwise]] = {}
        self.pointers: dict[str, str] = {}
        #: Of arrays of positions, the names of the lists of places that hold each position.
        self.lists: dict[str, tuple[str, str, int]] = {}
        self.flattened: dict[str, str] = {}

    def flat(self, name: str) -> str:
        """A tensor as an array of one axis, which the function around has to make."""
        name = self.spelling.array(name)
        return self.flattened.setdefault(name, self.spelling.tensor(f"{name}, flat"))

    def pointer(self, name: str) -> str:
        """Where a tensor's numbers lie, which the function around has to say."""
        name = self.spelling.array(name)
        return self.pointers.setdefault(name, self.spelling.tensor(f"{name}, data"))

    def listed(self, name: str, axis: int) -> tuple[str, str]:
        """The first place that holds each position, and the next with the same, as arrays."""
        if name not in self.lists:
            first, following = (self.spelling.tensor(f"{name}, {w}") for w in ("first", "next"))
            self.lists[name] = first, following, axis
        return self.lists[name][:2]

    def forget(self) -> None:
        """Begin a function, in which nothing is said yet of where numbers lie."""
        self.pointers, self.lists = {}, {}

    def said_before(self) -> list[str]:
        """The lines that a function begins with, for what stands in it."""
        spell = self.spelling.tensor
        lines = [f"{pointer} = data({spell(t)})" for t, pointer in self.pointers.items()]
        for tensor, (first, following, axis) in self.lists.items():
            lines.append(f"{first}, {following} = places_by_value({spell(tensor)}, {axis})")
        return lines

    def _integer_text(self, node: Expr) -> tuple[str, int]:
        if isinstance(node, Rounded):
            return f"{_ROUNDED[type(node)]}({self.real(node.args[0])})", ATOM
        return super()._integer_text(node)

    # ---- reals ----------------------------------------------------------------------------
    def real(self, node: Expr, binding: int = 0) -> str:
        """A real (or complex) number."""
        text, own = self._real(node)
        return text if own >= binding else f"({text})"

    def _real(self, node: Expr) -> tuple[str, int]:
        if node in self.locals:
            return self.locals[node], ATOM
        exact = self._exact(node) if isinstance(node, Add | Mul | Pow) else None
        if exact is not None:  # 1 − ρ would lose digits if ρ were rounded first
            return self.constant(exact), ATOM
        for kind in type(node).__mro__:
            method = self._methods.get(kind)
            if method is not None:
                return method(self, node)
        raise DeltaruleError(f"{node} ({type(node).__name__}) has no kernel")

    def _exact(self, node: Expr) -> Fraction | None:
        """The value of an expression in constants alone; None for any other, and for roots."""
        if isinstance(node, Rational):
            return Fraction(int(node.p), int(node.q))
        if node in self.scalars and node not in self.locals:
            return Fraction(self.scalars[node])
        if isinstance(node, Pow):
            base = self._exact(node.base)
            if base is None or base == 0 or not node.exp.is_Integer:
                return None
            return base ** int(node.exp)
        if not isinstance(node, Add | Mul):
            return None
        parts = [self._exact(a) for a in node.args]
        if None in parts:
            return None
        return sum(parts) if isinstance(node, Add) else math.prod(parts)

    def _number(self, node: Rational) -> tuple[str, int]:
        return self.constant(Fraction(int(node.p), int(node.q))), ATOM

    def constant(self, value: Fraction) -> str:
        """A number of the kernel's type."""
        text = str(value.numerator) if value.denominator == 1 else repr(float(value))
        return self.typed(text)

    def typed(self, text: str) -> str:
        """A number, or an integer, as one of the kernel's type."""
        return f"real({text})"

    def _pi(self, node) -> tuple[str, int]:
        return self.typed("np.pi"), ATOM

    def _minus_infinity(self, node) -> tuple[str, int]:
        return self.typed("-np.inf"), ATOM

    def _as_real(self, node: Expr) -> tuple[str, int]:
        return self.typed(self.integer(node)), ATOM

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
        above, below, tests = [], [], []
        constants = [f for f in node.args if f.is_number]
        if all(f.is_Rational for f in constants):
            constants = []
        else:  # √2/√π as one number: z·√2 could overflow where the product does not
            above.append(self.typed(repr(float(Mul(*constants).evalf(30)))))
        for factor in (f for f in node.args if f not in constants):
            if (
                isinstance(factor, nodes.Choose)
                and isinstance(factor.args[0], nodes.Equal)
                and (factor.args[1:] == (1, 0))
            ):
                tests.append(self.condition(factor.args[0]))
                continue
            base, exponent = factor.as_base_exp()
            if exponent.is_Rational and exponent < 0:
                below.append(self.real(base**-exponent, ATOM))
            elif isinstance(factor, Rational) and factor.q in _HALVES:
                above.insert(0, self._number(factor)[0])
            elif isinstance(factor, Rational) and factor.q != 1:
                top = Integer(factor.p)
                above += [self.real(top, ATOM)] if top != 1 else []
                below.append(self.real(Integer(factor.q), ATOM))
            else:
                above.append(self.real(factor, ATOM))
        text = " * ".join(above) or self.typed("1")
        if len(below) == 1:
            text += f" / {below[0]}"
        elif below:
            text += f" / ({' * '.join(below)})"
        if tests:
            return f"({text} if {' and '.join(tests)} else {self.typed('0')})", ATOM
        return text, TIMES

    def _pow(self, node: Pow) -> tuple[str, int]:
        base, exponent = node.args
        if not exponent.is_Rational:
            return f"{self.real(base, ATOM)} ** {self.real(exponent, ATOM)}", TIMES
        if exponent < 0:
            return f"{self.typed('1')} / {self.real(base**-exponent, ATOM)}", TIMES
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

    def written_functions(self, write: Callable[[type[Elementwise], Lines], None]) -> Lines:
        """The functions that were met, and those that their own texts meet, each once."""
        lines, done = Lines(), set()
        while waiting := [f for n, f in self.functions.items() if n not in done]:
            for function in waiting:
                write(function, lines)
                done.add(function.row.name)
        return lines

    def need(self, function: type[Elementwise], arity: int) -> None:
        """Ask for an elementwise function, and for those that it is made of, first."""
        if function.row.name in self.functions:
            return
        if not (function.row.leaf or function.row.native):
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
        return by_sign(self, node, then, otherwise), ATOM

    def _declared(self, node: Declared) -> tuple[str, int]:
        return self._real(node.args[1])  # what data are declared to be is tested before all

    def _frozen(self, node: nodes.Frozen) -> tuple[str, int]:
        return self._real(node.args[0])

    def _read(self, node: nodes.Read) -> tuple[str, int]:
        tensor = self.tensors[nodes.tensor_name(node)]
        text = self.access(node)
        if tensor.integral:
            text = self.typed(text)
        # Places that are computed of what holds NaN may be anything: those given are tested before.
        computed = any(
            isinstance(s, nodes.Read) and not self.tensors[nodes.tensor_name(s)].given
            for s in node.indices
        )
        sure = not computed and (tensor.outside is None or isinstance(node, Inside))
        tests = [] if sure else self.inside(node)
        if not tests:
            return text, ATOM
        beyond = self.typed("np.nan") if tensor.outside is None else self.real(tensor.outside)
        return f"({text} if {' and '.join(tests)} else {beyond})", ATOM

    _methods = {
        sympy.Rational: _number, Add: _add, Mul: _mul, Pow: _pow, nodes.Read: _read,
        Elementwise: _function, nodes.Choose: _choose, nodes.Frozen: _frozen,
        Declared: _declared,
        Size: _as_real, Index: _as_real, nodes.FloorQuotient: _as_real,
        nodes.Remainder: _as_real, nodes.Delta: _as_real, Symbol: _symbol,
        type(sympy.pi): _pi, type(-sympy.oo): _minus_infinity,
    }  # fmt: skip
