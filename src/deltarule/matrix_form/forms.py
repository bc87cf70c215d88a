"""The matrix forms of a backward pass, found when they are asked for.

What finds them is imported then: most commands show none.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import cached_property
from typing import TYPE_CHECKING

from deltarule.networks.equations import Equation
from deltarule.networks.network import Network

if TYPE_CHECKING:
    from sympy import Expr

    from deltarule.matrix_form.find import Search, Words
    from deltarule.matrix_form.match_second import Ranges


class MatrixForms:
    """Words for the equations of one backward pass.

    `upstream` are the outputs of the network whose gradients, those of `of`, are given; `equations`
    is the whole pass, which is run at random values to try what words claim.
    """

    def __init__(
        self, network: Network, of: str, upstream: Iterable[str], equations: Iterable[Equation]
    ):
        self._pass = network, of, tuple(upstream), tuple(equations)
        self._known: dict[tuple, Words | None] = {}

    @cached_property
    def search(self) -> Search:
        """What finds the words, and tries them."""
        from deltarule.matrix_form.find import Search

        return Search(*self._pass)

    def words(self, equation: Equation) -> Words | None:
        """The words for a gradient; None where no pattern is known."""
        key = (equation.name, equation.rhs)  # a gradient has two forms at times
        if key not in self._known:
            self._known[key] = self.search.words(equation)
        return self._known[key]

    def matrix(self, expression: Expr, rows: Ranges, columns: Ranges) -> Words | None:
        """The words for derivatives entry by entry, as a matrix; None where none is known."""
        return self.search.matrix(expression, rows, columns)

    def holds(self, equation: Equation, seed: int) -> bool:
        """Whether the words of a gradient are true at the sizes and values of a seed."""
        words = self.words(equation)
        return words is not None and self.search.true(words, equation, seed)
