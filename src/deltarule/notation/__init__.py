"""The path that derivation files were first written with; see deltarule.language."""
