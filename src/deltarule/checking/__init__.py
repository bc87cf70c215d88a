"""Numbers beside symbols, and derivatives checked a second way."""
