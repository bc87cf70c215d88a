"""The equations of one pass on their way from the calculus to loops."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace

from deltarule.expressions.nodes import read, tensor_name
from deltarule.expressions.substitution import replace_reads
from deltarule.kernels.passes.working_arrays import WorkingArrays
from deltarule.networks.equations import Equation
from deltarule.networks.tensors import Tensor


@dataclass(frozen=True)
class Draft:
    """Equations in order, and `tensors` by name: what a compiler pass takes and returns.

    `network` are the forward equations as they were written, which tell what a tensor is; `ready`
    are tensors that another pass computed. `working` are the names of the arrays that were made,
    which differ from those `taken`.
    """

    equations: tuple[Equation, ...]
    tensors: dict[str, Tensor]
    network: tuple[Equation, ...]
    ready: tuple[str, ...] = ()
    taken: frozenset[str] = frozenset()
    working: tuple[str, ...] = ()

    def room(self) -> WorkingArrays:
        """A place for new working arrays and the equations that fill them."""
        names = Counter(e.name for e in self.equations)
        once = frozenset(n for n in self.working if names[n] == 1)
        return WorkingArrays(taken={*self.tensors, *self.taken}, others=once)

    def rewritten(self, equations: Iterable[Equation], made: WorkingArrays | None = None) -> Draft:
        """The draft with other equations, and with the working arrays that were made."""
        more = {} if made is None else made.tensors
        return replace(
            self,
            equations=tuple(equations),
            tensors={**self.tensors, **more},
            working=(*self.working, *more),
        )

    def renumbered(self) -> Draft:
        """The same with working arrays numbered in the order in which they are filled."""
        own = {n: t for n, t in self.tensors.items() if n not in self.working}
        room = WorkingArrays(taken={*own, *self.taken})
        filled = dict.fromkeys(e.name for e in self.equations if e.name in self.working)
        names = {n: room.tensor(self.tensors[n].axes).name for n in filled}
        if list(names) == list(names.values()) == list(self.working):
            return self

        def renamed(access):
            name = names.get(tensor_name(access))
            if name is None:
                return access
            return type(access)(read(name).base, *access.indices)  # one inside stays `Inside`

        equations = (
            replace(e, name=names.get(e.name, e.name), rhs=replace_reads(e.rhs, renamed))
            for e in self.equations
        )
        return replace(
            self,
            equations=tuple(equations),
            tensors={**own, **room.tensors},
            working=tuple(room.tensors),
        )
