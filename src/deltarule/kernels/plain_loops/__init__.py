"""Loops as people read them: a tree of lines, and what makes it shorter."""
