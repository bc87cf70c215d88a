"""Rules of the calculus as plain values for JSON."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from deltarule.calculus.rules.rule import Given, Rule
from deltarule.proving.cited import EVERYWHERE
from deltarule.spelling.text import equation_text, text


def rule_values(rule: Rule) -> dict:
    """One rule: `rule`, `statement`, `reason`, `example` with what is `given`, `where`, `seen`."""
    example = rule.example()
    return {
        "rule": rule.name,
        "statement": rule.statement,
        "reason": rule.reason,
        "example": f"{text(example.before)} = {text(example.after)}",
        "given": list(given_lines(example.given)),
        "note": example.note,
        "where": next(part for part, rules in EVERYWHERE.items() if rule in rules),
        "seen": rule.seen,
    }


def rules_values(parts: Mapping[str, Iterable[Rule]]) -> dict:
    """All rules, part by part."""
    return {"rules": [rule_values(rule) for rules in parts.values() for rule in rules]}


def given_lines(given: Given) -> Iterator[str]:
    """What an example takes for known: equations, gradients, and what is declared of tensors."""
    for equation in (*given.network.equations, *given.gradients.values()):
        yield equation_text(equation.lhs, equation.rhs)
    for tensor in given.network.tensors.values():
        axes = ", ".join(text(n) for n in tensor.axes)
        if tensor.outside is not None:
            yield f"{tensor.name}[{axes}] is {text(tensor.outside)} outside"
        if tensor.sums_to_one is not None:
            yield f"{tensor.name}[{axes}] adds up to 1"
        if tensor.integers_below is not None:
            yield f"{tensor.name} is one of 0, …, {text(tensor.integers_below - 1)}"
