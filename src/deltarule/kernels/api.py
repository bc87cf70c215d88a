"""`deltarule.kernel("conv2d", stride=2, pad=1)`: a derivation as compiled functions.

kernel = deltarule.kernel("conv2d", stride=2, pad=1, dtype="float32")
y = kernel.forward(x=x, w=w, b=b)
gradients = kernel.backward(x=x, w=w, b=b, dy=dy)      # {"x": …, "w": …, "b": …}
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Literal, overload

from deltarule.expressions.given_arguments import known_progress, yes_or_no
from deltarule.kernels import build, requests
from deltarule.kernels.compiled_kernel import Kernel

if TYPE_CHECKING:
    from deltarule.kernels.plain_kernel import PlainKernel
    from deltarule.networks.network import Network


@overload
def kernel(name: str | Path | Network, *, plain: Literal[True], **settings) -> PlainKernel: ...


@overload
def kernel(name: str | Path | Network, *, plain: Literal[False] = False, **settings) -> Kernel: ...


def kernel(
    name: str | Path | Network,
    *,
    dtype: str = "float64",
    wrt: Sequence[str] | None = None,
    parallel: bool = False,
    threads: int | None = None,
    transforms: bool | None = None,
    cache: str | Path | None = None,
    progress: Callable[[str], None] | None = None,
    plain: bool = False,
    **settings,
) -> Kernel | PlainKernel:
    """The kernel of a derivation, by its `name` or path, or of a network: both passes as loops.

    `kernel.forward(**arrays)` and `kernel.backward(**arrays)` take and give NumPy arrays of the
    tensors' shapes.
    `settings` are the derivation's options, attributes (stride, pad), sizes and constants (a
    network has its options already);
    `dtype` is float32, float64 or complex128; `wrt` names the tensors whose gradients are wanted,
    if not those of all inputs, parameters and states; with `parallel`, outer loops run in `threads`
    threads (all, if None; more than there are processors are as many). Sums over windows of 3 × 3
    taps may take fewer multiplications by Cook–Toom transforms, where sizes make that faster and no
    tile of 6 × 6 inputs or filter has a wide range (see `prelude.dynamic_range`); with `transforms`
    False they never do, and with True always: an outlier then costs outputs of its tile their
    digits, and one NaN or ∞ makes NaN of 4 × 4 outputs.
    Every number is added up in an order that does not depend on how many threads there are:
    results are the same to the last digit at every run, whatever `threads` is.
    `cache` is the folder of compiled kernels, else DELTARULE_CACHE or the user's cache folder;
    where none can be written, a temporary one is, with a warning.
    Where there are several processors, both passes are compiled at once, in other processes (unless
    DELTARULE_PROCESSES is 1).
    `progress` is said what takes time. With `plain` it is a kernel of loops as one would write
    them (`PlainKernel`), slower and easy to read. Raises DeltaruleError for an unknown name and an
    unknown or impossible setting, and where not even a temporary folder can be written.
    The transforms are those of Winograd, Arithmetic Complexity of Computations (1980), and of Lavin
    and Gray, Fast Algorithms for Convolutional Neural Networks (CVPR 2016), section 4.
    """
    what = requests.known_name(name)
    name = what if isinstance(what, str) else what.name
    kind = requests.known_dtype(dtype, name)
    parallel = bool(yes_or_no("parallel", parallel, name))
    transforms = yes_or_no("transforms", transforms, name, none=True)
    asked, threads = threads, requests.known_threads(threads, parallel, name)
    cache, progress = requests.known_cache(cache, name), known_progress(progress, name)
    wanted = requests.known_tensors(wrt, name)
    settings |= {} if wanted is None else {"wrt": wanted}
    if yes_or_no("plain", plain, name):
        requests.refuse_tuning(name, dtype=kind != "float64", parallel=parallel)
        from deltarule.kernels.plain_kernel import PlainKernel

        return PlainKernel(what, settings, cache)
    found = build.module(what, settings, kind, parallel, cache, progress, transforms)
    text = partial(build.source, what, settings, kind, parallel, transforms)
    made = Kernel(name, found, kind, threads if parallel else None, progress, text)
    options = {"dtype": kind, "wrt": wanted, "transforms": transforms, "cache": cache}
    options |= {"parallel": parallel, "threads": asked}  # elsewhere there may be more processors
    made.recipe = (_made_again, (_from_anywhere(what), {**settings, **options}))
    same = {"cache": cache, "progress": progress, "transforms": transforms}
    made.formed = partial(build.module, what, settings, kind, **same)
    if parallel:
        made.alone = partial(build.module, what, settings, kind, False, cache, progress, transforms)
    return made


def _from_anywhere(what: str | Network) -> str | Network:
    """What a kernel is of, a file by its whole path."""
    is_file = isinstance(what, str) and what.endswith(".py")
    return str(Path(what).resolve()) if is_file else what


def _made_again(name: str | Network, settings: dict) -> Kernel:
    """A kernel as it was before it was pickled."""
    return kernel(name, **settings)
