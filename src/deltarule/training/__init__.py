"""Training with derived kernels alone: the gradients, and the update too, come from equations."""
