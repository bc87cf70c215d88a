"""What the names of a text are: tensors, by their uses and letters, and what each is for."""
