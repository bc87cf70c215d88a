"""`derive --explain RULE`: what a rule says, why, an example, and where it is seen."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from deltarule.calculus.rules.rule import Example, Rule
from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.forward import equation
from deltarule.cli.page import Page
from deltarule.proving.cited import EVERYWHERE, cited
from deltarule.reports.rule_values import given_lines


def show_rule(asked: Derive) -> int:
    """One rule, or all of them for `list`. Raises DeltaruleError for an unknown rule."""
    name = asked.explain or ""
    if name.strip().lower() == "list":
        show(EVERYWHERE, "the list of rules", asked.format)
    else:
        show(cited(name), "the explanation of a rule", asked.format)
    return 0


def rules_page(page: Page, parts: Mapping[str, Iterable[Rule]]) -> None:
    """All rules by the part of a derivation that they belong to, with what each says."""
    for part, rules in parts.items():
        page.heading(part)
        for rule in rules:
            page.labelled(rule.name, rule.statement, indent=2, column=26, math=True)
    page.blank()
    page.prose("derive --explain RULE shows one, with an example.")


def rule_page(page: Page, rule: Rule) -> None:
    """One rule: statement, reason, example, and where it is seen."""
    page.title(rule.name)
    page.formula(rule.statement, indent=2, style="bold")
    page.prose(rule.reason, indent=2)
    page.heading("Example")
    _example(page, rule.example())
    page.heading("Where")
    page.prose(f"{next(part for part, rules in EVERYWHERE.items() if rule in rules)}.", indent=2)
    shown = f"{rule.seen} shows it." if rule.seen else "No derivation of the catalogue comes to it."
    page.prose(shown, indent=2)


def _example(page: Page, example: Example) -> None:
    equation(page, example.before, example.after)
    for line in given_lines(example.given):
        page.labelled("given", line, indent=4, column=6, math=True)
    if example.note:
        page.prose(example.note, indent=4, style="dim")
