"""`derive NAME --hessian`, `--jacobian y/x` and `--jvp`: a derivation, derived again."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.calculus.jacobians import hessian, jacobian
from deltarule.calculus.tangents import tangent_network
from deltarule.cli.arguments import one_name, split
from deltarule.cli.derivation import worked_steps
from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.forward import equation, forward
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.cli.typed_formula import network_named, shown_by
from deltarule.errors import DeltaruleError
from deltarule.networks.network import Network
from deltarule.reports.left_out import left_out_sentence
from deltarule.reports.read_gradients import called_in_steps, outside_of_entries, read_by_entries
from deltarule.reports.second_order_texts import heading, moved_by, zeros
from deltarule.reports.things import ShownEntries, ShownTangents
from deltarule.spelling.counted import counted
from deltarule.spelling.names import ascii_name
from deltarule.spelling.text import text

EXAMPLE = "derive softmax_cross_entropy --hessian"


def show_entries(asked: Derive) -> int:
    """Second derivatives, or those of one tensor by another, entry by entry."""
    network, wrt = _network(asked)
    with busy(f"deriving {network.name}"):
        if asked.jacobian is None:
            found = hessian(network, wrt)
        else:
            found = [jacobian(network, *_pair(asked.jacobian, network))]
    shown = ShownEntries(network, found, asked.steps, asked.gauss_newton is not None)
    show(shown, "entries of a derivative", asked.format)
    return 0


def show_tangents(asked: Derive) -> int:
    """The network with the tangent of each of its tensors."""
    network, wrt = _network(asked)
    with busy(f"deriving {network.name}"):
        found = ShownTangents(*tangent_network(network, wrt))
    show(found, "tangents", asked.format)
    return 0


def _network(asked: Derive) -> tuple[Network, list[str]]:
    bare, options = split(asked.words or ())
    name = one_name(bare, EXAMPLE, options)
    return network_named(name, options, asked), shown_by(asked)


def _pair(typed: str, network: Network) -> tuple[str, str]:
    """y and x of y/x, however it is typed: dy/dx, ∂y/∂x."""
    of, slash, wrt = (part.strip() for part in typed.partition("/"))
    names = [_tensor(of, network), _tensor(wrt, network)] if slash else []
    if len(names) != 2:
        raise DeltaruleError(
            f"{typed} is no pair of tensors", "--jacobian", "write two, as in --jacobian y/x"
        )
    return names[0], names[1]


def _tensor(typed: str, network: Network) -> str:
    bare = ascii_name(typed.removeprefix("∂"))
    return bare[1:] if bare not in network.tensors and bare[1:] in network.tensors else bare


def entries_page(page: Page, shown: ShownEntries) -> None:
    """Title, forward equations and the entries, as a matrix where one is known, or their steps."""
    page.title(shown.network.title)
    if shown.gauss_newton:
        page.prose(shown.network.text, style="dim")
    page.heading("Forward")
    forward(page, shown.network)
    _gradients_read(page, shown)
    page.heading(heading(shown))
    for entries in shown.entries:
        if entries.expr == 0:
            continue
        page.blank()
        if shown.steps and entries.all_steps:
            page.formula(text(entries.lhs), style="bold")
            if sentence := called_in_steps(entries):
                page.prose(sentence, indent=6, style="dim")
            worked_steps(
                page, entries.all_steps, entries.derivation.gradients[entries.tensor.name].lhs
            )
        equation(page, entries.lhs, entries.expr)
        if entries.words:
            page.prose(entries.words, indent=6, style="italic green")
    if nothing := zeros(shown):
        page.blank()
        page.prose(nothing, indent=2, style="dim")
    page.blank()
    page.prose(_checked(shown), style="dim")
    _left_out(page, shown.network, [e.tensor.name for e in shown.entries])


def _gradients_read(page: Page, shown: ShownEntries) -> None:
    """The lines of the gradients that stand in the entries, and which come from outside."""
    read, given = read_by_entries(shown), outside_of_entries(shown)
    if read or given:
        page.heading("Backward")
    if given:
        names = ", ".join(map(text.name, given))
        come = "come" if ", " in names else "comes"
        page.prose(f"{names} {come} from outside.", indent=2, style="dim")
    for gradient in read:
        for left, right in gradient.lines:
            equation(page, left, right)


def _checked(shown: ShownEntries) -> str:
    count = counted(sum(len(e.all_steps) for e in shown.entries), "step")
    tried = next(iter(e.derivation.tried for e in shown.entries))
    more = "" if shown.steps else "; --steps shows them"
    return f"{count}, checked when they were made, at {tried}{more}."


def tangents_page(page: Page, shown: ShownTangents) -> None:
    """The network and its tangents, as one forward pass."""
    page.title(shown.network.title)
    page.prose(shown.network.text, style="dim")
    page.heading("Forward")
    forward(page, shown.network)
    page.blank()
    steps = sum(len(g.steps) for g in shown.derivation.gradients.values())
    page.prose(
        f"From {counted(steps, 'step')}, checked when they were made, at {shown.derivation.tried}.",
        style="dim",
    )
    _left_out(page, shown.network, moved_by(shown))


def _left_out(page: Page, network: Network, by: Sequence[str]) -> None:
    if sentence := left_out_sentence(network, by):
        page.prose(sentence, style="dim")
