"""The course as a whole: what was asked, how it went, and what went wrong how often."""
