"""Notebooks: `%load_ext deltarule` brings cells that derive and cells that check."""
