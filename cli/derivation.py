"""A derivation on the screen: forward as a lecture writes it, then the gradients, then why."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sympy import Expr

from deltarule.calculus.alike import alike
from deltarule.calculus.families import Family, families
from deltarule.calculus.steps import Derivation, Gradient, Step
from deltarule.cli.forward import equation, forward, many, times
from deltarule.cli.page import Page
from deltarule.networks.layer_numbers import number_of
from deltarule.networks.recurrences import Recurrence, blocks, equations_of
from deltarule.reports.left_out import how_it_was_read, left_out_sentence
from deltarule.reports.selection import by_kind, in_a_row, is_seed, outside, pieces_read, through
from deltarule.reports.things import ShownDerivation
from deltarule.spelling.counted import counted
from deltarule.spelling.text import equation_text, text

#: Of more gradients that are like another one, the first and the last are named.
MOST_NAMED = 8

#: A formula of more lines has what limits its sums below it.
MOST_LINES = 4


def derivation_page(page: Page, shown: ShownDerivation) -> None:
    """Title, forward equations and the gradients, or their steps."""
    derivation, gradients = shown.derivation, shown.gradients
    network = derivation.network
    page.title(network.title)
    if network.text:
        page.prose(network.text, style="dim")
    page.heading("Forward")
    forward(page, network)
    if shown.steps and shown.inner:
        page.heading("Gradients among the lines")
        for gradient in shown.inner:
            page.blank()
            worked(page, gradient, shown.every)
    if not derivation.gradients:
        page.blank()
        page.prose("An update uses gradients and has none of its own.", style="dim")
        return
    page.heading("Backward")
    given = [text.name(name) for name in outside(derivation)]
    if given:
        come = "comes" if len(given) == 1 else "come"
        page.prose(f"{', '.join(given)} {come} from outside.", indent=2, style="dim")
    chosen = [g for g in gradients if shown.steps or not is_seed(g)] or gradients
    if shown.steps:
        _all_worked(page, derivation, chosen, shown.every)
        _left_out(page, shown)
        return
    kinds = by_kind(chosen)
    others = {first.name: rest for first, *rest in kinds}
    chosen = [first for first, *_ in kinds]
    alike = families(derivation) if len(chosen) > 1 and not any(others.values()) else ()
    for order, group in _in_order(derivation, chosen):
        if order:
            page.blank()
            page.prose(order, indent=2, style="dim")
        for gradient in group:
            _closed_form_or_family(page, gradient, alike if many(alike) else ())
            _likewise(page, others[gradient.name], indent=6)
    if not many(alike):
        _recursion(page, alike)
    page.blank()
    page.prose(_checked(derivation, kinds), style="dim")
    _left_out(page, shown)


def brief_page(page: Page, shown: ShownDerivation) -> None:
    """One line a gradient; of layers that are alike, one for all of them.

    Before them stand the pieces of the forward pass that got names, as far as they are read. What
    limits the sums of a long line stands below it. There is none for ∂E/∂E, unless it is asked
    for alone.
    """
    gradients = shown.gradients
    page.named(f"Gradients of {shown.derivation.network.name}")
    for piece in pieces_read(shown.derivation, gradients):
        _brief_line(page, piece.lhs, piece.rhs)
    for first, *others in by_kind([g for g in gradients if g.expr != 1] or gradients):
        for left, right in first.lines:
            _brief_line(page, left, right)
        _likewise(page, others, indent=4)
    _left_out(page, shown)


def _left_out(page: Page, shown: ShownDerivation) -> None:
    by = [g.tensor.name for g in shown.gradients]
    if said := how_it_was_read(shown.derivation.network):
        page.prose(said, style="dim")
    if sentence := left_out_sentence(shown.derivation.network, by):
        page.prose(sentence, style="dim")


def _brief_line(page: Page, left: Expr, right: Expr) -> None:
    formula = equation_text(left, right)
    if page.set_equation(left, right):
        return
    if page.lines_of(formula) <= MOST_LINES:
        page.formula(formula, indent=0)
    else:
        equation(page, left, right, indent=0)


def _likewise(page: Page, others: Sequence[Gradient], indent: int) -> None:
    """The gradients that are as the one before, in layers of other names and sizes."""
    if not others:
        return
    names = [text.name(gradient.name) for gradient in others]
    if len(names) > MOST_NAMED:
        names = [*names[: MOST_NAMED - 2], "…", names[-1]]
    count = f" ({len(others)} layers)" if len(others) > 1 else ""
    sentence = f"likewise, with names and sizes of their own: {', '.join(names)}{count}"
    page.prose(sentence, indent=indent, style="dim")


def _closed_form_or_family(page: Page, gradient: Gradient, alike: Sequence[Family]) -> None:
    """A closed form; of many that are alike up to their layer, the general one at the first."""
    family = next((f for f in alike if gradient.name in f), None)
    if family is None:
        page.blank()
        closed_form(page, gradient)
    elif gradient.name == max(family.members, key=_number):
        page.blank()
        general_form(page, family)


def _number(name: str) -> int:
    return number_of(name) or 0


def general_form(page: Page, family: Family) -> None:
    """The formula of layer k, in words too, and for which k it holds."""
    page.formula(family.text())
    if family.words:
        page.prose(family.words, indent=6, style="italic green")
    page.prose(f"for {family.range()}", indent=6, style="dim")


def _recursion(page: Page, alike: Sequence[Family]) -> None:
    """What few layers have in common, after their own formulas."""
    if alike:
        page.heading("In general")
    for family in alike:
        page.blank()
        general_form(page, family)


def closed_form(page: Page, gradient: Gradient) -> None:
    """The formula, its ranges, the same in words, and where it comes from."""
    for left, right in gradient.lines:
        equation(page, left, right)
    if gradient.words:
        page.prose(gradient.words, indent=6, style="italic green")
    for left, right in gradient.other_lines:
        equation(page, left, right, lead="or ")
    _notes(page, gradient)
    path = ", ".join(text.name(name) for name in through(gradient))
    if path:
        count = counted(len(gradient.steps), "step")
        page.prose(f"through {path}, in {count}", indent=6, style="dim")


def worked(page: Page, gradient: Gradient, every: bool = False) -> None:
    """The numbered steps of one gradient, and its closed form in words at the end.

    Of many steps, those that take one rule several times in a row stand together, unless `every`.
    """
    page.formula(text(gradient.lhs), style="bold")
    worked_steps(page, gradient.steps, gradient.lhs, every)
    if gradient.words:
        page.labelled("in words", gradient.words, indent=2, style="italic green", column=10)
    _notes(page, gradient)


def worked_steps(page: Page, steps: Sequence[Step], before: Expr, every: bool = False) -> None:
    """The numbered steps from a formula on."""
    for first, last, step in in_a_row(steps, every):
        _step(page, f"{first}" if first == last else f"{first}–{last}", step, before)
        before = step.after


def _all_worked(
    page: Page, derivation: Derivation, gradients: Sequence[Gradient], every: bool
) -> None:
    """The steps of the gradients; of those with the steps of an earlier one, how they differ."""
    kinds = [[g] for g in gradients] if every else by_kind(gradients)
    others = {first.name: rest for first, *rest in kinds}
    gradients = [first for first, *_ in kinds]
    same = {} if every else alike(derivation, gradients)
    for gradient in gradients:
        page.blank()
        if gradient.name in same:
            for left, right in gradient.lines:
                equation(page, left, right)
            own = text.name(gradient.tensor.name)
            page.prose(same[gradient.name].sentence(own), indent=6, style="dim")
        else:
            worked(page, gradient, every)
        _likewise(page, others[gradient.name], indent=6)
    page.blank()
    rows = (r for g in gradients if g.name not in same for r in in_a_row(g.steps, every))
    left_out = bool(same) or any(others.values())
    shown = " --all shows the steps of every gradient." if left_out else ""
    if any(first != last for first, last, _ in rows):
        shown = " --all shows every step of every gradient."
    share = _share_proved(gradients)
    page.prose(f"Checked at {derivation.tried}. {share}{shown}", style="dim")


def _share_proved(gradients: Iterable[Gradient]) -> str:
    """How many of the steps of some gradients are proved, as a sentence; empty without steps."""
    steps = [step for gradient in gradients for step in gradient.steps]
    proved = sum(bool(step.proved) for step in steps)
    if not steps:
        return ""
    if proved == len(steps):
        return f"{'All steps are' if proved > 1 else 'It is'} proved for all sizes."
    return f"{proved} of {counted(len(steps), 'step')} are proved for all sizes."


def _notes(page: Page, gradient: Gradient) -> None:
    for note in gradient.notes:
        page.prose(note, indent=6, style="dim")


def _step(page: Page, number: str, step: Step, before: Expr) -> None:
    lead = f"{number:>2}  "
    page.formula(step.rule, indent=2, style="cyan", lead=lead)
    if step.before != before:
        equation(page, None, step.before, indent=6, sign="  ")
    equation(page, None, step.after, indent=6)
    page.prose(step.reason, indent=8, style="dim")
    if step.condition:
        page.labelled("where", step.condition, indent=8, math=True)
    page.labelled("checked", step.checked, indent=8, column=9)


def _in_order(
    derivation: Derivation, gradients: Sequence[Gradient]
) -> Iterable[tuple[str, list[Gradient]]]:
    """The gradients in groups: those that run backwards through time together."""
    by_name = {g.name: g for g in gradients}
    for block in blocks(derivation.equations()):
        group = [by_name.pop(e.name) for e in equations_of(block) if e.name in by_name]
        if group:
            yield f"for each {times(block)}:" if isinstance(block, Recurrence) else "", group


def _checked(derivation: Derivation, kinds: Sequence[Sequence[Gradient]]) -> str:
    count = sum(len(gradient.steps) for kind in kinds for gradient in kind)
    steps = [step for first, *_ in kinds for step in first.steps]
    ways = {way: None for step in steps for way in step.verified.partition(" at ")[0].split(", ")}
    ways.pop("by definition", None)
    return (
        f"{'All ' if count > 1 else ''}{counted(count, 'step')} "
        f"{'were checked when they were' if count > 1 else 'was checked when it was'} made "
        f"({', '.join(ways) or 'by definition'}), at {derivation.tried}; --steps shows them."
    )
