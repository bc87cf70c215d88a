"""What a rule made of an expression, with what there is to say about it."""

from __future__ import annotations

from typing import NamedTuple

from sympy import Expr


class Rewrite(NamedTuple):
    """The expression after a rule; `detail` in words, `condition` under which the rule holds."""

    after: Expr
    detail: str = ""
    condition: str = ""
