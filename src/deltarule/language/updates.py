"""The words of an update, for files such as `derivations/gradient_descent.py`.

    gamma = rate("gamma", 0.1)
    theta = parameter("theta", ...)
    g = gradient("g", ...)

    new(theta)[...] = theta[...] - gamma * g[...]

`...` stands for all axes of a parameter, whatever they are. A gradient comes from upstream: an
update uses it, and no file can state one.
"""

from __future__ import annotations

from deltarule.errors import DeltaruleError
from deltarule.expressions.symbols import Rate
from deltarule.language.declarations import Name, current
from deltarule.language.given_expressions import expression, extents_of
from deltarule.language.literals import constant
from deltarule.networks.constant_ranges import between
from deltarule.networks.tensors import Tensor


def rate(name: str, default: object) -> Rate:
    """The learning rate, with a usual value.

    Raises DeltaruleError for a second one, and for a value that is no finite number.
    """
    page = current()
    if any(isinstance(s, Rate) for s in page.scalars):
        raise DeltaruleError(
            f"{name} would be a second learning rate",
            page.place(),
            f'declare it as a constant: {name} = scalar("{name}", {default})',
        )
    symbol = Rate(name)
    page.scalars[symbol] = constant(name, default, page.place())
    page.ranges[symbol] = between("[0, oo)", name, page.place())
    return symbol


def upstream_gradient(name: str, *axes, note: str = "") -> Name:
    """The gradient that an update uses: `gradient("g", …)` declares it, and it is given."""
    page = current()
    return page.declare(Tensor(name, extents_of(axes, page), "gradient", note=note))


def memory(name: str, *axes, start=0, note: str = "") -> Name:
    """Declare what an update keeps from step to step, such as a velocity: `start` at first."""
    page = current()
    tensor = Tensor(
        name, extents_of(axes, page), "memory", start=expression(start, page), note=note
    )
    return page.declare(tensor)


def new(old: Name) -> Name:
    """The value after the update: `new(theta)[...] = …`, read again as `new(theta)[...]`.

    Raises DeltaruleError for what an update does not change.
    """
    page, tensor = current(), old.tensor
    if tensor.role not in ("parameter", "memory"):
        raise DeltaruleError(
            f"{tensor.name} is declared as {tensor.role}, which an update does not change",
            page.place(),
            "update a parameter(…) or a memory(…)",
        )
    name = f"{tensor.name} after"
    if name in page.tensors:
        return Name(page.tensors[name], page)
    return page.declare_like(Tensor(name, tensor.axes, "output"), tensor.name)
