"""Expressions as a person would write them in Python: numbers without a type, plain subscripts."""

from __future__ import annotations

from sympy import Pow, preorder_traversal

from deltarule.arithmetic.function_formulas import written_out
from deltarule.expressions import nodes
from deltarule.expressions.functions import Elementwise
from deltarule.kernels.python_text.gamma_text import GAMMA, body
from deltarule.kernels.python_text.identifiers import Spelling
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.integer_text import ADD, ATOM, TIMES
from deltarule.kernels.python_text.real_text import Code
from deltarule.networks.tensors import Tensor
from deltarule.spelling.ordering import inequality

#: What computes a function that is not made of others; `{}` is its argument.
_CALLS = {
    "exp": "np.exp({})", "log": "np.log({})", "tanh": "np.tanh({})", "erf": "math.erf({})",
    "erfc": "math.erfc({})", "expm1": "np.expm1({})", "log1p": "np.log1p({})",
    "sin": "np.sin({})", "cos": "np.cos({})", "tan": "np.tan({})", "atan": "np.arctan({})",
    "asin": "np.arcsin({})", "acos": "np.arccos({})", "sinh": "np.sinh({})", "cosh": "np.cosh({})",
    "asinh": "np.arcsinh({})", "acosh": "np.arccosh({})", "atanh": "np.arctanh({})",
    "floor": "np.floor({})", "round": "np.rint({})", "absolute": "abs({})",
    "sign": "np.sign({})", "relu": "np.maximum(0.0, {})", "maximum": "np.maximum({}, {})",
    "minimum": "np.minimum({}, {})", "relu_one": "np.maximum(0.0, {})",
    "relu_half": "np.maximum(0.0, {})",
}  # fmt: skip
_SIGNS = {"≥": ">=", "≤": "<="}
_BODIES = {
    "finite": "z if -np.inf < z < np.inf else 0.0",
    "weighted": "z * a if z != 0 or a != a else 0.0",
    "quotient": "z / a if z != 0 or a != 0 else 0.0",
}  # fmt: skip


class PlainCode(Code):
    """Writes expressions for loops that are read: Python's own numbers, and NumPy's functions."""

    plain = True
    real_kind = "np.float64"

    def __init__(self, spelling: Spelling, tensors: dict[str, Tensor], scalars):
        super().__init__(spelling, tensors, scalars, complex_=False)
        #: The functions that are written out where they are called.
        self.inlined: set[str] = set()

    def typed(self, text: str) -> str:
        return f"{text}.0" if text.lstrip("-").isdigit() else text

    def entry(self, array, subscripts) -> str:
        return f"{array}[{', '.join(subscripts)}]" if subscripts else array

    def condition(self, node: nodes.Condition) -> str:
        """A condition between integers; both sides are ≥ 0 where they can be, so that numbers
        without a sign, of masks and lengths, are compared as they are: 0 − 1 would wrap round.
        """
        if isinstance(node, nodes.Equal):
            one, other = node.args
            swapped = nodes.free_indices(other) and not nodes.free_indices(one)
            return super().condition(nodes.Equal(other, one) if swapped else node)
        if not isinstance(node, nodes.AtLeastZero):
            return super().condition(node)
        left, sign, right = inequality(node.args[0])
        if sign == "≤" and right.as_coeff_Add()[0] < 0:  # t < T - 1 for t ≤ T − 2
            return f"{self.integer(left)} < {self.integer(right + 1)}"
        return f"{self.integer(left)} {_SIGNS.get(sign, sign)} {self.integer(right)}"

    def _function(self, node: Elementwise) -> tuple[str, int]:
        call = _CALLS.get(type(node).row.name)
        if type(node).row.name == "difference":
            return f"({self.real(node.args[0], ADD)} - {self.real(node.args[1], TIMES)})", ATOM
        if type(node).row.name == "finite" and node.args[0] in self.locals:
            inner = self.real(node.args[0])
            return f"({inner} if np.isfinite({inner}) else 0.0)", ATOM
        if type(node).row.name in self.inlined:
            formula, dummies = written_out(type(node), len(node.args), stable=True)
            for dummy, given in zip(dummies, node.args, strict=True):
                if given.could_extract_minus_sign():  # exp(a), not exp(-(-a))
                    formula, given = formula.xreplace({dummy: -dummy}), -given
                self.locals[dummy] = self.real(given, ATOM)
            return self._real(formula)
        if call is None:
            return super()._function(node)
        return call.format(*map(self.real, node.args)), ATOM

    def _pow(self, node: Pow) -> tuple[str, int]:
        base, exponent = node.args
        if isinstance(base, Pow):
            self.locals[base] = f"({self.real(base)})"
        return (f"{self.real(base, ATOM)} ** 2", ATOM) if exponent == 2 else super()._pow(node)

    def may_stand_inside(self, function: type[Elementwise]) -> bool:
        """Whether a function is a formula in which each argument stands once."""
        row = function.row
        if row.leaf or row.native or row.name in (*GAMMA, *_BODIES):
            return False
        formula, dummies = written_out(function, row.arity, stable=True)
        return all(sum(n == d for n in preorder_traversal(formula)) == 1 for d in dummies)

    def need(self, function: type[Elementwise], arity: int) -> None:
        if function.row.name not in (*_CALLS, *self.inlined, "difference"):
            super().need(function, arity)

    def kind(self, tensor: Tensor) -> str:
        return "np.int64" if tensor.integral else self.real_kind

    _methods = {**Code._methods, Elementwise: _function, Pow: _pow}

    def write_function(self, function: type[Elementwise], lines: Lines) -> None:
        """The definition of a function that is made of others."""
        row = function.row
        arguments = ["z", "a", "b", "c"][: row.arity]
        lines.add("", "", "@compiled")
        with lines.block(f"def {self.function_name(function)}({', '.join(arguments)}):"):
            lines.add(f'"""{row.title[0].upper()}{row.title[1:]}, entry by entry."""')
            if row.name in GAMMA:
                lines.add(*body(row.name))
                return
            if row.name in _BODIES:
                lines.add(f"return {_BODIES[row.name]}")
                return
            formula, dummies = written_out(function, row.arity, stable=True)
            self.locals.update(zip(dummies, arguments, strict=True))
            lines.add(f"return {self.real(formula)}")
