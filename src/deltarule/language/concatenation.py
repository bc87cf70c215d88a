"""Tensors put behind one another along an axis, as the branches of an inception module are."""

from __future__ import annotations

from sympy import Integer

from deltarule.errors import DeltaruleError
from deltarule.language.declarations import Name, current
from deltarule.language.own_indices import own_indices
from deltarule.networks.tensors import Tensor


def concatenate(name: str, *parts: Name, axis: int = 1, role: str = "intermediate") -> Name:
    """A tensor `name` that holds the parts one behind the other along an axis.

    Raises DeltaruleError where their other axes differ.
    """
    page = current()
    if not isinstance(name, str) or not parts:
        raise DeltaruleError(
            "concatenate lacks the name of what comes out",
            page.place(),
            'write it first: c = concatenate("c", a, b)',
        )
    first = parts[0].axes
    for part in parts[1:]:
        rest = [k for k in range(len(first)) if k != axis]
        if len(part.axes) != len(first) or any(part.axes[k] != first[k] for k in rest):
            raise DeltaruleError(
                f"{part.tensor.name} cannot stand behind {parts[0].tensor.name} in {name}: "
                "their other axes differ",
                page.place(),
                "give all parts the same rows, columns and examples",
            )
    total = sum((part.axes[axis] for part in parts), Integer(0))
    axes = tuple(total if k == axis else n for k, n in enumerate(first))
    whole = page.lay(Tensor(name, axes, role))
    indices = own_indices(parts[0].tensor, page)
    start = Integer(0)
    for part in parts:
        at = tuple(start + i if k == axis else i for k, i in enumerate(indices))
        whole[at] = part[indices]
        start = start + part.axes[axis]
    return whole
