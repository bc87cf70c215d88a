"""What NumPy, PyTorch and JAX call the same things: a row each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deltarule.errors import DeltaruleError, did_you_mean
from deltarule.frameworks import helpers, torch_helpers


@dataclass(frozen=True)
class Dialect:
    """How one framework spells arrays.

    `module` is what its functions are looked up in, `functions` those that stand elsewhere by our
    names for them, `permuted` its transposition, `copied` an array of one's own, `frozen` a value
    that no gradient flows through, `assigned` the line that writes into an array, `zeros` an empty
    one, `grid` indices along axes of their own, and `helpers` the texts of functions that a file
    brings along, by name. `quiet` stands above passes with exponentials, and `untested` says what
    happens to labels where nothing can refuse them.
    """

    name: str
    title: str
    module: str
    imports: str
    functions: Mapping[str, str]
    permuted: str
    copied: str
    frozen: str
    assigned: str
    zeros: str
    grid: str
    helpers: Mapping[str, str]
    quiet: str = ""
    untested: str = ""

    def call(self, function: str) -> str:
        """The name of a function of one argument."""
        return self.functions.get(function, f"{self.module}.{function}")


NUMPY = Dialect(
    name="numpy",
    title="NumPy",
    module="np",
    imports="import math\n\nimport numpy as np",
    functions={
        "erf": "erf", "erfc": "erfc", "atan": "np.arctan", "round": "np.rint",
        "finite": "finite", "lgamma": "lgamma", "digamma": "digamma", "trigamma": "trigamma",
    },
    permuted="{array}.transpose({axes})",
    copied="{array}.copy()",
    frozen="{array}",
    assigned="{name}[{at}] = {value}",
    zeros="np.zeros({shape}, {like}.dtype)",
    grid="np.ogrid[{ranges}]",
    helpers=helpers.NUMPY,
    quiet='@np.errstate(over="ignore")  # exp is ∞ on the way to 1/(1 + ∞) = 0',
)  # fmt: skip
TORCH = Dialect(
    name="torch",
    title="PyTorch",
    module="torch",
    imports="import math\n\nimport torch",
    functions={"finite": "finite", "trigamma": "trigamma", "broadcast_to": "torch.broadcast_to"},
    permuted="{array}.permute({axes})",
    copied="{array}.clone()",
    frozen="{array}.detach()",
    assigned="{name} = assigned({name}, ({at},), {value})",
    zeros="{like}.new_zeros({shape})",
    grid="grid({sizes}, device={like}.device)",
    helpers=torch_helpers.TORCH,
)
JAX = Dialect(
    name="jax",
    title="JAX",
    module="jnp",
    imports="import math\n\nimport jax\nimport jax.numpy as jnp\nimport numpy as np",
    functions={
        "erf": "jax.scipy.special.erf", "erfc": "jax.scipy.special.erfc",
        "atan": "jnp.arctan", "round": "jnp.rint", "finite": "finite",
        "lgamma": "jax.scipy.special.gammaln", "digamma": "jax.scipy.special.digamma",
        "trigamma": "trigamma",
    },
    permuted="{array}.transpose({axes})",
    copied="{array}",
    frozen="jax.lax.stop_gradient({array})",
    assigned="{name} = {name}.at[{at}].set({value})",
    zeros="jnp.zeros({shape}, {like}.dtype)",
    grid="np.ogrid[{ranges}]",
    helpers=helpers.JAX,
    untested="Under jax.jit no entry is refused: one that is out of range reads another, or 0.",
)  # fmt: skip

DIALECTS = {d.name: d for d in (NUMPY, TORCH, JAX)}


def known_target(name: str) -> str:
    """What files are written for: numba or a framework. Raises DeltaruleError for another."""
    known = ("numba", *DIALECTS)
    if name not in known:
        remedy = did_you_mean(name, known) or f"say {', '.join(known)}"
        raise DeltaruleError(f"nothing is written for {name}", "--target", remedy)
    return name
