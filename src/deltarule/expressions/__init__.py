"""What formulas are made of: nodes, indices, sizes, functions; and their substitution."""
