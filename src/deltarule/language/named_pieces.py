"""Pieces of long equations as lines of their own, where every gradient would repeat them.

    s[t, m] = z[t, m]·s[t − 1, m] + (1 − z[t, m])·tanh(Σ_d W[d, m]·x[t, d] + b[m])

becomes two lines, the preactivation a_s[t, m] = Σ_d W[d, m]·x[t, d] + b[m] and what is left. Then
∂L/∂W, ∂L/∂x and ∂L/∂b are ∂L/∂a_s times something short, as in a textbook, and kernels compute the
piece once. What is named: the argument of a function whose slope reads it, the exponent of what is
added up, a divisor, the length that is divided by, what stands under a root or a square, what goes
through a gate into a product with weights; if it is a matrix product or long, and made of several
tensors that move. Means that values are centred by, too, and their variances. A
softmax inside a line is always one, so that attention in one line is scores, softmax and sum; so
is one that is read at one place, and the logarithm of one in a longer line.
Sums of exponentials stay with their logarithm and with what they divide, whose stable form needs
them in sight: log(1 + exp(−t·(Σ_d w[d]·x[d] + b))) names s = Σ_d w[d]·x[d] + b.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass, replace

from sympy import Add, Expr, Mul, Pow, sqrt

from deltarule.expressions.elementwise import Elementwise
from deltarule.expressions.exponential_sums import divides_by_exponentials
from deltarule.expressions.functions import exp, log
from deltarule.expressions.nodes import (
    Product,
    Read,
    Reduction,
    Sum,
    free_indices,
    reads,
    tensor_name,
)
from deltarule.expressions.rebuild import rebuild, with_body
from deltarule.expressions.softmax_share import Share, by_shares, entry_in, log_share_in, share_in
from deltarule.expressions.substitution import plainly_named, substitute
from deltarule.expressions.written_out import recognised
from deltarule.language.activations import is_activation, slope_reads_argument
from deltarule.language.alike_pieces import (
    Ranges,
    Reading,
    alike,
    as_read,
    own_ranges,
    ways_to_read,
)
from deltarule.language.centred_values import centred_tensor, centring_mean
from deltarule.language.piece_words import (
    EXPONENT,
    GATED,
    LOG_SHARE,
    MEAN,
    PREACTIVATION,
    SCORES,
    SHARE,
    VARIANCE,
    WORDS,
    is_closed,
    word_of_base,
)
from deltarule.language.pieces_made import PiecesMade
from deltarule.language.repeated_functions import in_kinks, repeated
from deltarule.language.worth_a_line import gated_in, is_worth_it, length_in
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network, ordered
from deltarule.networks.tensors import Tensor

#: Roles of what makes an update of a network.
_OF_UPDATES = ("gradient", "memory")


def with_named_pieces(network: Network) -> Network:
    """The network with such pieces as equations of their own; itself if it has none."""
    if network.with_role(*_OF_UPDATES):
        return network
    work = PiecesMade(network)
    equations = [line for equation in network.equations for line in _lines(work, equation)]
    if equations == list(network.equations):
        return network
    return replace(network, tensors=work.tensors(), equations=ordered(equations, work.tensors()))


def _lines(work: PiecesMade, equation: Equation) -> Iterator[Equation]:
    """The pieces of an equation, and the equation that reads them."""
    lines: list[Equation] = []
    rhs = _At(work, equation, lines).whole()
    yield from lines
    yield equation if rhs == equation.rhs else replace(equation, rhs=rhs)


@dataclass
class _At:
    """One equation on its way into lines."""

    work: PiecesMade
    equation: Equation
    lines: list[Equation]

    def whole(self) -> Expr:
        """Its right side, with reads of what became a line."""
        ranges = self.equation.ranges
        rhs = by_shares(self.equation.rhs, {i for i, _ in ranges})
        share, known = share_in(rhs), self._is_function(recognised(rhs))
        if share and share.rest == 1:
            rhs = self._of_share(share, ranges)
        elif known and not isinstance(rhs, Elementwise):
            return rhs  # written out by exponentials, as 1/(1 + exp(−z)) is
        elif known or isinstance(rhs, Pow):
            # Its slope reads its value: tanh′ = 1 − y²; one of a square is short.
            rhs = rebuild(rhs, lambda part: self._inside(part, ranges, alone=True))
        else:
            rhs = self._repeated(rhs, ranges, in_kinks(rhs))
            rhs = self._inside(rhs, ranges, alone=True, factor=True)
        rhs = self._read_again(rhs, ranges) if self.lines else rhs
        # What is selected may spare all terms but one of a sum.
        selects = self.work.selected & self.equation.read_names()
        return rhs if selects else self._repeated(rhs, ranges)

    def _repeated(self, rhs: Expr, ranges: Ranges, within: Collection[Expr] | None = None) -> Expr:
        """The right side with reads of functions and sums that stand there twice, of those that
        stand within some nodes, if these are given."""
        twice = [
            (node, around)
            for node, around in repeated(rhs, ranges)
            if within is None or any(n != node and n.has(node) for n in within)
        ]
        for node, around in twice:
            own = own_ranges(node, around)
            summed = isinstance(node, Sum)
            word, said = ("total", WORDS["total"]) if summed else (node.row.name, node.row.title)
            self._added(node, own, word, f"{said} in {self.equation.name}")
        return self._read_again(rhs, ranges) if twice else rhs

    def _is_function(self, node: Expr) -> bool:
        """Whether a node is a function of a line that is left as it is."""
        return isinstance(node, Elementwise) and is_activation(node) and not self._opens(node)

    def _opens(self, node: Elementwise) -> bool:
        """Whether the argument of a function that is all of the equation gets a name."""
        if self.equation.name in self.work.opened:
            return True
        if node.func.row.kink:  # a kink is seen by the value, but for one of another time
            again = self.equation.name in self.equation.read_names()
            return again or node.func.row.arity > 1  # nor is a slope's sign known
        return slope_reads_argument(node.func)

    def _inside(
        self, node: Expr, ranges: Ranges, alone: bool = False, factor: bool = False
    ) -> Expr:
        """A node with reads of its pieces; `alone` if it is all of the equation, or the argument
        of all of it, `factor` if it is a factor of all, or exponentials are to stay in sight."""
        if not node.args or is_closed(node):
            return node
        node = by_shares(node, {i for i, _ in ranges})
        if isinstance(node, Reduction):
            if node.conditions or not isinstance(node, Sum | Product):
                return node  # a guard keeps reads inside arrays, and a maximum is known by its body
            within = (*ranges, *node.ranges)
            gated = gated_in(node, self.work.moving) if isinstance(node, Sum) else None
            if gated is not None:
                named = self._named(self._inside(gated, within, alone=True), GATED, within)
                return with_body(node, named * self._inside(node.body / gated, within))
            return with_body(node, self._inside(node.body, within))
        if share := share_in(node):
            named = self._named(self._of_share(share, ranges), SHARE, ranges, judged=share.term)
            return named * self._inside(share.rest, ranges)
        if entry := entry_in(node):
            return self._at_a_place(*entry, ranges)
        if isinstance(node, Add) and (logs := log_share_in(node, alone)):
            logarithm, times = logs
            rest = self._inside((node - times * logarithm.expand()).expand(), ranges)
            return times * self._named(logarithm, LOG_SHARE, ranges) + rest
        whole = isinstance(node, log) or divides_by_exponentials(node)
        inside = whole or factor and isinstance(node, Mul | Add | Pow | exp)
        node = rebuild(node, lambda part: self._inside(part, ranges, factor=inside))
        node = self._exponents(node, ranges) if whole else node
        if isinstance(node, exp):  # a factor of all of it is known by its value
            return node if factor else self._of_arguments(node, EXPONENT, ranges)
        if isinstance(node, Elementwise):
            word = PREACTIVATION if is_activation(node) else "arg"
            return self._of_arguments(node, word, ranges)
        if isinstance(node, Pow) and node.exp != 1:
            if length := length_in(node, self.work.moving & self.equation.read_names()):
                return Pow(
                    self._named(sqrt(node.base), length.word, ranges, length.of), 2 * node.exp
                )
            return Pow(self._named(node.base, word_of_base(node), ranges), node.exp)
        return node if alone else self._of_means(node, ranges)

    def _of_share(self, share: Share, ranges: Ranges) -> Expr:
        """A softmax of named scores s: the gradient by these is p·(g − Σ g·p). Those that do not
        count are 0: whatever they are made of, no gradient goes there."""

        def scores(power: Expr) -> Expr:
            inside = self._inside(power, ranges)
            guarded = share.guarded(inside)
            named = self._named(guarded, SCORES, ranges, judged=inside)
            return inside if named == guarded else named

        return share.of(scores)

    def _at_a_place(self, share: Share, place: Expr, ranges: Ranges) -> Expr:
        """A softmax that is read at one place, log(exp(s[i, i]) / Σ_j exp(s[i, j])), as a line for
        every place."""
        (extent,) = (n for _, n in share.total.ranges)
        first = next(r for r in reads(share.term) if share.index in r.indices)
        later = first.indices[first.indices.index(share.index) :]
        before = next((k for k, (i, _) in enumerate(ranges) if i in later), len(ranges))
        around = (*ranges[:before], (share.index, extent), *ranges[before:])
        named = self._named(self._of_share(share, around), SHARE, around)
        return substitute(named, {share.index: place}) * self._inside(share.rest, ranges)

    def _exponents(self, node: Expr, ranges: Ranges) -> Expr:
        """An expression with what its exponentials are taken of as lines, outside sums."""
        if not node.args or is_closed(node) or isinstance(node, Reduction):
            return node
        if not isinstance(node, exp):
            return rebuild(node, lambda part: self._exponents(part, ranges))
        sign = -1 if node.args[0].could_extract_minus_sign() else 1
        factors = Mul.make_args(sign * node.args[0])
        return exp(sign * Mul(*(self._named(f, PREACTIVATION, ranges) for f in factors)))

    def _of_arguments(self, node: Elementwise, word: str, ranges: Ranges) -> Expr:
        return rebuild(node, lambda part: self._named(part, word, ranges))

    def _of_means(self, node: Expr, ranges: Ranges) -> Expr:
        """A difference from a mean that is read, a variance that is read; else the node."""
        if isinstance(node, Add) and (centred := centring_mean(node)):
            rest, mean, access = centred
            of = tensor_name(access)
            if of in self.work.moving:
                named = self._named(mean, MEAN, ranges, of)
                self.work.means |= {tensor_name(r): of for r in reads(named)}
                return rest - named
        of = centred_tensor(node, self.work.means) if self.work.means else None
        if of is None:
            return node
        sign = -1 if node.could_extract_minus_sign() else 1  # of 1 − Var[i](z[i, j])
        return sign * self._named(sign * node, VARIANCE, ranges, of)

    def _named(
        self, piece: Expr, word: str, ranges: Ranges, of: str = "", judged: Expr | None = None
    ) -> Expr:
        """A read of the line that a piece becomes; the piece where it, or what is `judged` in its
        place, is not worth one."""
        word = "total" if word == "arg" and isinstance(piece, Sum) else word
        own = own_ranges(piece, ranges)
        key = alike(piece, own)
        known = self.work.known.get(key)
        if known is None:
            if (
                not of
                and not is_worth_it(judged or piece, word, self.work.moving, self.work.selected)
                or len(own) < len(free_indices(piece))
            ):
                return piece
            note = f"{WORDS[word]} {of}" if of else f"{WORDS[word]} in {self.equation.name}"
            known = self._added(piece, own, word, note, of)
        return as_read(known, own)

    def _added(self, piece: Expr, own: Ranges, word: str, note: str, of: str = "") -> Reading:
        """A line for a piece."""
        name = self.work.name(word, of or self.equation.name)
        piece = plainly_named(piece)  # Σ_l exp(s[l]) beside exp(s[k]): no index means two things
        tensor = Tensor(name, tuple(n for _, n in own), "intermediate", note=note, piece=True)
        self.work.made[name] = tensor, self.equation.name
        self.work.moving.add(name)
        subscripts = tuple(i for i, _ in own)
        place, layer = self.equation.place, self.equation.layer
        self.lines.append(Equation(name, subscripts, piece, own, place, layer))
        self.work.known |= ways_to_read(name, piece, own)
        return name, tuple(range(len(own)))

    def _read_again(self, node: Expr, ranges: Ranges) -> Expr:
        """A node with reads of the pieces that stand in it once more."""
        if isinstance(node, Read) or not node.args or is_closed(node):
            return node
        own = own_ranges(node, ranges)
        for sign in (1, -1) if reads(node) else ():
            if known := self.work.known.get(alike(sign * node, own)):
                return sign * as_read(known, own)
        if isinstance(node, Reduction):
            if node.conditions:
                return node
            return with_body(node, self._read_again(node.body, (*ranges, *node.ranges)))
        return rebuild(node, lambda part: self._read_again(part, ranges))
