"""How somebody may have worked: hypotheses, carried on, and many of them evaluated at once."""
