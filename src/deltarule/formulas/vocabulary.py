"""What the names in a formula mean: tensors, gradients, sizes, constants, functions, states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property

from sympy import Basic, Expr, Pow, Symbol

from deltarule.errors import DeltaruleError
from deltarule.expressions import nodes
from deltarule.expressions.functions import FUNCTIONS, Elementwise
from deltarule.expressions.gradient_names import gradient_name, is_gradient
from deltarule.expressions.nodes import AtLeastZero, Carried, Reduction, Sum, read, tensor_name
from deltarule.expressions.substitution import substitute
from deltarule.expressions.symbols import Index, Rate
from deltarule.formulas import roles
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import canonical, pretty

_MEANT = {
    "sigma": "sigmoid",
    "ln": "log",
    "sig": "sigmoid",
    "logistic": "sigmoid",
    "expit": "sigmoid",
}
_ANY_ACTIVATION = ("f", "φ", "phi", "g", "a")
#: Words that formulas use of any number of things, and of whole arrays.
_OF_SEVERAL = ("max", "min", "maximum", "minimum", "clip")
_SIGMA = ("σ", "sigma")
_OF_LAYER = re.compile(r"d(\d+)")
#: What lectures call the learning rate.
_RATES = (
    "eta", "η", "alpha", "α", "gamma", "γ", "epsilon", "ε", "lr", "rate", "learning_rate",
)  # fmt: skip


class Vocabulary:
    """The names of a network and of the lines that were derived from it.

    `activation` says that σ is to be read as the network's own activation, as lectures write it.
    """

    def __init__(
        self, network: Network, derived: Sequence[Equation] = (), activation: bool = False
    ):
        self.network, self.equations = network, (*network.equations, *derived)
        self.activation = activation
        self.tensors = self._tensors(derived)
        self.symbols = {
            name: s for s in dict.fromkeys(self._symbols()) for name in (s.name, pretty(s.name))
        }
        self._roles: dict[str, str | None] = {}
        self.used = {
            type(n) for e in self.equations for n in nodes.walk(e.rhs) if isinstance(n, Elementwise)
        }

    def _tensors(self, derived: Sequence[Equation]) -> Mapping[str, Tensor]:
        """The tensors, their gradients under the loss's name and under L, and derived lines."""
        network = self.network
        found = dict(network.tensors)
        roots = {"L", "E", "C", *([network.loss.name] if network.loss else [])}
        for tensor in network.tensors.values():
            for root in roots:
                found.setdefault(gradient_name(root, tensor.name), tensor)
        for equation in derived:
            axes = tuple(n for _, n in equation.ranges)
            if equation.subscripts == equation.indices and not is_gradient(equation.name):
                found.setdefault(equation.name, Tensor(equation.name, axes, "intermediate"))
        return found

    @cached_property
    def indices_are_numbers(self) -> bool:
        """Whether an equation calculates with an index, as m·(i − j) does."""
        return any(map(_calculates_with_an_index, self.network.equations))

    @cached_property
    def exponents_vary(self) -> bool:
        """Whether an equation has an exponent that is no constant, as x^p of a parameter p."""
        return any(
            isinstance(n, Pow) and bool(nodes.reads(n.exp) or n.exp.has(Index))
            for e in self.network.equations
            for n in nodes.walk(e.rhs)
        )

    def _symbols(self) -> Iterator[Symbol]:
        """Sizes, attributes and constants."""
        network = self.network
        yield from network.scalars
        yield from network.definitions
        parts = [a for t in self.tensors.values() for a in t.axes]
        parts += [*network.definitions.values(), *(e.rhs for e in self.equations)]
        parts += [n for e in self.equations for _, n in e.ranges]
        for part in parts:
            for symbol in sorted(nodes.free_symbols(part), key=str):
                if not isinstance(symbol, Index):
                    yield symbol

    def tensor(self, text: str) -> str | None:
        """The tensor that a name means."""
        try:
            name = canonical(text.replace(" ", ""))
        except DeltaruleError:
            return None
        if name in self.tensors:
            return name
        return (
            self._delta(name)
            or self._memory(name)
            or self._by_role(name)
            or self._in_other_case(name)
        )

    def _by_role(self, name: str) -> str | None:
        """The tensor that is meant by what it is, such as the variance, or by a shorter name."""
        if name in self.symbols or is_gradient(name):
            return None
        if name not in self._roles:
            short = roles.spelled_out(name, (*self.tensors, *self.symbols))
            found = roles.role(name, self.network.tensors, self.network.equations)
            self._roles[name] = found or (short if short in self.tensors else None)
        return self._roles[name]

    def _in_other_case(self, name: str) -> str | None:
        """X is x, ∂L/∂Y is ∂L/∂y, where these are no other quantities: matrices are capitals."""
        if name in self.symbols or name == "e":  # Euler's number
            return None
        found = [t for t in self.tensors if len(t) == len(name) and t.lower() == name.lower()]
        return found[0] if len(found) == 1 else None

    def _memory(self, name: str) -> str | None:
        """v is the velocity of the one parameter that is updated, v_Theta2."""
        if not self.rate:
            return None
        found = [t for t in self.network.tensors if t.startswith(f"{name}_")]
        return found[0] if len(found) == 1 else None

    @property
    def rate(self) -> Rate | None:
        """The learning rate, where the formula is for what comes after an update."""
        return next((s for s in self.network.scalars if isinstance(s, Rate)), None)

    def _delta(self, name: str) -> str | None:
        """δ₂ is what lectures call ∂E/∂s₂, the gradient at what an activation is of; programs
        call it d2."""
        numbered = _OF_LAYER.fullmatch(name)
        layer = numbered[1] if numbered else name.removeprefix("delta")
        if layer == name or name in self.symbols:
            return None
        names = (gradient_name("L", f"{s}{layer}") for s in ("s", "z", "net"))
        found = [name for name in names if name in self.tensors]
        return found[0] if len(found) == 1 else None

    def symbol(self, text: str) -> Symbol | None:
        """The size or constant that a name means."""
        found = self.symbols.get(text)
        if found is None and text not in self.tensors:
            found = self.symbols.get(roles.spelled_out(text, self.symbols) or "")
        return self.rate if found is None and text in _RATES else found

    def function(self, name: str) -> type[Elementwise] | None:
        """The function that a name means; f and φ mean the network's own activation.

        σ is the logistic function, unless it is asked for as the activation.
        """
        activations = {f for f in self.used if f.row.name not in ("exp", "log", "sign")}
        own = next(iter(activations)) if len(activations) == 1 else None
        if name in _SIGMA:
            if self.activation and own is not None:
                return own
            name = "sigmoid"
        if name in _ANY_ACTIVATION and own is not None and name not in self.tensors:
            return own
        declared = self.own_function(_MEANT.get(name, name))
        if declared is not None or name in _OF_SEVERAL:
            return declared
        known = [
            f
            for f in FUNCTIONS.values()
            if _MEANT.get(name, name) in (f.row.name, f.row.symbol, f.row.name.lower())
        ]
        known += [f for f in FUNCTIONS.values() if f.row.symbol and f.row.symbol.lower() == name]
        return next((f for f in known if f in self.used), known[0] if known else None)

    def own_function(self, name: str) -> type[Elementwise] | None:
        """What the network's file declares under that name; no word of the library hides it."""
        named = (f for f in self.used if f.row.name == name)
        return next((f for f in named if f is not FUNCTIONS.get(name)), None)

    def reading(self, name: str, subscripts: Sequence[Expr], guarded: bool = False) -> Expr:
        """A tensor at some subscripts; what lies beyond a state's ends is what is declared there.

        The error that comes from beyond the first or last time is 0; `guarded`, all that does.
        """
        plain = read(name, *subscripts)
        if is_gradient(name) or guarded:
            beyond = [
                c
                for at, n in zip(subscripts, self.tensors[name].axes, strict=True)
                for c in _inside(at, n)
            ]
            return Sum(plain, (), beyond) if beyond else plain
        for pattern in self._carried(name):
            found = _unified(pattern, plain)
            if found is not None:
                return found
        return plain

    def _carried(self, name: str) -> Iterator[Carried]:
        for equation in self.equations:
            for node in nodes.walk(equation.rhs):
                if isinstance(node, Carried) and tensor_name(node.args[1]) == name:
                    yield node

    def extent(self, index: Index) -> Expr | None:
        """How far an index runs in the network's own equations."""
        for equation in self.equations:
            known = dict(equation.ranges)
            for node in nodes.walk(equation.rhs):
                if isinstance(node, Reduction):
                    known |= dict(node.ranges)
            if index in known:
                return known[index]
        return None


