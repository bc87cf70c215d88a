"""Formulas for values after an update: Theta2 after = Theta2 − eta · dE/dTheta2."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from sympy import Expr

from deltarule.calculus import Derivation
from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.formulas.target import Target, entry_of
from deltarule.language.optimisers import memories, rates, update_equations
from deltarule.networks.equations import Equation
from deltarule.tracing.quantities import meant

#: Derivations with the names of an update, by the identity of the derivation, kept beside them.
_KNOWN: dict[tuple, tuple[Derivation, Derivation]] = {}
_MOST_KNOWN = 16


def update_target(
    derivation: Derivation, quantity: str, optimiser: str | None, rate: Fraction | None
) -> tuple[Derivation, Target] | None:
    """The right equation of a parameter after an update, and the derivation that knows its names.

    None for a quantity that is not after an update. Raises DeltaruleError where there is none.
    """
    reference = meant(quantity, derivation)
    if not reference.after:
        return None
    name = reference.name.removesuffix(" after")
    parameters = [t.name for t in derivation.network.with_role("parameter")]
    if name not in parameters:
        raise DeltaruleError(
            f"{name} is not updated",
            quantity,
            "parameters are: " + (", ".join(parameters) or "none"),
        )
    if optimiser is None:
        raise DeltaruleError(
            "there is no update on this sheet, so that nothing comes after it",
            quantity,
            "write rate = 0.1 on the sheet, or give the formula of "
            + derivation.gradient_name(name),
        )
    wider = _with_update(derivation, name, optimiser, rate)
    equations = {
        e.name: e for e in update_equations(optimiser, derivation.network, derivation.of, [name])
    }
    equation = _written_out(equations.pop(f"{name} after"), equations)
    return wider, Target(equation, entry_of(reference.entry, equation, quantity))


def _written_out(equation: Equation, others: dict[str, Equation]) -> Equation:
    """An equation in terms of what there was before the update."""

    def out(access: Read) -> Expr:
        other = others.get(tensor_name(access))
        if other is None:
            return access
        inner = other.rhs_at(access)
        return replace_reads(inner, out)

    return replace(equation, rhs=replace_reads(equation.rhs, out))


def _with_update(
    derivation: Derivation, parameter: str, optimiser: str, rate: Fraction | None
) -> Derivation:
    """The derivation whose network has the rates and the memories of an update too."""
    key = (id(derivation), parameter, optimiser, rate)
    known = _KNOWN.get(key)
    if known is not None and known[0] is derivation:
        return known[1]
    network = derivation.network
    kept = {
        name: replace(tensor, role="input")
        for name, tensor in memories(optimiser, network, [parameter]).items()
    }
    wider = replace(
        derivation,
        network=replace(
            network,
            tensors={**network.tensors, **kept},
            scalars={**network.scalars, **rates(optimiser, rate)},
        ),
    )
    if len(_KNOWN) >= _MOST_KNOWN:
        _KNOWN.clear()
    _KNOWN[key] = (derivation, wider)
    return wider
