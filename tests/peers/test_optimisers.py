"""Our updates as kernels, step by step with PyTorch's optimisers."""

import numpy as np
import pytest

from deltarule.training.update_kernels import Update

torch = pytest.importorskip("torch")

RATE, STEPS = 0.05, 6
OPTIMISERS = {
    "gradient_descent": lambda p: torch.optim.SGD(p, RATE),
    "momentum": lambda p: torch.optim.SGD(p, RATE, momentum=0.9),
    "nesterov": lambda p: torch.optim.SGD(p, RATE, momentum=0.9, nesterov=True),
    "rmsprop": lambda p: torch.optim.RMSprop(p, RATE, alpha=0.9, eps=1e-8),
    "adam": lambda p: torch.optim.Adam(p, RATE, betas=(0.9, 0.999), eps=1e-8),
}


@pytest.mark.parametrize("name", OPTIMISERS)
def test_an_update_takes_the_steps_of_pytorch(name, record_property):
    random = np.random.default_rng(1)
    theta = random.normal(size=7)
    theirs = torch.tensor(theta, requires_grad=True)
    optimiser, update = OPTIMISERS[name]([theirs]), Update(name, RATE, theta)
    for _ in range(STEPS):
        gradient = random.normal(size=7)
        theirs.grad = torch.tensor(gradient)
        update.gradient[:] = gradient
        optimiser.step()
        update.step()
        np.testing.assert_allclose(theta, theirs.detach().numpy(), 1e-12, 1e-12)
    told = {"samples": STEPS, "values": STEPS, "gradients": 0, "reasons": {}}
    record_property("tally", {**told, "derivations": [name]})
