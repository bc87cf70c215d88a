"""How formulas, names and numbers of things are written for people."""
