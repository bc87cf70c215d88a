"""Pieces of long equations as lines of their own, where every gradient would repeat them.

    s[t, m] = z[t, m]·s[t − 1, m] + (1 − z[t, m])·tanh(Σ_d W[d, m]·x[t, d] + b[m])

becomes two lines, the preactivation a_s[t, m] = Σ_d W[d, m]·x[t, d] + b[m] and what is left. Then
∂L/∂W, ∂L/∂x and ∂L/∂b are ∂L/∂a_s times something short, as in a textbook, and kernels compute the
piece once. What is named: the argument of a function whose slope reads it, a divisor, what stands
under a root or a square; if it is a matrix product or long, and made of several tensors that move.
A softmax inside a line is always one, so that attention in one line is scores, softmax and sum.
Sums of exponentials stay with their logarithm and with what they divide, whose stable form needs
them in sight: log(1 + exp(−t·(Σ_d w[d]·x[d] + b))) names s = Σ_d w[d]·x[d] + b.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace

from sympy import Add, Basic, Expr, Mul, Pow, Rational

from deltarule.expressions.choices import Declared
from deltarule.expressions.elementwise import Elementwise
from deltarule.expressions.exponential_sums import is_exponential_sum
from deltarule.expressions.functions import exp, log
from deltarule.expressions.matrices import Inverse, LogDet
from deltarule.expressions.nodes import (
    Carried,
    Choose,
    Frozen,
    Product,
    Read,
    Reduction,
    Selection,
    Sum,
    free_indices,
    read,
    reads,
    tensor_name,
    walk,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.softmax_share import Share, share_in
from deltarule.expressions.substitution import plainly_named
from deltarule.expressions.symbols import Index
from deltarule.expressions.terms_counted import count_terms
from deltarule.expressions.written_out import recognised
from deltarule.language.activations import is_activation, slope_reads_argument
from deltarule.language.predicted_lengths import long_sums
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network, ordered
from deltarule.networks.tensors import Tensor

#: A piece without a matrix product in it is named from so many terms on.
LONG = 4
_PREACTIVATION, _SHARE, _SCORES = "pre", "share", "scores"
#: What these of a tensor are called by, the first that no tensor has.
_LETTERS = {
    _PREACTIVATION: ("s", "a", "z", "u"),
    _SCORES: ("s", "e", "z", "u"),
    _SHARE: ("p", "a", "q", "c"),
}
#: What the pieces are, by the words that their names begin with.
WORDS = {
    _PREACTIVATION: "the preactivation",
    _SHARE: "the softmax",
    _SCORES: "the scores",
    "den": "the divisor",
    "rad": "what is under the root",
    "diff": "the difference",
    "total": "the sum",
    "arg": "the argument",
}
#: Roles of what no gradient is taken by, and of what makes an update of a network.
_FIXED, _OF_UPDATES = ("target",), ("gradient", "memory")

Ranges = tuple[tuple[Index, Expr], ...]


def with_named_pieces(network: Network) -> Network:
    """The network with such pieces as equations of their own; itself if it has none."""
    if network.with_role(*_OF_UPDATES):
        return network
    work = _Naming(network)
    equations = [line for equation in network.equations for line in work.lines(equation)]
    if not work.made:
        return network
    return replace(network, tensors=work.tensors(), equations=ordered(equations, work.tensors()))


@dataclass
class _Naming:
    """The pieces of a network: `made` are their tensors, each before the one that it is for."""

    network: Network
    made: dict[str, tuple[Tensor, str]] = field(default_factory=dict)
    known: dict[tuple[Expr, Ranges], str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        tensors = self.network.tensors.values()
        self.moving = {t.name for t in tensors if t.role not in _FIXED and not t.integral}
        equations = self.network.equations
        self.selected = {e.name for e in equations if isinstance(e.rhs, Selection)}
        self.opened = long_sums(self.network)

    def tensors(self) -> dict[str, Tensor]:
        """All tensors, in the order in which a reader meets them."""
        found = {}
        for name, tensor in self.network.tensors.items():
            found |= {t.name: t for t, reader in self.made.values() if reader == name}
            found[name] = tensor
        return found

    def lines(self, equation: Equation) -> Iterator[Equation]:
        """The pieces of an equation, and the equation that reads them."""
        lines: list[Equation] = []
        rhs = _At(self, equation, lines).whole()
        yield from lines
        yield equation if rhs == equation.rhs else replace(equation, rhs=rhs)

    def name(self, word: str, reader: str) -> str:
        """A name that no tensor has: den_y of "den", or the next of them."""
        taken = {*self.network.tensors, *self.made}
        if word in _LETTERS:
            stems = {name.partition("_")[0] for name in self.network.tensors}
            word = next((s for s in _LETTERS[word] if s not in stems), word)
        numbered = (f"{word}_{reader}{k}" for k in range(2, len(taken) + 3))
        return next(n for n in (f"{word}_{reader}", *numbered) if n not in taken)


@dataclass
class _At:
    """One equation on its way into lines."""

    work: _Naming
    equation: Equation
    lines: list[Equation]
    exponents: set[Expr] = field(default_factory=set)

    def whole(self) -> Expr:
        """Its right side, with reads of what became a line."""
        rhs, ranges = self.equation.rhs, self.equation.ranges
        share = share_in(rhs)
        if share and share.rest == 1:
            return self._of_share(share, ranges)
        known = self._is_function(recognised(rhs))
        if known and not isinstance(rhs, Elementwise):
            return rhs  # written out by exponentials, as 1/(1 + exp(−z)) is
        if known or isinstance(rhs, Pow):
            # Its slope reads its value: tanh′ = 1 − y²; one of a square is short.
            return rebuild(rhs, lambda part: self._inside(part, ranges))
        rhs = self._inside(rhs, ranges)
        return self._throughout(rhs, ranges) if self.exponents else rhs

    def _is_function(self, node: Expr) -> bool:
        """Whether a node is a function of a line that is left as it is."""
        return isinstance(node, Elementwise) and is_activation(node) and not self._opens(node)

    def _opens(self, node: Elementwise) -> bool:
        """Whether the argument of a function that is all of the equation gets a name."""
        if self.equation.name in self.work.opened:
            return True
        if node.func.row.kink:  # a kink is seen by the value, but for one of another time
            return self.equation.name in self.equation.read_names()
        return slope_reads_argument(node.func)

    def _inside(self, node: Expr, ranges: Ranges) -> Expr:
        if not node.args or _is_closed(node):
            return node
        if isinstance(node, Reduction):
            if node.conditions or not isinstance(node, Sum | Product):
                return node  # a guard keeps reads inside arrays, and a maximum is known by its body
            return with_body(node, self._inside(node.body, (*ranges, *node.ranges)))
        if share := share_in(node):
            named = self._named(self._of_share(share, ranges), _SHARE, ranges)
            return named * self._inside(share.rest, ranges)
        node = rebuild(node, lambda part: self._inside(part, ranges))
        if isinstance(node, Elementwise) and not isinstance(node, exp):
            word = _PREACTIVATION if is_activation(node) else "arg"
            node = self._exponents(node, ranges) if isinstance(node, log) else node
            return rebuild(node, lambda part: self._named(part, word, ranges))
        if _divides_by_exponentials(node):
            return self._exponents(node, ranges)
        if isinstance(node, Pow) and node.exp != 1:
            return Pow(self._named(node.base, _word(node), ranges), node.exp)
        return node

    def _of_share(self, share: Share, ranges: Ranges) -> Expr:
        """A softmax of named scores s: the gradient by these is p·(g − Σ g·p)."""
        return share.of(lambda scores: self._named(scores, _SCORES, ranges))

    def _exponents(self, node: Expr, ranges: Ranges) -> Expr:
        """An expression with what its exponentials are taken of as lines, outside sums."""
        if not node.args or _is_closed(node) or isinstance(node, Reduction):
            return node
        if not isinstance(node, exp):
            return rebuild(node, lambda part: self._exponents(part, ranges))
        sign = -1 if node.args[0].could_extract_minus_sign() else 1
        factors = Mul.make_args(sign * node.args[0])
        named = [self._named(f, _PREACTIVATION, ranges) for f in factors]
        self.exponents |= set(factors) - set(named)
        return exp(sign * Mul(*named))

    def _throughout(self, node: Expr, ranges: Ranges) -> Expr:
        """An expression with the lines that exponents became wherever else these stand."""
        if not node.args or _is_closed(node) or isinstance(node, Read):
            return node
        for piece, sign in ((node, 1), (-node, -1)):
            if piece in self.exponents:
                return sign * self._named(piece, _PREACTIVATION, ranges)
        if isinstance(node, Reduction):
            return with_body(node, self._throughout(node.body, (*ranges, *node.ranges)))
        return rebuild(node, lambda part: self._throughout(part, ranges))

    def _named(self, piece: Expr, word: str, ranges: Ranges) -> Expr:
        """A read of the line that a piece becomes; the piece where it is not worth one."""
        word = "total" if word == "arg" and isinstance(piece, Sum) else word
        free = free_indices(piece)
        own = tuple(r for r in ranges if r[0] in free)
        known = self.work.known.get((piece, own))
        if known is None:
            if not self._is_worth_it(piece, word) or len(own) < len(free):
                return piece
            known = self.work.name(word, self.equation.name)
            self.work.known[piece, own] = known
            note = f"{WORDS[word]} in {self.equation.name}"
            tensor = Tensor(known, tuple(n for _, n in own), "intermediate", note=note, piece=True)
            self.work.made[known] = tensor, self.equation.name
            self.work.moving.add(known)
            subscripts = tuple(i for i, _ in own)
            place, layer = self.equation.place, self.equation.layer
            line = Equation(known, subscripts, piece, own, place, layer)
            if set(subscripts) & {i for i, _ in line.inner_ranges}:
                apart = frozenset(i.name for i in subscripts)
                line = replace(line, rhs=plainly_named(piece, apart))
            self.lines.append(line)
        return read(known, *(i for i, _ in own))

    def _is_worth_it(self, piece: Expr, word: str) -> bool:
        """Whether several gradients would repeat a piece; a divisor is repeated by each."""
        divides = word == "den"
        names = {tensor_name(r) for r in reads(piece)} & self.work.moving
        few = 1 if divides or word == _SHARE else 2
        if len(names) < few or any(map(_is_closed, walk(piece))):
            return False
        if word == _SHARE:
            return True
        if is_exponential_sum(piece) or all(term.has(exp) for term in Add.make_args(piece)):
            return False  # sums of exponentials are computed together with what they divide
        if count_terms(piece) >= LONG - divides:
            return True
        return word != "diff" and any(self._is_product(node) for node in walk(piece))

    def _is_product(self, node: Basic) -> bool:
        """Whether a node is a matrix product: a sum over products of several tensors.

        A sum over what was selected, W[d, best], is a read.
        """
        if not isinstance(node, Sum):
            return False
        factors = (Mul.make_args(term) for term in Add.make_args(node.body))
        return any(
            len([f for f in term if {tensor_name(r) for r in reads(f)} - self.work.selected]) > 1
            for term in factors
        )


#: What is left as it is: reads beyond guards, and what stands for data.
_CLOSED = (Choose, Frozen, Inverse, LogDet, Selection)


def _is_closed(node: Basic) -> bool:
    return isinstance(node, _CLOSED) and not isinstance(node, Carried | Declared)


def _divides_by_exponentials(node: Expr) -> bool:
    """Whether a product is divided by a few exponentials that are added up."""
    return any(
        isinstance(f, Pow)
        and f.exp.is_negative
        and isinstance(f.base, Add)
        and is_exponential_sum(f.base)
        for f in Mul.make_args(node)
    )


def _word(power: Pow) -> str:
    """What the base of a power is: a divisor, what is under a root, a sum or difference."""
    if power.exp == -1:
        return "den"
    if power.exp in (Rational(1, 2), Rational(-1, 2)):
        return "rad"
    negative = any(t.could_extract_minus_sign() for t in Add.make_args(power.base))
    return "diff" if negative else "total"
