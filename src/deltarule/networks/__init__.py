"""Networks: tensors, equations between them, recurrences, and networks made from others."""
