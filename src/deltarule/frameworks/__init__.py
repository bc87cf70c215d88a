"""Both passes of a derivation as arrays at once: files for NumPy, PyTorch and JAX."""
