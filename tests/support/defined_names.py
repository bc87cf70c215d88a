"""Which names stand on the right sides of second derivatives and have no line on the page."""

from __future__ import annotations

from deltarule.calculus import derive
from deltarule.calculus.gradient_network import hessian_vector_network
from deltarule.calculus.jacobians import hessian
from deltarule.calculus.tangents import tangent_network
from deltarule.expressions.nodes import reads, tensor_name
from deltarule.networks.network import Network
from deltarule.reports.read_gradients import outside_of_entries, read_by_entries, with_read
from deltarule.reports.selection import chosen, outside
from deltarule.reports.things import ShownEntries


def undefined_in_entries(network: Network, wrt: tuple[str, ...] = ()) -> set[str]:
    """Of the page of the Hessian."""
    shown = ShownEntries(network, hessian(network, wrt))
    gradients = read_by_entries(shown)
    right = [e.expr for e in shown.entries] + [r for g in gradients for _, r in g.lines]
    return _read(right) - _forward(network) - {*outside_of_entries(shown)} - _left(gradients)


def undefined_in_products(network: Network, wrt: tuple[str, ...] = ()) -> set[str]:
    """Of the page of the Hessian times a vector."""
    product = hessian_vector_network(network, wrt)
    derivation = derive(product)
    gradients = with_read(chosen(derivation, wrt), derivation)
    right = [r for g in gradients for _, r in (*g.lines, *g.other_lines)]
    return _read(right) - _forward(product) - {*outside(derivation)} - _left(gradients)


def undefined_in_tangents(network: Network, wrt: tuple[str, ...] = ()) -> set[str]:
    """Of the page of the tangents."""
    whole, _ = tangent_network(network, wrt)
    return {n for e in whole.equations for n in e.read_names()} - _forward(whole)


def _forward(network: Network) -> set[str]:
    given = {t.name for t in network.tensors.values() if t.given or t.role == "state"}
    return given | {e.name for e in network.equations}


def _left(gradients) -> set[str]:
    return {tensor_name(left) for g in gradients for left, _ in g.lines}


def _read(formulas) -> set[str]:
    return {tensor_name(access) for formula in formulas for access in reads(formula)}
