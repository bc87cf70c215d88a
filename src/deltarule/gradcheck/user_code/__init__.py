"""A person's own functions: reading, calling, measuring them, and telling what is wrong."""
