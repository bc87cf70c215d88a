"""The text of a kernel's file, and the functions by which it is entered."""
