"""A marked class as a folder of pages: an overview, a page for each student, the distances."""
