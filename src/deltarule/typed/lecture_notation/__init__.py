"""Lectures' and programs' notations, put as text into the one that the grammars read."""
