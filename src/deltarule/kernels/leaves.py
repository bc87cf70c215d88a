"""The text of elementwise functions in a kernel: their stable formula, or NumPy's own function."""

from __future__ import annotations

from deltarule.arithmetic.evaluate import written_out
from deltarule.kernels.code import Code
from deltarule.kernels.lines import Lines
from deltarule.notation.functions import Elementwise

#: What computes a leaf. Exponentials of complex numbers are cut where they would overflow, since
#: ∞·(cos + i·sin) is no number.
_REAL = {
    "exp": "fast_exp(z)", "log": "np.log(z)", "tanh": "fast_tanh(z)", "erf": "fast_erf(z)",
}  # fmt: skip
_COMPLEX = {
    "exp": "np.exp(min(z.real, 709.0)) * (np.cos(z.imag) + 1j * np.sin(z.imag))",
    "log": "np.log(z)",
    "tanh": "np.tanh(z) if abs(z.real) < 20.0 else real(np.sign(z.real))",
    "erf": "math.erf(z.real) + 1j * z.imag * 2 / math.sqrt(math.pi) * math.exp(-z.real ** 2)",
}


def write_function(
    function: type[Elementwise], code: Code, lines: Lines, needed: set[str]
) -> None:
    """The definition of one elementwise function; what it calls of the prelude goes to `needed`."""
    row = function.row
    name = code.function_name(function)
    arity = 1 if row.leaf else row.formula.__code__.co_argcount
    arguments = ["z", "a", "b", "c"][:arity]
    lines.add("", "", "@inlined")
    with lines.block(f"def {name}({', '.join(arguments)}):"):
        lines.add(f'"""{row.title[0].upper()}{row.title[1:]}, entry by entry."""')
        if row.leaf:
            if not code.complex and row.name in ("exp", "tanh", "erf"):
                needed.add("elementary")
            table = _COMPLEX if code.complex else _REAL
            lines.add(f"return {table[row.name]}")
            return
        formula, dummies = written_out(function, arity, stable=True)
        code.locals.update(zip(dummies, arguments, strict=True))
        lines.add(f"return {code.real(formula)}")
