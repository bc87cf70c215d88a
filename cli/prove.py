"""`derive --prove NAME`: a statement, what became of it, and every line that shows it."""

from __future__ import annotations

from collections.abc import Sequence

from deltarule.cli.derive_command import Derive
from deltarule.cli.formats import show
from deltarule.cli.forward import forward
from deltarule.cli.page import Page
from deltarule.cli.screen import busy
from deltarule.proving.proofs import Finding, Proof, Statement, prove
from deltarule.proving.statements import STATEMENTS, statement

_STYLES = {"proved": "bold green", "verified": "bold green", "refuted": "bold red"}


def show_proof(asked: Derive) -> int:
    """Prove or refute; the exit status is 1 for what does not hold or is not decided."""
    name, format = asked.prove or "", asked.format
    if name.strip().lower() == "list":
        show(STATEMENTS, "the list of statements", format)
        return 0
    with busy(f"proving {name}"):
        proof = prove(statement(name))
    show(proof, "a proof", format)
    return 0 if proof.kind in ("proved", "verified") else 1


def statements_page(page: Page, statements: Sequence[Statement]) -> None:
    """The names of the statements, and what they say."""
    page.title("Statements to prove or refute")
    for each in statements:
        page.blank()
        page.prose(each.name, indent=2, style="bold")
        page.prose(each.sentence, indent=4)
    page.blank()
    page.prose("derive --prove NAME; a part of the name that no other has is enough.")


def proof_page(page: Page, proof: Proof) -> None:
    """The statement, the network that it is about, and each claim with its lines."""
    page.title(proof.statement.name)
    page.prose(proof.statement.sentence, style="dim")
    page.heading("Forward")
    forward(page, proof.network)
    for finding in proof.findings:
        page.heading("Claim")
        _claim(page, finding)
    page.blank()
    sizes = ", for sizes of 1 or more" if proof.kind == "proved" else ""
    page.prose(f"The statement is {proof.kind}{sizes}.", style=_STYLES.get(proof.kind, "bold"))


def _claim(page: Page, finding: Finding) -> None:
    page.formula(finding.claim, style="bold")
    column = max((len(line.rule) for line in finding.lines), default=0) + 2
    for number, line in enumerate(finding.lines, 1):
        page.blank()
        page.labelled(f"{number}  {line.rule}", line.reason, indent=2, column=column + 4)
        page.formula(f"{line.before} = {line.after}", indent=6)
    page.blank()
    page.prose(f"{finding.kind}{_because(finding)}", indent=2, style=_STYLES.get(finding.kind, ""))


def _because(finding: Finding) -> str:
    return f": {finding.detail}" if finding.detail else ""
