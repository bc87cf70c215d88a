"""A layer whose constructor takes sizes and draws its parameters: `Linear(n_in, n_out)`.

It is made at sizes of our own; the arrays that it keeps, and keeps a gradient of (`W` and `dW`),
become arguments, so that they take other values than those that it drew.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

import numpy as np

from deltarule.gradcheck.user_code.argument_trees import Argument
from deltarule.gradcheck.user_code.classes import as_functions, attribute
from deltarule.gradcheck.user_code.extents import Extent
from deltarule.gradcheck.user_code.function import OwnFunction
from deltarule.gradcheck.user_code.importing import FAILURES
from deltarule.gradcheck.user_code.shapes import Shape

#: Different from each other, and from the batch while it is tried.
_SIZES = (3, 5, 7, 2)
_BATCH = 4


def sized(function: OwnFunction) -> Iterator[OwnFunction]:
    """The layer at sizes, with its parameters as arguments, for each shape of its input."""
    layer = getattr(function.call, "layer", None)
    if layer is None:
        return
    taken = [n for n in function.unknown if n in function.call.taken]
    sizes = dict(zip([n for n in function.unknown if n not in taken], _SIZES))
    if not sizes or len(taken) != 1 or function.shapes:
        return
    constants = {**function.constants, **sizes}
    for axes in (*((_BATCH, k) for k in sizes.values()), *((k,) for k in sizes.values())):
        state = _state(function, constants, taken[0], axes)
        if state is None:
            continue
        batch = tuple(Extent("N" if k == _BATCH else str(k)) for k in axes)
        shapes = {taken[0]: Shape(batch)}
        shapes |= {n: Shape(tuple(Extent(str(k)) for k in a.shape)) for n, a in state.items()}
        call, backward = as_functions(layer, list(state))
        yield replace(
            function,
            call=call,
            backward=backward,
            shapes=shapes,
            unknown=(),
            arguments=tuple(Argument(n, {n: None}) for n in shapes),
            constants=constants,
            pinned={**function.pinned, **sizes},
        )


def _state(function: OwnFunction, constants, name: str, axes) -> dict[str, np.ndarray] | None:
    """The arrays that a layer keeps with their gradients after both passes, if they work."""
    if function.backward is None:
        return None
    try:
        value, one = function.call(**constants, **{name: np.ones(axes)})
        function.backward(np.ones(np.shape(value)), one)
    except FAILURES:
        return None
    return {
        n: a
        for n, a in vars(one).items()
        if isinstance(a, np.ndarray)
        and a.dtype.kind == "f"
        and (read := attribute(one, n)) is not None
        and np.shape(read) == a.shape
    }