def time_shift(at: Expr) -> tuple[Expr, int] | None:
    """t − 1 as (t, −1); None for anything but an index with a number added."""
    number, index = at.as_coeff_Add()
    return (index, int(number)) if isinstance(index, Index) and number.is_Integer else None


def _inside(at: Expr, extent: Expr) -> list[AtLeastZero]:
    """The condition that t + 1 or t − 1 is one of the times."""
    shift = time_shift(at)
    if shift is None or not shift[1]:
        return []
    return [AtLeastZero((extent - 1 - at).expand() if shift[1] > 0 else at)]


def _unified(pattern: Carried, access: Expr) -> Expr | None:
    """The pattern with its indices put as in an access, if it is at the same shift in time."""
    table = {}
    for wanted, found in zip(pattern.args[1].indices, access.indices, strict=True):
        shift = time_shift(wanted)
        if shift is None:
            if wanted != found:
                return None
        else:
            rest = found - shift[1]
            if shift[1] and not isinstance(rest, Index):
                return None
            table[shift[0]] = rest
    return substitute(pattern, table)


def _calculates_with_an_index(equation: Equation) -> bool:
    """Whether an index stands in a formula elsewhere than in subscripts and conditions."""
    stack: list[Basic] = [equation.rhs]
    while stack:
        node = stack.pop()
        if isinstance(node, Index):
            return True
        if isinstance(node, nodes.Reduction):
            stack.append(node.body)
        elif not isinstance(node, nodes.Read | nodes.Condition):
            stack.extend(node.args)
    return False
