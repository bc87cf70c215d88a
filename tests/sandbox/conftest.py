"""One sandbox for each way of isolation, which all tests of a worker share."""

import os

import numpy as np
import pytest

from deltarule.errors import DeltaruleError
from deltarule.sandbox import Isolation, Limits, Sandbox

#: Small enough that nothing here can hurt the machine, should a layer not hold.
SMALL = Limits(
    seconds=20, processor=10, memory=700 << 20, scratch=2 << 20, scratch_files=64, answer=8 << 20,
    output=100_000,
)  # fmt: skip


@pytest.fixture(scope="module", params=Isolation, ids=lambda way: way.name.lower())
def sandbox(request):
    """A sandbox; where the machine has no such layer, that is told."""
    try:
        made = Sandbox(SMALL, request.param, unsafe=True)
    except DeltaruleError as error:
        pytest.skip(f"this machine has no layer {request.param.value}: {error.fact}")
    with made:
        yield made


@pytest.fixture(scope="module")
def secret(tmp_path_factory):
    """A file with what nobody inside may learn, which stands in the environment, too."""
    path = tmp_path_factory.mktemp("answers") / "secret.txt"
    text = " ".join(map(str, np.random.default_rng(5).integers(10**8, 10**9, 3)))
    path.write_text(text)
    os.environ["DELTARULE_SECRET"] = text
    yield path
    del os.environ["DELTARULE_SECRET"]
