"""What calls both passes in a framework, and checks them against the framework's own gradients.

PyTorch's is a `torch.autograd.Function`, JAX's a function with a `custom_vjp`; in NumPy the passes
are called as they are, and held against differences.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from deltarule.frameworks.dialect import Dialect
from deltarule.frameworks.labelled import tupled
from deltarule.kernels.export import calls
from deltarule.kernels.module.plain_source import PlainPass
from deltarule.kernels.passes.program import Program
from deltarule.kernels.python_text.identifiers import spelled_class
from deltarule.kernels.self_check import checked, demonstration, roots, sampling, too_large


@dataclass(frozen=True)
class Called:
    """A program's passes: what they are given and give, and how tensors are spelled."""

    program: Program
    names: Mapping[str, str]
    given: tuple[str, ...]
    forward: PlainPass
    backward: PlainPass

    def spelled(self, tensors) -> str:
        """Tensors, parted by commas."""
        return ", ".join(self.names[t] for t in tensors)

    @property
    def results(self) -> tuple[str, ...]:
        """What the function as a whole gives."""
        return self.program.forward.results

    @property
    def saved(self) -> tuple[str, ...]:
        """What the backward pass reads beside upstream gradients."""
        return tuple(n for n in self.backward.takes if n not in self.program.upstream.values())

    @property
    def upstream(self) -> tuple[str, ...]:
        """For each result the name of its upstream gradient."""
        own = self.program.upstream
        return tuple(self.names[own[r]] if r in own else f"d{self.names[r]}" for r in self.results)

    @property
    def gradients(self) -> list[str]:
        """For each given tensor its gradient; None where it has none.

        Where a loss is differentiated, its own upstream gradient multiplies them.
        """
        of = self.program.derivation.of
        times = "" if self.program.upstream else f" * d{self.names[of]}"
        found = self.program.gradients
        return [
            f"{self.names[found[n]]}{times}" if found.get(n) in self.backward.returns else "None"
            for n in self.given
        ]

    @property
    def undifferentiated(self) -> list[str]:
        """Results through which no gradient comes back."""
        own = roots(self.program)
        return [r for r in self.results if r not in own]


_TORCH = '''

class {title}(torch.autograd.Function):
    """{what}, with its derived gradient."""

    @staticmethod
    def forward(ctx, {given}):
        """What the forward pass gives."""
        {values} = forward({takes})
        ctx.save_for_backward({saved}){stopped}
        return {results}

    @staticmethod
    def backward(ctx, {upstream}):
        """The gradients by what forward takes; None by what has none."""
        {unpacked}{found} = backward({handed})
        return {gradients}
'''
_TORCH_GRADIENTS = '''\
def gradients_by(function, arrays):
    """What PyTorch gives where it differentiates a function."""
    # What no pass takes has a gradient too: 0.
    tensors = {n: torch.as_tensor(arrays[n]).clone() for n in {*GIVEN, *CHECKED}}
    for name in CHECKED:
        tensors[name].requires_grad_()
    found = function(*(tensors[n] for n in GIVEN))
    values = dict(zip(RESULTS, found if isinstance(found, tuple) else (found,)))
    whole = sum((values[y] * torch.as_tensor(arrays.get(up, 1.0))).sum() for y, up in ROOTS)
    wanted = [tensors[n] for n in CHECKED]
    if not wanted:
        return []
    found = torch.autograd.grad(whole, wanted, allow_unused=True, materialize_grads=True)
    return [gradient.numpy() for gradient in found]'''

_JAX = '''

@jax.custom_vjp
def {function}({given}):
    """{what}, with its derived gradient."""
    {values} = forward({takes})
    return {results}


def _{function}_forward({given}):
    {values} = forward({takes})
    saved = {saved_tuple}
    return {grouped}, saved


def _{function}_backward(saved, upstream):
    {unpacked}{upstream} = upstream
    {found} = backward({handed})
    return {gradients_tuple}


{function}.defvjp(_{function}_forward, _{function}_backward)
'''
_JAX_GRADIENTS = '''\
def gradients_by(function, arrays):
    """What JAX gives where it differentiates a function."""
    jax.config.update("jax_enable_x64", True)

    def whole(moved):
        found = function(*({**arrays, **moved}[n] for n in GIVEN))
        values = dict(zip(RESULTS, found if isinstance(found, tuple) else (found,)))
        return sum(jnp.sum(values[y] * arrays.get(up, 1.0)) for y, up in ROOTS)

    found = jax.jit(jax.grad(whole))({n: jnp.asarray(arrays[n]) for n in CHECKED})
    return [np.asarray(found[name]) for name in CHECKED]'''

