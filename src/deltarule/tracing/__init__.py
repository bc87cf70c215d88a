"""A network with numbers: each line beside its symbols, and what a trace is asked for."""
