"""Statements about networks, and claims that the engine examines."""
