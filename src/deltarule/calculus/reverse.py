"""Reverse accumulation: the gradient of a network with respect to each of its tensors.

For every equation Y[I] = e that reads X[a], the gradient of X at U collects
Σ_{I, J} ∂E/∂Y[I]·∂e/∂X[a]·δ(a, U); the deltas are then eliminated. Backpropagation through
layers and through convolutions is this one rule.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from deltarule.calculus.backward_order import (
    backwards,
    live_tensors,
    refuse_read_roots,
    roots,
    varying,
)
from deltarule.calculus.by_layers import derive_by_layers, is_large
from deltarule.calculus.gradient_work import GradientWork
from deltarule.calculus.rules.rule import Rule
from deltarule.calculus.rules.table import SIMPLIFICATIONS
from deltarule.calculus.steps import Derivation, Gradient
from deltarule.calculus.symmetric_lines import with_symmetric_lines
from deltarule.calculus.verify import Verifier
from deltarule.errors import DeltaruleError, in_short
from deltarule.expressions.given_arguments import known_name, known_seed
from deltarule.expressions.gradient_names import gradient_name
from deltarule.language.load import network_of
from deltarule.language.optimisers import is_update
from deltarule.matrix_form import MatrixForms
from deltarule.networks.network import Network
from deltarule.networks.tensors import Tensor


def derive(
    network: Network | str | Path,
    /,
    of: str | None = None,
    seed: int = 0,
    rules: Sequence[Rule] = SIMPLIFICATIONS,
    **options,
) -> Derivation:
    """All gradients of a network's loss, each step of them verified.

    `network` is one, or the name or path of a derivation, with its `options` as for `load`. A
    gradient has the shape of its tensor; sizes without a number stay symbols. `of` names another
    tensor to differentiate; its own gradient is then the upstream gradient, as that of a layer's
    output is. An update, which uses a gradient, has none itself. `seed` chooses the sizes and
    values that steps are tried at. `rules` simplify each closed form, the first that applies; a
    rule of one's own goes among them.
    The method is reverse accumulation (Griewank and Walther, Evaluating Derivatives, 2008, ch. 3),
    with Kronecker deltas for indices: ∂X[a]/∂X[u] = δ(a, u) (Laue, Mitterreiter and Giesen,
    Computing Higher Order Derivatives of Matrix and Tensor Expressions, NeurIPS 2018).
    Raises DeltaruleError for an unknown `of` and for what is no network or no rule, and Unverified,
    which is one too, where the two sides of a step differ.
    """
    network = network_of(network, "derive", **options)
    of = None if of is None else known_name("of", of, "derive", 'of="y"')
    seed, rules = known_seed(seed, "derive"), _known_rules(rules)
    if is_large(network) and not is_update(network):
        found = derive_by_layers(
            network, of, seed, lambda layers: derive_with(Verifier, layers, None, seed, rules)
        )
        if found is not None:
            return found
    return derive_with(Verifier, network, of, seed, rules)


def derive_with(
    verified_by: Callable[[Network, dict[str, Tensor], int], Any],
    network: Network,
    of: str | None = None,
    seed: int = 0,
    rules: Sequence[Rule] = SIMPLIFICATIONS,
) -> Derivation:
    """All gradients, as by `derive`; what `verified_by` makes has the methods of Verifier."""
    if is_update(network):
        return Derivation(network, "", {}, seed=seed)
    root, upstream = roots(network, of)
    names = tuple(t.name for t in upstream)
    verifier = verified_by(network, {gradient_name(root, t.name): t for t in upstream}, seed)
    live = live_tensors(network, {root, *names})
    refuse_read_roots(network, names, live)
    moving, known = varying(network), with_symmetric_lines(network)
    gradients: dict[str, Gradient] = {}
    for group in backwards(network):
        wanted = [t for t in group if t.name not in names and t.name in moving]
        if len(wanted) > 1 or _reads_itself(network, wanted):
            verifier.assume({gradient_name(root, t.name): t for t in wanted})
        works = [GradientWork(known, t, root, gradients, verifier, live, rules) for t in wanted]
        found = {work.tensor.name: work.gradient() for work in works}
        gradients.update(found)
        verifier.learn([g.equation() for g in found.values()])
    matrix_forms = MatrixForms(known, root, names, (g.equation() for g in gradients.values()))
    worded = {name: replace(g, matrix_forms=matrix_forms) for name, g in gradients.items()}
    return Derivation(network, root, worded, names, seed, settings=verifier.settings)


def _known_rules(rules: object) -> tuple[Rule, ...]:
    """Rules, in order. Raises DeltaruleError for what is none."""
    given = tuple(rules) if isinstance(rules, Iterable) else (rules,)
    for rule in given:
        if not isinstance(rule, Rule):
            raise DeltaruleError(
                f"{in_short(rule)} is no rule",
                "rules of derive",
                "make one of it: Rule(name, statement, reason, apply, example)",
            )
    return tuple(r for r in given if isinstance(r, Rule))


def _reads_itself(network: Network, tensors: list[Tensor]) -> bool:
    return any(t.name in e.read_names() for t in tensors for e in network.equation_of(t.name))
