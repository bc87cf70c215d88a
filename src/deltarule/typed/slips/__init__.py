"""What is wrong in a typed text, seen before anything is made of it: fact, place, remedy."""
