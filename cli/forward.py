"""The forward pass on the screen: equations as a lecture writes them, and their tensors."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from sympy import Expr

from deltarule.calculus.families import Family, families_of
from deltarule.cli.page import Page
from deltarule.networks.equations import Equation
from deltarule.networks.network import Network
from deltarule.networks.recurrences import Recurrence, blocks, equations_of
from deltarule.networks.tensors import NOTED, Tensor
from deltarule.networks.unused import unused
from deltarule.reports.selection import beside
from deltarule.spelling.noting import noted
from deltarule.spelling.text import text

_ROLES: dict[str, str] = {
    "input": "input",
    "target": "target",
    "parameter": "parameters",
    "state": "states",
    "rate": "rates",
}
#: Where so many layers are alike, all that is alike is said once.
MANY_LAYERS = 5
#: Of more tensors of one role than this, the first and the last are said.
MOST_TENSORS = 12


def forward(page: Page, network: Network) -> None:
    """The forward equations in their order, and the tensors that they are between."""
    for left, right in network.definitions.items():
        equation(page, left, right)
    alike = families_of(network.equations)
    alike = alike if many(alike) else ()
    for block in blocks(network.equations):
        if isinstance(block, Recurrence):
            page.prose(f"for each {times(block)}:", indent=2, style="dim")
            for inner in equations_of(block):
                equation(page, inner.lhs, inner.rhs, indent=4)
        else:
            _straight(page, block, alike)
    for left, right in beside(network):
        equation(page, left, right)
    page.blank()
    for label, tensors in _by_roles(network):
        if tensors:
            page.labelled(label, ", ".join(_named(tensors)), indent=2, column=13, math=True)
    pieces = [f"{text.name(t.name)}, {_spelt(t)}" for t in network.tensors.values() if t.piece]
    if pieces:
        page.labelled("named", "; ".join(pieces), indent=2, column=13)
    for sentence in unused(network):
        page.labelled("unused", sentence, indent=2, column=13, style="yellow")


def _by_roles(network: Network) -> Iterator[tuple[str, list[Tensor]]]:
    """The tensors of each role, with what they are called together; constants and such apart."""
    for role, label in _ROLES.items():
        tensors = network.with_role(role)
        yield label, [t for t in tensors if t.note not in NOTED]
        for note, several in NOTED.items():
            yield several, [t for t in tensors if t.note == note]


def many(alike: Iterable[Family]) -> bool:
    """Whether there are so many layers that they are not said one by one."""
    return max((len(family.members) for family in alike), default=0) >= MANY_LAYERS


def _straight(page: Page, block: Equation, alike: Iterable[Family]) -> None:
    """One equation; of equations that are alike up to their layer, the general one at the first."""
    family = next((f for f in alike if block.name in f), None)
    if family is None:
        equation(page, block.lhs, block.rhs)
    elif block.name == family.members[0]:
        page.formula(family.text())
        page.prose(f"for {family.range()}", indent=6, style="dim")


def _spelt(piece: Tensor) -> str:
    """What a piece of a long line is: `the preactivation in θ`."""
    what, _, where = piece.note.rpartition(" ")
    return f"{what} {text.name(where)}"


def _named(tensors: Sequence[Tensor]) -> list[str]:
    if len(tensors) <= MOST_TENSORS:
        return [shaped(t) for t in tensors]
    return [*map(shaped, tensors[:3]), "…", shaped(tensors[-1])]


def shaped(tensor: Tensor) -> str:
    """A tensor with its extents, and what is declared of it: `x[N, C, H, W] (0 outside)`."""
    name = text.access(text.name(tensor.name), [text(a) for a in tensor.axes])
    said = []
    if tensor.outside is not None:
        said.append(f"{text(tensor.outside)} outside")
    if tensor.sums_to_one is not None:
        said.append("sums to 1")
    if tensor.points is not None:
        said.append(f"{'later' if tensor.points[1] > 0 else 'earlier'} positions, −1 for none")
    elif tensor.integers_below is not None:
        said.append(f"whole numbers below {text(tensor.integers_below)}")
    return f"{name} ({', '.join(said)})" if said else name


def equation(
    page: Page, left: Expr | None, right: Expr, indent: int = 2, lead: str = "", sign: str = "= "
) -> None:
    """An equation, with what limits its sums on lines of their own."""
    if page.set_equation(left, right, lead):
        return
    (shown,), notes = noted(right)
    if left is None:
        page.formula(shown, indent, lead=sign, hang=2)
    else:
        page.formula(f"{text(left)} = {shown}", indent, lead=lead)
    for note in notes:
        page.formula(note, indent + 4, style="dim")


def times(block: Recurrence) -> str:
    """`t = 0, 1, …, T − 1`, or the other way round."""
    index = next((i for _, i, _ in block.times if i is not None), None)
    last = text(block.extent - 1)
    return f"{index} = {last}, …, 1, 0" if block.direction < 0 else f"{index} = 0, 1, …, {last}"
