"""How a plain text takes labels, positions and masks: as integers, and none out of range."""

from __future__ import annotations

from deltarule.kernels.module.needed_sizes import NeededSizes
from deltarule.kernels.passes.program import Pass
from deltarule.kernels.python_text.plain_text import PlainCode
from deltarule.spelling.text import text

_WHOLE_NUMBERS = '''

@compiled
def whole_numbers(a, limit, refusal):
    """Labels of any type of numbers as integers; others than 0 … limit − 1 are refused."""
    made = np.empty(a.shape, np.int64)
    for i, value in np.ndenumerate(a):
        made[i] = int(value)
        if not (made[i] == value and 0 <= made[i] < limit):
            raise ValueError(refusal)
    return made
'''
_POINTERS = '''

@compiled
def pointers(a, axis, way, refusal):
    """Places as integers; others than later (earlier) ones along an axis, and −1, are refused."""
    made = np.empty(a.shape, np.int64)
    for i, value in np.ndenumerate(a):
        made[i] = int(value)
        inside = 0 <= made[i] < a.shape[axis] and (made[i] - i[axis]) * way > 0
        if not (made[i] == value and (inside or value == -1)):
            raise ValueError(refusal)
    return made
'''


def functions(body: str) -> str:
    """The functions that the lines of some passes call."""
    known = {"whole_numbers": _WHOLE_NUMBERS, "pointers": _POINTERS}
    return "".join(function for name, function in known.items() if f" = {name}(" in body)


def lines(one: Pass, sizes: NeededSizes, code: PlainCode) -> list[str]:
    """For each array of integers that a pass is given and reads the line that takes it."""
    found = []
    for name in sizes.takes(one):
        limit, tensor, own = sizes.limited(name, one), one.tensors[name], code.spelling.tensor(name)
        if limit is None:
            continue
        most, below = text(limit - 1), code.integer(limit)
        refusal = f'"{name} is out of range; {name} holds whole numbers from 0 to {most}"'
        if tensor.points is not None:
            axis, way = tensor.points
            kind = f"{'later' if way > 0 else 'earlier'} places than its own, or -1 for none"
            refusal = f'"{name} is out of range; {name} holds {kind}"'
            found.append(f"{own} = pointers({own}, {axis}, {way}, {refusal})")
        elif tensor.axes:
            found.append(f"{own} = whole_numbers({own}, {below}, {refusal})")
        else:
            found += [f"if not 0 <= {own} < {below}:", f"    raise ValueError({refusal})"]
    return found
