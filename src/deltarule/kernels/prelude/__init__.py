"""Functions that kernels are made of: their text goes into a kernel's file where it is needed."""
