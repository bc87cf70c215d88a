"""A derivation on the screen: forward as a lecture writes it, then the gradients, then why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr

from deltarule.calculus.steps import Derivation, Gradient, Step
from deltarule.cli.notes import noted
from deltarule.cli.page import Page
from deltarule.notation.networks import Network
from deltarule.notation.recurrences import Recurrence, blocks, equations_of
from deltarule.notation.tensors import Tensor
from deltarule.notation.text import equation_text, text
from deltarule.reports.selection import is_seed, outside, starts, through

_ROLES = {
    "input": "input", "target": "target", "parameter": "parameters", "state": "states",
    "rate": "rates",
}  # fmt: skip


def derivation_page(
    page: Page, derivation: Derivation, gradients: Sequence[Gradient], steps: bool
) -> None:
    """Title, forward equations and the gradients; every step of them if `steps`."""
    network = derivation.network
    page.title(network.title)
    if network.text:
        page.prose(network.text, style="dim")
    page.heading("Forward")
    forward(page, network)
    if not derivation.gradients:
        page.blank()
        page.prose("An update uses gradients and has none of its own.", style="dim")
        return
    page.heading("Backward")
    given = [text.name(name) for name in outside(derivation)]
    if given:
        page.prose(f"{', '.join(given)} comes from outside.", indent=2, style="dim")
    told = [g for g in gradients if steps or not is_seed(g)] or gradients
    for order, group in _in_order(derivation, told):
        if order:
            page.blank()
            page.prose(order, indent=2, style="dim")
        for gradient in group:
            page.blank()
            if steps:
                worked(page, gradient)
            else:
                closed_form(page, gradient)
    page.blank()
    if not steps:
        page.prose(_checked(told), style="dim")


def brief_page(page: Page, gradients: Iterable[Gradient]) -> None:
    """One line a gradient."""
    for gradient in gradients:
        page.formula(equation_text(gradient.lhs, gradient.expr), indent=0)


def forward(page: Page, network: Network) -> None:
    """The forward equations in their order, and the tensors that they are between."""
    for left, right in network.definitions.items():
        _equation(page, left, right)
    for block in blocks(network.equations):
        indent = 2
        if isinstance(block, Recurrence):
            page.prose(f"for each {_times(block)}:", indent=2, style="dim")
            indent = 4
        for equation in equations_of(block):
            _equation(page, equation.lhs, equation.rhs, indent)
    for left, right in starts(network):
        _equation(page, left, right)
    page.blank()
    for role, label in _ROLES.items():
        tensors = network.with_role(role)
        if tensors:
            page.labelled(label, ", ".join(map(shaped, tensors)), indent=2, column=13)


def shaped(tensor: Tensor) -> str:
    """A tensor with its extents, and what is declared of it: `x[N, C, H, W] (0 outside)`."""
    name = text.access(text.name(tensor.name), [text(a) for a in tensor.axes])
    said = []
    if tensor.outside is not None:
        said.append(f"{text(tensor.outside)} outside")
    if tensor.sums_to_one is not None:
        said.append("sums to 1")
    if tensor.whole_below is not None:
        said.append(f"whole numbers below {text(tensor.whole_below)}")
    return f"{name} ({', '.join(said)})" if said else name


def closed_form(page: Page, gradient: Gradient) -> None:
    """The formula, its ranges, the same in words, and where it comes from."""
    _equation(page, gradient.lhs, gradient.expr)
    if gradient.words:
        page.prose(gradient.words, indent=6, style="italic green")
    for alternative in gradient.alternatives:
        _equation(page, gradient.lhs, alternative, lead="or ")
    path = ", ".join(text.name(name) for name in through(gradient))
    if path:
        count = len(gradient.steps)
        page.prose(f"through {path}, in {count} step{'s' * (count != 1)}", indent=6, style="dim")


def worked(page: Page, gradient: Gradient) -> None:
    """The numbered steps of one gradient, and its closed form in words at the end."""
    page.formula(text(gradient.lhs), style="bold")
    before: Expr = gradient.lhs
    for number, step in enumerate(gradient.steps, 1):
        _step(page, number, step, before)
        before = step.after
    if gradient.words:
        page.labelled("in words", gradient.words, indent=2, style="italic green", column=10)


def _step(page: Page, number: int, step: Step, before: Expr) -> None:
    lead = f"{number:>2}  "
    page.formula(step.rule, indent=2, style="cyan", lead=lead)
    if step.before != before:
        _equation(page, None, step.before, indent=6, sign="  ")
    _equation(page, None, step.after, indent=6)
    page.prose(step.reason, indent=8, style="dim")
    if step.condition:
        page.labelled("where", step.condition, indent=8, math=True)
    page.labelled("checked", step.verified, indent=8, column=9)


def _equation(
    page: Page, left: Expr | None, right: Expr, indent: int = 2, lead: str = "", sign: str = "= ",
) -> None:  # fmt: skip
    """An equation, with what limits its sums on lines of their own."""
    (shown,), notes = noted(right)
    if left is None:
        page.formula(shown, indent, lead=sign, hang=2)
    else:
        page.formula(f"{text(left)} = {shown}", indent, lead=lead)
    for note in notes:
        page.formula(note, indent + 4, style="dim")


def _in_order(
    derivation: Derivation, gradients: Sequence[Gradient]
) -> Iterable[tuple[str, list[Gradient]]]:
    """The gradients in groups: those that run backwards through time together."""
    by_name = {g.name: g for g in gradients}
    for block in blocks(derivation.equations()):
        group = [by_name.pop(e.name) for e in equations_of(block) if e.name in by_name]
        if group:
            yield f"for each {_times(block)}:" if isinstance(block, Recurrence) else "", group


def _times(block: Recurrence) -> str:
    """`t = 0, 1, …, T − 1`, or the other way round."""
    index = next((i for _, i, _ in block.times if i is not None), None)
    first, last = "0", text(block.extent - 1)
    if block.direction < 0:
        return f"{index} = {last}, …, 1, 0"
    return f"{index} = {first}, 1, …, {last}"


def _checked(gradients: Sequence[Gradient]) -> str:
    steps = [step for gradient in gradients for step in gradient.steps]
    ways = {way: None for step in steps for way in step.verified.partition(" at ")[0].split(", ")}
    ways.pop("by definition", None)
    return (
        f"All {len(steps)} steps were checked when they were made "
        f"({', '.join(ways) or 'by definition'}); --steps shows them."
    )
