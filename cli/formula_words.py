"""Which words of a command line are formulas."""

#: Signs that no name of a derivation has.
_OF_FORMULAS = "=‖½²√Σ∑⊙ᵀσ(\\^"


def is_formula(name: str) -> bool:
    """Whether a word is a formula, and no name or path of a derivation."""
    return any(sign in name for sign in _OF_FORMULAS) and not name.endswith(".py")
