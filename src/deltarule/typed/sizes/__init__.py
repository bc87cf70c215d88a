"""The sizes of axes, inferred from where they meet, and how far indices run."""
