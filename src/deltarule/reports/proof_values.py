"""Proofs as plain values for JSON."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.proving.proofs import Proof, Statement
from deltarule.spelling.text import equation_text


def proof_values(proof: Proof) -> dict:
    """`statement`, `kind`, the forward equations, and of each claim what was found and why."""
    return {
        "statement": proof.statement.name,
        "sentence": proof.statement.sentence,
        "kind": proof.kind,
        "forward": [equation_text(e.lhs, e.rhs) for e in proof.network.equations],
        "claims": [
            {
                "claim": finding.claim,
                "kind": finding.kind,
                "detail": finding.detail,
                "lines": [
                    {"before": n.before, "after": n.after, "rule": n.rule, "reason": n.reason}
                    for n in finding.lines
                ],
            }
            for finding in proof.findings
        ],
    }


def statements_values(statements: Sequence[Statement]) -> dict:
    """The statements that can be proved or refuted."""
    return {"statements": [{"name": s.name, "sentence": s.sentence} for s in statements]}
