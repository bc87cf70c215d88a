"""PyTorch's own samples for its operations (OpInfo) and modules (ModuleInfo), by our derivations.

Every operation of torch_table.py is compared on every sample that PyTorch's tests have for it:
values and gradients, by the evaluator in float64 and by compiled kernels. What no derivation says
is counted with its reason. The counts stand at the end of the run.
"""

from __future__ import annotations

import os
import warnings
from pathlib import Path

import pytest

torch = pytest.importorskip("torch")

from comparison import Tally, compare, leaves_of  # noqa: E402
from ours import Inexpressible, Ours  # noqa: E402
from torch.overrides import TorchFunctionMode  # noqa: E402
from torch.testing._internal.common_methods_invocations import op_db  # noqa: E402
from torch.testing._internal.common_modules import module_db  # noqa: E402
from torch_recurrent import RECURRENT  # noqa: E402
from torch_table import BY_FUNCTION, NAMES  # noqa: E402

warnings.filterwarnings("ignore", module="torch")
#: Kernels compiled for one derivation; all of them with DELTARULE_FULL=1.
MOST = None if os.environ.get("DELTARULE_FULL") else 1
ENGINES = {"evaluated": lambda: Ours(False), "compiled": lambda: Ours(True, MOST)}
OPERATIONS = {o.name: o for o in op_db if o.name in NAMES and not o.variant_test_name}
MODULES = {m.name: m for m in module_db}
UNRELATED = "nothing that a derivation says"
engines = pytest.mark.parametrize("engine", ENGINES)


class Instead(TorchFunctionMode):
    """Within it, what stands in the table is run by ours."""

    def __init__(self, ours: Ours):
        self.ours = ours

    def __torch_function__(self, function, types, arguments=(), named=None):
        row = BY_FUNCTION.get(function)
        if row is None:
            return function(*arguments, **(named or {}))
        named = {k: v for k, v in (named or {}).items() if k != "_stacklevel"}
        return row(self.ours, *arguments, **named)


def instead(ours: Ours, called, *arguments, **named):
    """What PyTorch's function or module gives, with ours in it."""
    before = sum(ours.used.values())
    with Instead(ours):
        found = called(*arguments, **named)
    if sum(ours.used.values()) == before:
        raise Inexpressible(UNRELATED)
    return found


def finished(tally: Tally, ours: Ours, record_property) -> None:
    derivations = sorted({Path(name).stem for name, _ in ours.used})
    record_property("tally", {**tally.told(), "derivations": derivations})
    assert not tally.wrong, "\n".join(tally.wrong[:20])


def test_every_row_is_an_operation_of_pytorch():
    assert OPERATIONS.keys() == set(NAMES)


@engines
@pytest.mark.parametrize("name", NAMES)
def test_operation(name, engine, record_property):
    operation = OPERATIONS[name]
    ours, tally = ENGINES[engine](), Tally()
    samples = operation.sample_inputs("cpu", torch.float64, requires_grad=True)
    for k, s in enumerate(samples):
        compare(
            tally,
            f"sample {k}",
            lambda s=s: operation(s.input, *s.args, **s.kwargs),
            lambda s=s: instead(ours, operation, s.input, *s.args, **s.kwargs),
            leaves_of(s.input, s.args, s.kwargs),
        )
    finished(tally, ours, record_property)


@engines
@pytest.mark.parametrize("name", MODULES)
def test_module(name, engine, record_property):
    info = MODULES[name]
    ours, tally = ENGINES[engine](), Tally()
    for training in (False, True):
        samples = info.module_inputs_func(
            info, device="cpu", dtype=torch.float64, requires_grad=True, training=training
        )
        for k, s in enumerate(samples):
            made = s.constructor_input
            torch.manual_seed(k)
            module = info.module_cls(*made.args, **made.kwargs).to(torch.float64).train(training)
            own = _by_ours(ours, module)
            given = s.forward_input
            compare(
                tally,
                f"sample {k}",
                lambda g=given, m=module: m(*g.args, **g.kwargs),
                lambda g=given, o=own: o(*g.args, **g.kwargs),
                leaves_of(given.args, given.kwargs, list(module.parameters())),
            )
    if tally.reasons.keys() == {UNRELATED} and not tally.samples:
        pytest.skip(UNRELATED)
    finished(tally, ours, record_property)


def _by_ours(ours: Ours, module):
    row = RECURRENT.get(type(module))
    if row is not None:
        return lambda *arguments, **named: row(ours, module, *arguments, **named)

    return lambda *arguments, **named: instead(ours, module, *arguments, **named)
