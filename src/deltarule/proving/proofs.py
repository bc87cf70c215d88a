"""Proofs: a statement is a network and claims about it, and the engine examines each claim.

A claim is first tried out exactly, which refutes a false one with a counterexample. What passes
is then rewritten line by line until both sides have the same normal form: only that is called
proved. A claim that was proved is known to those after it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Protocol

from sympy import Expr, Integer

from deltarule.calculus.equality import Verdict, equal
from deltarule.calculus.normal_form import normal_form
from deltarule.calculus.reverse import derive
from deltarule.calculus.rules.rule import Rule
from deltarule.expressions.gradient_names import is_gradient
from deltarule.expressions.nodes import Read, Sum, reads, tensor_name
from deltarule.expressions.symbols import Index
from deltarule.networks.network import Network
from deltarule.proving.rewriting import rewritten
from deltarule.spelling.text import text


@dataclass(frozen=True)
class Line:
    """One line of a proof, in symbols: `before` is `after` by the rule `row`, for a reason."""

    before: str
    after: str
    row: Rule
    reason: str

    @property
    def rule(self) -> str:
        """The rule's name."""
        return self.row.name


@dataclass(frozen=True)
class Finding:
    """What became of a claim: proved, verified (by exact trial), refuted or undecided."""

    claim: str
    kind: str
    lines: tuple[Line, ...] = ()
    detail: str = ""


class Claim(Protocol):
    """Something about a network that holds or not."""

    def examine(self, network: Network) -> Finding:
        """Find out."""
        ...

    def known(self, network: Network) -> Network:
        """The network with what this claim says about it, once it is proved."""
        ...


@dataclass(frozen=True)
class Statement:
    """What is to be proved: its name, a sentence, a network, and what is claimed of it."""

    name: str
    sentence: str
    network: Callable[[], Network]
    claims: tuple[Claim, ...]


@dataclass(frozen=True)
class Proof:
    """A statement, its network, and what was found of each claim."""

    statement: Statement
    network: Network
    findings: tuple[Finding, ...]

    @property
    def kind(self) -> str:
        """The kind of the weakest finding: one refuted claim refutes the statement."""
        kinds = {finding.kind for finding in self.findings}
        order = ("refuted", "undecided", "verified", "proved")
        return next(kind for kind in order if kind in kinds)


def prove(statement: Statement) -> Proof:
    """Examine all claims of a `statement`, each with the help of those before it.

    Raises DeltaruleError for a network that cannot be read or derived.
    """
    network = written = statement.network()
    findings = []
    for claim in statement.claims:
        findings.append(claim.examine(network))
        if findings[-1].kind == "proved":
            network = claim.known(network)
    return Proof(statement, written, tuple(findings))


@dataclass(frozen=True)
class NoGradient:
    """The gradient by a tensor is 0 whatever the data."""

    tensor: str

    def examine(self, network: Network) -> Finding:
        """Derive it; the steps that end in 0 are the proof."""
        derivation = derive(network)
        network.tensor(self.tensor)
        gradient = derivation.gradients[self.tensor]
        claim = f"{text(gradient.lhs)} = 0"
        lines = tuple(Line(text(s.before), text(s.after), s.row, s.reason) for s in gradient.steps)
        if gradient.expr == 0:
            return Finding(claim, "proved", lines)
        ranges = tuple(zip(gradient.indices, gradient.tensor.axes, strict=True))
        verdict = equal(gradient.expr, Integer(0), network, ranges, derivation)
        return _found(claim, verdict, lines)

    def known(self, network: Network) -> Network:
        """Nothing that later claims could use."""
        return network


@dataclass(frozen=True)
class Same:
    """Two formulas of the network are equal for all entries; they may read gradients."""

    left: Expr
    right: Expr
    ranges: tuple[tuple[Index, Expr], ...]

    def examine(self, network: Network) -> Finding:
        """Try it out; then rewrite both sides until they have one normal form."""
        claim = f"{text(self.left)} = {text(self.right)}"
        names = [tensor_name(r) for e in (self.left, self.right) for r in reads(e)]
        gradients = any(map(is_gradient, names))
        derivation = derive(network) if gradients else None
        verdict = equal(self.left, self.right, network, self.ranges, derivation)
        if verdict.kind in ("proved", "different"):
            return _found(claim, verdict, ())
        lines: list[Line] = []
        ends = []
        for side in (self.left, self.right):
            for before, after, rule, reason in rewritten(side, network, derivation):
                lines.append(Line(text(before), text(after), rule, reason))
                side = after
            ends.append(side)
        if not normal_form(ends[0] - ends[1], self.ranges, network.definitions):
            return Finding(claim, "proved", tuple(lines), "Both sides end in the same formula.")
        return _found(claim, verdict, tuple(lines))

    def known(self, network: Network) -> Network:
        """Σ over one axis of a tensor = 1 is known from now on."""
        total = self.left
        if self.right != 1 or not isinstance(total, Sum) or not isinstance(total.body, Read):
            return network
        name, axes = tensor_name(total.body), total.body.indices
        if len(total.indices) != 1 or total.indices[0] not in axes:
            return network
        tensor = replace(network.tensors[name], sums_to_one=axes.index(total.indices[0]))
        return replace(network, tensors={**network.tensors, name: tensor})


def _found(claim: str, verdict: Verdict, lines: tuple[Line, ...]) -> Finding:
    if verdict.counterexample is not None:
        return Finding(claim, "refuted", lines, str(verdict.counterexample))
    return Finding(claim, verdict.kind, lines, verdict.detail)