_CHECK = '''

# ---- run as a program: a self-check against {framework}'s own gradients {rule}
{imports}
GIVEN, CHECKED, ROOTS = {names}, {checked}, {roots}
RESULTS = {own}
real = np.float64


{sample}


def plainly({given}):
    """The forward pass alone, through which {framework} differentiates by itself."""
    {values} = forward({takes})
    return {results}


{gradients_by}


def self_check(seed=0):
    """Whether the derived gradients are {framework}'s own; prints the gaps."""
    arrays, right = sample(np.random.default_rng(seed)), True
    derived, own = (gradients_by(f, arrays) for f in ({call}, plainly))
    for name, one, two in zip(CHECKED, derived, own):
        scale = max([1.0, np.max(np.abs(two), initial=0.0)])
        worst = np.max(np.abs(one - two), initial=0.0) / scale
        agrees = bool(worst < 1e-9)
        right = right and agrees
        told = " is" if agrees else " is NOT"
        told = ": NaN in it or in" if np.isnan(worst) else told
        note = "" if np.any(one) or np.any(two) else "; all are 0, which tells little"
        print(f"gradient of {{name}}{{told}} {framework}'s own (gap {{worst:.1e}}){{note}}")
    return right


if __name__ == "__main__":
    raise SystemExit(0 if self_check() else 1)
'''


def caller(called: Called, dialect: Dialect) -> str:
    """The text behind both passes."""
    made = called.program
    if dialect.name == "numpy":
        passes = {"forward": called.forward, "backward": called.backward}
        return demonstration(made, "float64", calls(made, passes), compiled=False)
    if not called.backward.returns:
        return ""
    torch = dialect.name == "torch"
    saved, upstream = called.spelled(called.saved), called.upstream
    results = called.spelled(called.results)
    stopped = called.spelled(called.undifferentiated)
    pieces = {
        "title": spelled_class(made.network.name),
        "function": spelled_class(made.network.name, snake=True),
        "what": f"The layer {made.network.name}".replace("\\", "\\\\"),
        "given": called.spelled(called.given),
        "takes": called.spelled(called.forward.takes),
        "values": called.spelled(called.forward.returns),
        "results": results,
        "saved": saved,
        "saved_tuple": f"({saved},)" if saved else "()",
        "grouped": f"({results})" if "," in results else results,
        "stopped": f"\n        ctx.mark_non_differentiable({stopped})" if stopped else "",
        "upstream": ", ".join(upstream),
        "unpacked": _unpacked(saved, dialect),
        "found": called.spelled(called.backward.returns),
        "handed": called.spelled(called.backward.takes),
        "gradients": ", ".join(called.gradients),
        "gradients_tuple": tupled(called.gradients),
        "names": called.given,
        "checked": checked(made),
        "roots": tuple(roots(made).items()),
        "own": called.results,
        "sample": sampling(made),
        "framework": dialect.title,
        "rule": "-" * (37 - len(dialect.title)),
        "imports": "\nimport numpy as np  # noqa: E402\n" if torch else "",
        "gradients_by": _TORCH_GRADIENTS if torch else _JAX_GRADIENTS,
    }
    pieces["call"] = f"{pieces['title']}.apply" if torch else pieces["function"]
    check = _CHECK if pieces["sample"] is not None else too_large(made)
    return ((_TORCH if torch else _JAX) + check).format(**pieces)


def _unpacked(saved: str, dialect: Dialect) -> str:
    """The line that takes apart what was saved."""
    if not saved:
        return ""
    if dialect.name == "torch":
        return f"{saved}{'' if ',' in saved else ','} = ctx.saved_tensors\n        "
    return f"{saved}{'' if ',' in saved else ','} = saved\n    "
