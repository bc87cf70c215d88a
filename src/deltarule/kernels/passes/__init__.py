"""Passes: equations become other equations that are computed faster or more safely."""
