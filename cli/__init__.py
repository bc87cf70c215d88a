"""The commands deltarule, derive, trace and check."""
