"""The rules that make a closed form shorter, and the table that says why each holds."""
