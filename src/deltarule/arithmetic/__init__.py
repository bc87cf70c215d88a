"""The kinds of number, and the evaluator over them."""
