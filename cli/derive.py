"""`derive`: the gradients of a derivation."""

from __future__ import annotations

from deltarule.calculus import Derivation, derive
from deltarule.cli.arguments import numbers, one_name, split
from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.screen import busy
from deltarule.language.load import load
from deltarule.networks.network import Network
from deltarule.networks.specialise import specialise
from deltarule.reports.selection import chosen
from deltarule.reports.things import ShownDerivation

EXAMPLE = "derive mlp --layers 3"
#: Signs that no name of a derivation has.
_OF_FORMULAS = "=‖½²√Σ∑⊙ᵀσ(\\^"


def show_derivation(asked: Derive) -> int:
    """Derive, and show the gradients, or their steps."""
    derivation = derived(asked)
    gradients = chosen(derivation, asked.wrt or ())
    shown = ShownDerivation(derivation, gradients, asked.steps, asked.all_)
    show(shown, "a derivation", asked.format)
    return 0


def show_brief(asked: Derive) -> int:
    """Derive, and show a line for each gradient."""
    show(chosen(derived(asked), asked.wrt or ()), "one line a gradient", asked.format)
    return 0


def derived(asked: Derive) -> Derivation:
    """The derivation that the words name, with its options and numbers."""
    bare, options = split(asked.words or ())
    name = one_name(bare, EXAMPLE, options)
    with busy(f"deriving {name}"):
        network = _network(name, options, asked)
        return derive(network, of=_root(asked.of))


def _network(name: str, options: dict[str, object], asked: Derive) -> Network:
    """The network of a derivation, or of a formula that is typed."""
    if any(sign in name for sign in _OF_FORMULAS) and not name.endswith(".py"):
        from deltarule.cli.typed_formula import network_of_formula

        return network_of_formula(name, options, asked.set_ or (), asked.wrt or ())
    return specialise(load(name, **options), numbers(asked.set_ or ()))


def _root(of: str | None) -> str | None:
    from deltarule.spelling.names import ascii_name

    return None if of is None else ascii_name(of)
