"""`derive`: the gradients of a derivation."""

from __future__ import annotations

from deltarule.calculus import Derivation, Gradient, derive
from deltarule.cli.arguments import one_name, split
from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.screen import busy
from deltarule.cli.typed_formula import network_named, shown_by
from deltarule.reports.selection import chosen
from deltarule.reports.things import ShownDerivation

EXAMPLE = "derive mlp --layers 3"
#: The formats that have every step, whether it is asked for or not.
FORMATS_WITH_STEPS = ("json", "html")


def show_derivation(asked: Derive) -> int:
    """Derive, and show the gradients, or their steps."""
    derivation, inner = derived(asked), []
    if asked.steps or asked.format in FORMATS_WITH_STEPS:
        from deltarule.calculus.gradient_equations import inner_gradients
        from deltarule.calculus.step_proofs import with_proofs

        with busy("proving the steps"):
            derivation = with_proofs(derivation)
            inner = inner_gradients(derivation.network, with_proofs)
    gradients = _gradients(derivation, asked)
    shown = ShownDerivation(derivation, gradients, asked.steps, asked.all_, inner)
    show(shown, "a derivation", asked.format)
    return 0


def show_brief(asked: Derive) -> int:
    """Derive, and show a line for each gradient."""
    derivation = derived(asked)
    shown = ShownDerivation(derivation, _gradients(derivation, asked))
    show(shown, "one line a gradient", asked.format)
    return 0


def _gradients(derivation: Derivation, asked: Derive) -> list[Gradient]:
    """The gradients that are asked for, in the form that is asked for."""
    found = chosen(derivation, shown_by(asked))
    if asked.hvp or asked.gauss_newton is not None:
        from deltarule.reports.read_gradients import with_read

        found = with_read(found, derivation)
    return [g.dual for g in found] if asked.dual else found


def derived(asked: Derive) -> Derivation:
    """The derivation that the words name, with its options and numbers."""
    bare, options = split(asked.words or ())
    name = one_name(bare, EXAMPLE, options)
    with busy(f"deriving {name}"):
        network = network_named(name, options, asked)
        return derive(network, of=_root(asked.of))


def _root(of: str | None) -> str | None:
    from deltarule.spelling.names import ascii_name

    return None if of is None else ascii_name(of)
