"""ONNX's own tests of single nodes: their inputs, and the outputs that they print, by ours."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from comparison import Tally, compare  # noqa: E402
from onnx_table import ROWS  # noqa: E402
from test_operations import ENGINES, engines, finished  # noqa: E402

#: ONNX's outputs are in single precision, and some are printed to four places.
NEAR = 1e-4
#: Types of two bytes or one.
ROUGH = 2e-2


@cache
def nodes() -> dict[str, list]:
    """ONNX's tests of one node, by its operator; those that are written out anew are left out."""
    from onnx.backend.test.loader import load_model_tests

    found: dict[str, list] = {}
    for case in load_model_tests(kind="node"):
        graph = case.model.graph if case.model else None
        if graph and len(graph.node) == 1 and not case.name.endswith("_expanded"):
            found.setdefault(graph.node[0].op_type, []).append(case)
    return found


def test_every_row_is_an_operator_of_onnx():
    assert [name for name in ROWS if name not in nodes()] == []


@engines
@pytest.mark.parametrize("name", ROWS)
def test_node(name, engine, record_property):
    ours, tally = ENGINES[engine](), Tally()
    for case in nodes()[name]:
        node = case.model.graph.node[0]
        attributes = {a.name: _plain(onnx.helper.get_attribute_value(a)) for a in node.attribute}
        for inputs, outputs in case.data_sets:
            tally.near = NEAR if np.asarray(outputs[0]).dtype.itemsize > 2 else ROUGH
            given = iter(map(_tensor, inputs))
            arguments = [next(given) if name_ else None for name_ in node.input]
            compare(
                tally,
                case.name,
                lambda o=outputs: [_tensor(o[0]).to(torch.float64)],
                lambda a=arguments, n=attributes: ROWS[name](ours, *a, **dict(n)),
                (),
            )
    finished(tally, ours, record_property)


def _plain(value):
    return value.decode() if isinstance(value, bytes) else value


def _tensor(value):
    """An array of ONNX in double precision; whole numbers stay whole."""
    if not isinstance(value, np.ndarray | np.generic):
        value = onnx.numpy_helper.to_array(value)
    array = np.array(value)
    if array.dtype.kind not in "iub":
        array = array.astype("f8")  # ONNX's types of 16 and 8 bits are not NumPy's
    return torch.from_numpy(array.astype("i8") if array.dtype.kind in "iu" else array)
