"""Errors of Python's that say it with a text alone, and what they mean in a derivation file."""

from __future__ import annotations

#: What the error says, the fact, and the remedy.
OTHER_ERRORS = (
    (r"[Mm]odulo by zero|division by zero", "a division by 0", "check what stands behind / and %"),
    (r"can only concatenate str", "a text in quotes stands beside +", "leave the quotes out"),
    (r"bad operand type for unary ~", "~ denies a statement, and stands before a value",
     "write 1 - x[n], or where(~(x[n] > 0), a, b)"),
    (r"bad operand type for unary", "a sign stands before what is no number",
     "write it before an entry: -x[n]"),
    (r"No module named|cannot import name", "something is imported that is not there",
     "all words of the language come with: from deltarule.language import *"),
)  # fmt: skip
