"""What is public says what it takes and what it raises."""

import inspect
import re
from importlib import import_module

import pytest

import deltarule

#: Where a room is entered, besides the names that `deltarule` itself exports.
ENTRIES = (
    "deltarule.gradcheck.check:check_gradients",
    "deltarule.kernels.compiled_kernel:Kernel.backward",
    "deltarule.kernels.compiled_kernel:Kernel.bind",
    "deltarule.kernels.compiled_kernel:Kernel.both",
    "deltarule.kernels.compiled_kernel:Kernel.forward",
    "deltarule.language.optimisers:update_equations",
    "deltarule.marking.open_sheet:OpenSheet",
    "deltarule.networks.network:Network.tensor",
    "deltarule.networks.specialise:specialise",
    "deltarule.networks.unroll:unrolled",
    "deltarule.proving.proofs:prove",
    "deltarule.tracing.random_givens:drawn",
)


def _public() -> dict[str, object]:
    found: dict[str, object] = {name: getattr(deltarule, name) for name in deltarule.__all__}
    for entry in ENTRIES:
        module, _, path = entry.partition(":")
        thing = import_module(module)
        for name in path.split("."):
            thing = getattr(thing, name)
        found[entry] = thing
    return found


PUBLIC = _public()


def _parameters(thing) -> list[str]:
    made = thing.__init__ if inspect.isclass(thing) else thing
    return [name for name in inspect.signature(made).parameters if name != "self"]


@pytest.mark.parametrize("name", PUBLIC)
def test_public_things_say_what_they_take(name):
    thing = PUBLIC[name]
    text = inspect.getdoc(thing) or ""
    missing = [p for p in _parameters(thing) if not re.search(rf"\b{p}\b", text)]
    assert text and not missing, f"{name} does not speak of {missing}"


@pytest.mark.parametrize("name", [n for n in PUBLIC if n != "DeltaruleError"])
def test_public_things_say_what_they_raise(name):
    assert "Raises DeltaruleError" in re.sub(r"\s+", " ", inspect.getdoc(PUBLIC[name]) or "")


@pytest.mark.parametrize("name", [n for n in PUBLIC if inspect.isfunction(PUBLIC[n])])
def test_public_functions_are_annotated(name):
    signature = inspect.signature(PUBLIC[name])
    bare = [
        p.name
        for p in signature.parameters.values()
        if p.annotation is p.empty and p.name != "self" and p.kind is not p.VAR_KEYWORD
    ]
    assert not bare and signature.return_annotation is not signature.empty, f"{name}: {bare}"
