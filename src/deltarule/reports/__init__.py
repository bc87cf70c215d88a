"""Results as LaTeX, Markdown and JSON. Reports read results, and compute nothing."""
