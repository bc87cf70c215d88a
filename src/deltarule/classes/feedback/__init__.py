"""Feedback for each student: one set of statements, shown as Markdown, HTML and JSON."""
