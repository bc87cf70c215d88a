"""Lines that are not Python, and what to write: the near misses of mathematics and other languages.

Python says "invalid syntax" of `lambda = scalar(…)`; a person is said that lambda is a word of
Python's own.
"""

from __future__ import annotations

import keyword
import re

from deltarule.errors import DeltaruleError

_SUM = "Sum[k](x[n, k] * W[k, m])"
_PRODUCT = f"a product is written with *, and what is added up in brackets: {_SUM}"
#: Signs that people write or paste, and how they are typed.
_SIGNS = {
    "−": "-", "–": "-", "·": "*", "×": "*", "∗": "*", "⋅": "*", "÷": "/", "²": "**2", "³": "**3",
    "√": "sqrt(…)", "∑": f"{_SUM}", "∏": "Product[k](…)", "≤": "<=", "≥": ">=", "≠": "!=",
    "‖": "sqrt(Sum[k](x[k]**2))", "∞": "oo", "½": "0.5", "∂": "nothing: gradients are derived",
    "“": '"', "”": '"', "‘": "'", "’": "'", "∈": "its range, in indices and sizes", "⊙": "*",
}  # fmt: skip
_COMPARED = re.compile(rb"^[ \t]*\w+\[[^\]\n]*\][ \t]*==", re.MULTILINE)


def of_syntax(error: SyntaxError) -> str:
    """The remedy for a line that is not Python."""
    message, line = error.msg or "", error.text or ""
    if "cannot assign to function call" in message:
        return "entries stand in square brackets: y[n, m] = …"
    sign = re.search(r"invalid (?:non-printable )?character '(.)'", message)
    if sign:
        typed = _SIGNS.get(sign[1])
        return f"for {sign[1]} write {typed}" if typed else f"leave {sign[1]} out"
    own = next(
        (w for w in re.findall(r"\b(\w+)\b(?=\s*(?:=(?!=)|\[))", line) if keyword.iskeyword(w)),
        None,
    )
    if own:
        return f'{own} is a word of Python: call it {own[:3]}_, as in lam = scalar("lambda", 0.1)'
    if "outside function" in message:
        return "leave return out, and give what comes out its equation: y[n, m] = …"
    if re.search(r"\\[a-zA-Z]+", line):
        return f"LaTeX is read by --equation alone; here it is (a) / (b), exp(x), {_SUM}"
    if re.search(r"\w'(?:\[|\s*\*)", line):
        return "a transpose has its indices the other way round: W[m, d] for W[d, m]"
    if "was never closed" in message or "unmatched" in message:
        return "each bracket is opened and closed once"
    if "assignment expressions" in message:
        return "an equation has one =: y[n, m] = …"
    if (
        "follows keyword argument" in message
        or "cannot contain assignment" in message
        or "Maybe you meant '=='" in message
    ):
        return "that two things are equal is written ==, as in where(y[n] == k, a, b)"
    if re.search(r"\|[^|]+\|", line):
        return "for |x| write abs(x), for ‖x‖ sqrt(Sum[k](x[k]**2))"
    if re.search(r"\[[^\]]*;", line):
        return "subscripts are parted by commas: y[n, m]"
    if "indent" in message or "expected ':'" in message:
        return "an equation stands on a line of its own, without for and if: y[n, m] = …"
    if message.startswith("invalid syntax") or "invalid decimal literal" in message:
        return _PRODUCT
    return "a derivation file is an ordinary Python file"


def fact_of(error: SyntaxError) -> str:
    """What Python says, without its guesses, which are about other programs."""
    return re.sub(r"\. (?:Perhaps|Maybe) .*", "", error.msg or "it cannot be read")


def refuse_comparisons(source: bytes, file: str) -> None:
    """Raises DeltaruleError for a line y[n] == …, which says nothing in Python."""
    found = _COMPARED.search(source)
    if found:
        written = found[0].decode("utf-8", "replace").strip().removesuffix("==").strip()
        raise DeltaruleError(
            f"== compares, and gives {written} no value",
            f"{file}, line {source[: found.start()].count(bytes([10])) + 1}",
            f"an equation has one =: {written} = …",
        )
