"""The text of elementwise functions in a kernel: stable form, or a function of the prelude."""

from __future__ import annotations

from deltarule.arithmetic.function_formulas import written_out
from deltarule.expressions.functions import Elementwise
from deltarule.kernels.python_text.gamma_text import GAMMA, body, complex_body
from deltarule.kernels.python_text.indented import Lines
from deltarule.kernels.python_text.real_text import Code

#: What computes a leaf. Exponentials of complex numbers are cut where they would overflow, since
#: ∞·(cos + i·sin) is NaN.
_REAL = {
    "exp": "fast_exp(z)", "log": "np.log(z)", "tanh": "fast_tanh(z)", "erf": "fast_erf(z)",
    "erfc": "fast_erfc(z)", "expm1": "np.expm1(z)", "log1p": "np.log1p(z)",
    "finite": "z if -np.inf < z < np.inf else real(0)", "difference": "z - a",
    "peak": "z if z > a else a", "weighted": "z * a if (z != 0) | (a != a) else real(0)",
    "quotient": "z / a if (z != 0) | (a != 0) else real(0)",
    "sin": "np.sin(z)", "cos": "np.cos(z)", "tan": "np.tan(z)", "atan": "np.arctan(z)",
    "asin": "np.arcsin(z)", "acos": "np.arccos(z)", "sinh": "np.sinh(z)", "cosh": "np.cosh(z)",
    "asinh": "np.arcsinh(z)", "acosh": "np.arccosh(z)", "atanh": "np.arctanh(z)",
    "floor": "np.floor(z)", "round": "np.rint(z)",
}  # fmt: skip
#: What the prelude has for functions that are made of others.
_DIRECT = {"sigmoid": "fast_sigmoid(z)"}
#: Formulas of choices that processors have one or two instructions for. Where numbers are compared
#: and not their difference with 0, the larger one of ∞ and ∞ is ∞.
_CHOSEN = {
    "absolute": "abs(z)",
    "maximum": "either(a > z, a, either(a <= z, z, a + z))",
    "minimum": "either(a < z, a, either(a >= z, z, a + z))",
}
_COMPLEX = {
    "expm1": "np.exp(min(z.real, 709.0)) * (np.cos(z.imag) + 1j * np.sin(z.imag)) - 1",
    "log1p": "np.log(1 + z)",
    "finite": "z if -np.inf < z.real < np.inf else real(0)",
    "erfc": "math.erfc(z.real) - 1j * z.imag * 2 / math.sqrt(math.pi) * math.exp(-z.real ** 2)",
    "difference": "z - a",
    "peak": "z if z.real > a.real else a",
    "weighted": "z * a if (z != 0) | (a != a) else real(0)",
    "quotient": "z / a if (z != 0) | (a != 0) else real(0)",
    "exp": "np.exp(min(z.real, 709.0)) * (np.cos(z.imag) + 1j * np.sin(z.imag))",
    "log": "np.log(z)",
    "tanh": "np.tanh(z) if abs(z.real) < 20.0 else real(np.sign(z.real))",
    "erf": "math.erf(z.real) + 1j * z.imag * 2 / math.sqrt(math.pi) * math.exp(-z.real ** 2)",
    "sin": "np.sin(z)",
    "cos": "np.cos(z)",
    "tan": "np.tan(z)",
    "atan": "np.arctan(z.real) + 1j * z.imag / (1 + z.real ** 2)",
    "asin": "np.arcsin(z.real) + 1j * z.imag / np.sqrt(1 - z.real ** 2)",
    "acos": "np.arccos(z.real) - 1j * z.imag / np.sqrt(1 - z.real ** 2)",
    "sinh": "np.sinh(z)",
    "cosh": "np.cosh(z)",
    "asinh": "np.arcsinh(z.real) + 1j * z.imag / np.sqrt(z.real ** 2 + 1)",
    "acosh": "np.arccosh(z.real) + 1j * z.imag / np.sqrt(z.real ** 2 - 1)",
    "atanh": "np.arctanh(z.real) + 1j * z.imag / (1 - z.real ** 2)",
    "floor": "real(np.floor(z.real))",
    "round": "real(np.rint(z.real))",
}


def write_function(function: type[Elementwise], code: Code, lines: Lines, needed: set[str]) -> None:
    """The definition of one elementwise function; what it calls of the prelude goes to `needed`."""
    row = function.row
    name = code.function_name(function)
    arguments = ["z", "a", "b", "c"][: row.arity]
    own = row.leaf or row.native or row.name == "difference"
    lines.add("", "", "@in_order" if row.name == "difference" else "@inlined")
    with lines.block(f"def {name}({', '.join(arguments)}):"):
        lines.add(f'"""{row.title[0].upper()}{row.title[1:]}, entry by entry."""')
        if row.name in GAMMA:
            lines.add(*(complex_body(row.name) if code.complex else body(row.name)))
            return
        if own:
            if not code.complex and row.name in ("exp", "tanh", "erf", "erfc"):
                needed.add("elementary")
            table = _COMPLEX if code.complex else _REAL
            lines.add(f"return {table[row.name]}")
            return
        if row.name in _DIRECT and not code.complex:
            needed.add("elementary")
            lines.add(f"return {_DIRECT[row.name]}")
            return
        if row.name in _CHOSEN and not code.complex:
            lines.add(f"return {_CHOSEN[row.name]}")
            return
        formula, dummies = written_out(function, row.arity, stable=True)
        code.locals.update(zip(dummies, arguments, strict=True))
        lines.add(f"return {code.real(formula)}")
