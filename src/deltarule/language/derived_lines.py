"""The word `gradient(y, x)`: a line that is the gradient of another, for losses that read it.

    D[n] = Sum[k](a[k] * h[n, k])                   a critic
    g = gradient(D, x)                              g[n, d] is ∂D[n]/∂x[n, d]
    P = loss("P", Mean[n]((sqrt(Sum[d](g[n, d] ** 2)) - 1) ** 2))

Of a y with several entries it is the gradient of their sum, as of `y.sum().backward()`: where each
y[n] depends on the x of its own n alone, as for an example or a point, it is ∂y[n]/∂x[n].
The closed form is derived here and now, and stands in the network as equations, from which the
loss's gradients by the weights are derived like any others.
"""

from __future__ import annotations

from dataclasses import replace
from importlib import import_module

from deltarule.errors import DeltaruleError
from deltarule.expressions.nodes import Read, Sum, read
from deltarule.language.declarations import Name, Page, current
from deltarule.language.given_expressions import checked_name
from deltarule.language.updates import upstream_gradient
from deltarule.networks.argmax_equations import unused_name
from deltarule.networks.equations import Equation
from deltarule.networks.network import GradientLines, Network
from deltarule.networks.reachability import depending_on, needed_for
from deltarule.networks.tensors import Tensor
from deltarule.spelling.names import pretty

#: The calculus stands above the language: it is imported when a file first asks for a gradient.
_CALCULUS = "deltarule.calculus.gradient_equations"


def gradient(of: Name | str, *by, name: str | None = None, note: str = "") -> Name:
    """`gradient(y, x)`: the gradient of the sum of all entries of y by x, with the axes of x.

    It is read like any tensor, g[n, d], and may be differentiated itself: gradient(u_x, x). Its
    `name` is y_x if none is given. The equations of y stand before it.
    `gradient("g", N, D)`, with a name, declares the gradient that an update uses.
    Raises DeltaruleError for what is no tensor, for a y that no equation gives or that does not
    depend on x, and for integers.
    """
    page = current()
    if isinstance(of, str):
        return upstream_gradient(of, *by, note=note)
    value, tensor = _tensors((of, *by), page)
    written = {e.name for e in page.equations}
    if value.name not in written:
        raise DeltaruleError(
            f"{value.name} has no equation yet, and so no gradient",
            page.place(),
            f"write the equations that lead to {value.name} above this line",
        )
    _refuse_constants(value, tensor, page)
    part = _part(page, value, tensor)
    return _added(page, part, value, tensor, name)


def _tensors(given: tuple, page: Page) -> tuple[Tensor, Tensor]:
    """The two tensors. Raises DeltaruleError for another number, and for entries and formulas."""
    for what in given:
        if isinstance(what, Name):
            continue
        entry = isinstance(what, Read)
        raise DeltaruleError(
            f"gradient({', '.join(map(str, given))}) is not about two tensors",
            page.place(),
            "give the tensors without subscripts, gradient(y, x), and read g[n, d] of what it is"
            if entry
            else "give a formula a line of its own first, y[n] = …, then gradient(y, x)",
        )
    if len(given) != 2:
        raise DeltaruleError(
            f"gradient takes two tensors, not {len(given)}",
            page.place(),
            "write gradient(y, x): of y, by x",
        )
    value, tensor = given
    return page.tensors[value.tensor.name], page.tensors[tensor.tensor.name]


def _refuse_constants(value: Tensor, tensor: Tensor, page: Page) -> None:
    if tensor.integral:
        raise DeltaruleError(
            f"{tensor.name} holds integers: there is no gradient by it",
            page.place(),
            "take the gradient by an input or a parameter of real numbers",
        )
    if value.name not in depending_on(page.equations, [tensor.name]) - {tensor.name}:
        raise DeltaruleError(
            f"{value.name} does not depend on {tensor.name}: the gradient is 0",
            page.place(),
            f"take it by a tensor that the equations of {value.name} read",
        )


def _part(page: Page, value: Tensor, by: Tensor) -> Network:
    """What leads to the value, from `by` on, with the sum of its entries as the loss."""
    lines = page.equations
    own = {n for e in lines if e.name == by.name for n in e.read_names()}
    if by.name not in needed_for(lines, own):
        lines = [e for e in lines if e.name != by.name]
    needed = needed_for(lines, [value.name])
    equations = [e for e in lines if e.name in needed]
    written = {e.name for e in equations}
    tensors = {n: _inside(t, written) for n, t in page.tensors.items() if n in needed}
    if by.given:  # data, too, has a gradient that one may ask for: a place, a time
        tensors[by.name] = replace(tensors[by.name], role="input")
    total = unused_name(f"S_{value.name}", page.tensors)
    tensors[total] = Tensor(total, (), "loss")
    (*_, last) = [e for e in equations if e.name == value.name]
    at = last.axis_indices
    body = Sum(read(value.name, *at), tuple(zip(at, value.axes, strict=True)))
    equations.append(Equation(total, (), body, (), page.place()))
    part = replace(page, tensors=tensors, equations=equations, uses=[], derived=[], options={})
    title = f"the sum of all entries of {pretty(value.name)}" if value.axes else pretty(value.name)
    return part.network(title, "")


def _inside(tensor: Tensor, written: set[str]) -> Tensor:
    """A tensor of the part: nothing is put out, and what the gradient is by is given."""
    if tensor.name in written:
        ends = tensor.role in ("output", "loss")
        return replace(tensor, role="intermediate") if ends else tensor
    return tensor if tensor.given else replace(tensor, role="input")


def _added(page: Page, part: Network, value: Tensor, tensor: Tensor, name: str | None) -> Name:
    """The lines of the gradient, on the page."""

    def named(by: str) -> str:
        wanted = name is not None and by == tensor.name
        return checked_name(name, page, "gradient") if wanted else _usual(page, value.name, by)

    try:
        made = import_module(_CALCULUS).gradient_equations(part, tensor.name, named)
    except DeltaruleError as error:
        raise DeltaruleError(error.fact, page.place(), error.remedy) from None
    lines, tensors, names = made
    loss = part.loss.name if part.loss else ""
    # Maxima stand in equations of their own there, with what they choose.
    own = {e.name for e in part.equations}
    page.equations = [e for e in page.equations if e.name not in own]
    page.equations += [e for e in part.equations if e.name != loss]
    page.equations += [replace(line, place=page.place()) for line in lines]
    page.tensors |= {n: t for n, t in part.tensors.items() if n not in page.tensors and n != loss}
    sources = {line: by for by, line in names.items()}
    for line in tensors.values():
        page.declare_like(line, sources.get(line.name, line.name))
    page.derived.append(GradientLines(value.name, tensor.name, part, names))
    return Name(page.tensors[names[tensor.name]], page)


def _usual(page: Page, value: str, by: str) -> str:
    """u_x for u and x, u_xx for u_x and x."""
    before = next((d for d in page.derived if d.name == value), None)
    joined = before is not None and max(len(before.tensor), len(by)) == 1
    return unused_name(f"{value}{by}" if joined else f"{value}_{by}", page.tensors)
