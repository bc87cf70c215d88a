"""The lines that make a pass's arrays, as many in a line as can be read there."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from deltarule.kernels.passes.program import Pass
from deltarule.kernels.python_text.plain_text import PlainCode

#: How long a line may be, and how many arrays it makes.
_WIDTH, _COUNT = 84, 3


class NewArrays:
    """Arrays to write into: like one that is taken where there is one of that shape.

    `takes` are the tensors that a pass is given; `own` tells what each gradient is a gradient by.
    """

    def __init__(self, one: Pass, takes: Sequence[str], own: Mapping[str, str], code: PlainCode):
        self._pass, self._code, self._own = one, code, own
        self._models = [t for t in takes if self._real(t)]
        first = next(iter(self._models), None)  # a number has no dtype where it is compiled
        self._kind = f"{code.spelling.tensor(first)}.dtype" if first else "np.float64"

    def lines(self, names: Sequence[str], zeros: Collection[str]) -> list[str]:
        """The lines for some tensors, of which `zeros` have to be 0."""
        rows: list[tuple[list[str], list[str]]] = []
        for name in names:
            spelled, made = self._code.spelling.tensor(name), self._made(name, name in zeros)
            if rows and len(rows[-1][0]) < _COUNT:
                together = [rows[-1][0] + [spelled], rows[-1][1] + [made]]
                if len(" = ".join(map(", ".join, together))) <= _WIDTH:
                    rows[-1] = (together[0], together[1])
                    continue
            rows.append(([spelled], [made]))
        return [" = ".join(map(", ".join, row)) for row in rows]

    def _made(self, name: str, zero: bool) -> str:
        tensor = self._pass.tensors[name]
        start = "zeros" if zero or not self._pass.fills(name) else "empty"
        model = None if tensor.integral else self._model(name)
        if model is not None:
            return f"np.{start}_like({self._code.spelling.tensor(model)})"
        axes = ", ".join(self._code.integer(a) for a in tensor.axes)
        shape = f"({axes})" if len(tensor.axes) > 1 else axes
        return f"np.{start}({shape}, {'np.int64' if tensor.integral else self._kind})"

    def _model(self, name: str) -> str | None:
        """What is taken and has the same shape: what a gradient is by, if that is."""
        axes = self._pass.tensors[name].axes
        alike = [m for m in self._models if self._pass.tensors[m].axes == axes]
        own = self._own.get(name)
        return own if own in alike else next(iter(alike), None)

    def _real(self, name: str) -> bool:
        tensor = self._pass.tensors[name]
        return bool(tensor.axes) and not tensor.integral
