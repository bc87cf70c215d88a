"""Kernels as files to take away: written beside one's own code, run by themselves."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from deltarule.errors import DeltaruleError
from deltarule.kernels.module.plain_source import PlainModule, PlainPass
from deltarule.kernels.module.source import Module
from deltarule.kernels.passes.program import Program, program
from deltarule.kernels.self_check import demonstration
from deltarule.networks.network import Network
from deltarule.signed_files import refuse_unwritable, signed, write_signed


def emitted(
    name: str | Network, settings: Mapping, dtype: str = "float64", parallel: bool = False
) -> str:
    """The text of a module with both passes and a self-check, which needs NumPy and Numba alone.

    `name` is a network, a derivation or a path, `settings` are as in `deltarule.kernel`. Raises
    DeltaruleError for settings that there are not.
    """
    made = program(name, dict(settings))
    return signed(Module(made, dtype, parallel).text() + demonstration(made, dtype))


_CALLS = '''\
real = np.float64


def values_of(arrays):
    """What the forward pass gives, by name."""
    return _named({values}, forward(*(arrays[name][()] for name in {given})))


def gradients_of(arrays, values):
    """What the backward pass gives, by name."""
{backward}


def _named(names, found):
    found = found if len(names) != 1 else (found,)
    return dict(zip(names, found))'''


_BACKWARD = """\
    known = {{**arrays, **values}}
    return _named({gradients}, backward(*(known[name][()] for name in {taken})))"""


def plain_emitted(name: str | Network, settings: Mapping) -> str:
    """The same as plain loops. Raises DeltaruleError for settings that there are not."""
    made = program(name, dict(settings))
    module = PlainModule(made)
    text = module.text()
    return signed(text + demonstration(made, "float64", calls(made, module.passes)))


def calls(made: Program, passes: Mapping[str, PlainPass]) -> str:
    """The functions by which a self-check calls plain loops; `dy` is what the gradient of y is."""
    forward, backward = passes["forward"], passes.get("backward", PlainPass((), ()))
    upstream = {gradient: f"d{output}" for output, gradient in made.upstream.items()}
    tensors = {gradient: tensor for tensor, gradient in made.gradients.items()}
    differentiated = _BACKWARD.format(
        gradients=tuple(tensors[name] for name in backward.returns),
        taken=tuple(upstream.get(name, name) for name in backward.takes),
    )
    return _CALLS.format(
        values=forward.returns,
        given=forward.takes,
        backward=differentiated if backward.returns else "    return {}",
    )


#: What files for other programs import, beside Python's own modules.
_LIBRARIES = ("numba", "numpy", "llvmlite", "torch", "jax")


def refuse_emitting(path: Path, force: bool = False) -> None:
    """Asked before anything is derived. Raises DeltaruleError where a name is none of a Python
    file, or that of a library, something else would be lost, or there is no folder.
    """
    if path.suffix != ".py":
        raise DeltaruleError(
            f"{path.name} is no name of a Python file", str(path), "name it something.py"
        )
    if path.stem in _LIBRARIES or path.stem in sys.stdlib_module_names:
        raise DeltaruleError(
            f"{path.name} would be imported in the place of the library {path.stem}",
            str(path),
            f"name it something else, such as my_{path.name}",
        )
    refuse_unwritable(path, force)


def write_emitted(path: Path, text: str, force: bool = False) -> None:
    """Write the file. Raises DeltaruleError where something else would be lost or nothing fits."""
    refuse_emitting(path, force)
    write_signed(path, text, force)
