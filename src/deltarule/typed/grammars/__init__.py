"""The grammars of the right sides: with indices, of matrices, of vectors that have indices."""
