"""Classes: what many students handed in, read, marked once each, kept and reported."""
