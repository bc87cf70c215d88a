"""Integers, conditions and subscripts as Python text that NumPy and Numba run.

Subscripts are cast to unsigned numbers (`U`): a signed one is tested for wrap-around at every
read, which keeps loops from being vectorised.
"""

from __future__ import annotations

from collections.abc import Sequence

from sympy import Add, Expr, Integer, Mul, Pow, Symbol

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.quotients import IfSmall, Least
from deltarule.expressions.symbols import Index, Size
from deltarule.kernels.python_text.identifiers import Spelling
from deltarule.networks.tensors import Tensor

#: How tightly a text binds, so that brackets are set where they are needed.
ADD, TIMES, ATOM = 1, 2, 3


class IntegerText:
    """Writes integers, conditions between them, and the entries of tensors."""

    def __init__(self, spelling: Spelling, tensors: dict[str, Tensor]):
        self.spelling, self.tensors = spelling, tensors
        self.locals: dict[Symbol, str] = {}

    def integer(self, node: Expr, binding: int = 0) -> str:
        """An integer in indices and sizes."""
        text, own = self._integer_text(node)
        return text if own >= binding else f"({text})"

    def _integer_text(self, node: Expr) -> tuple[str, int]:
        if node in self.locals:
            return self.locals[node], ATOM
        if isinstance(node, Integer):
            return str(int(node)), ATOM if node >= 0 else ADD
        if isinstance(node, (Index, Size)):
            return self.spelling.symbol(node), ATOM
        if isinstance(node, nodes.CeilingQuotient):
            top, bottom = node.args
            return f"-({self.integer(-top, TIMES)} // {self.integer(bottom, ATOM)})", TIMES
        if isinstance(node, nodes.FloorQuotient):
            top, bottom = node.args
            return f"{self.integer(top, TIMES)} // {self.integer(bottom, ATOM)}", TIMES
        if isinstance(node, nodes.Remainder):
            top, bottom = node.args
            return f"{self.integer(top, ATOM)} % {self.integer(bottom, ATOM)}", TIMES
        if isinstance(node, IfSmall):
            extent, entries = (self.integer(a, TIMES) for a in node.args)
            return f"({extent} if {entries} <= STORED else 0)", ATOM
        if isinstance(node, Least):
            return f"min({self.integer(node.args[0])}, {self.integer(node.args[1])})", ATOM
        if isinstance(node, nodes.Read):
            return self.access(node), ATOM
        if isinstance(node, nodes.Delta):
            return f"int({self.integer(node.args[0])} == {self.integer(node.args[1])})", ATOM
        if isinstance(node, Pow) and node.exp.is_Integer and node.exp > 0:
            return f"{self.integer(node.base, ATOM)} ** {int(node.exp)}", TIMES
        if isinstance(node, Mul):
            return self._product_text(node)
        if isinstance(node, Add):
            terms = sorted(node.args, key=lambda t: (t.could_extract_minus_sign(), t.is_number))
            text = self.integer(terms[0], ADD)
            for term in terms[1:]:
                minus = term.could_extract_minus_sign()
                text += (" - " if minus else " + ") + self.integer(-term if minus else term, TIMES)
            return text, ADD
        raise DeltaruleError(f"{node} is no whole number that a kernel can compute")

    def _product_text(self, node: Mul) -> tuple[str, int]:
        number, factors = node.as_coeff_mul()
        if number == -1:
            return "-" + " * ".join(self.integer(f, ATOM) for f in factors), ADD
        parts = [self.integer(f, ATOM) for f in factors]
        if number != 1:
            parts.insert(0, self.integer(number, ATOM))
        return " * ".join(parts), TIMES

    # ---- conditions -----------------------------------------------------------------------
    def condition(self, node: nodes.Condition) -> str:
        """A condition between integers."""
        if isinstance(node, nodes.Unequal):
            pairs = zip(*(side.args for side in node.args), strict=True)
            tests = " or ".join(f"{self.integer(a)} != {self.integer(b)}" for a, b in pairs)
            return f"({tests})"
        sides = [self.integer(a) for a in node.args]
        if isinstance(node, nodes.AtLeastZero):
            return f"{sides[0]} >= 0"
        if isinstance(node, nodes.Divides):
            return f"({sides[1]}) % {self.integer(node.args[0], ATOM)} == 0"
        if isinstance(node, nodes.Equal):
            return f"{sides[0]} == {self._alike(node.args[1], sides[1], node.args[0])}"
        raise DeltaruleError(f"{node} is no condition that a kernel can test")

    def _alike(self, node: Expr, text: str, other: Expr) -> str:
        """An integer with the type of what it is compared with: few bits, many at once."""
        if not isinstance(other, nodes.Read) or isinstance(node, nodes.Read):
            return text
        kind = self.kind(self.tensors[nodes.tensor_name(other)])
        return text if kind == "np.int64" else f"{kind}({text})"

    def kind(self, tensor: Tensor) -> str:
        """The type of a tensor's entries: integers of the kernel's own are small."""
        if not tensor.integral:
            return "real"
        small = isinstance(tensor.integers_below, Integer) and tensor.integers_below <= 128
        return "np.int8" if small and not tensor.given else "np.int64"

    def inside(self, read: nodes.Read) -> list[str]:
        """The tests that a read lies within its tensor; none where that is plain."""
        tests = []
        for subscript, axis in zip(read.indices, self.tensors[nodes.tensor_name(read)].axes):
            if not isinstance(subscript, Index):
                tests.append(f"0 <= {self.integer(subscript, ADD)} < {self.integer(axis, ADD)}")
        return tests

    def access(self, read: nodes.Read) -> str:
        """x[U(n), U(i + k)]; a scalar tensor is an array of one entry."""
        name = self.spelling.tensor(nodes.tensor_name(read))
        return self.entry(name, [self.integer(s) for s in read.indices])

    def entry(self, array: str, subscripts: Sequence[str]) -> str:
        """An entry of an array. Unsigned subscripts are never counted from the end."""
        return f"{array}[{', '.join(f'U({s})' for s in subscripts) or 'U(0)'}]"
