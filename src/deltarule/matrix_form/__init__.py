"""Closed forms in the field's words: matrix products, outer products, sums over the batch.

The words are recognised from the index structure of a formula, never asserted for a layer. What
they claim is computed once more from them, with NumPy's own products and sums, and compared with
the formula; where that fails or no pattern is known, there are no words.
"""

from deltarule.matrix_form.forms import MatrixForms

__all__ = ["MatrixForms"]
