"""Sheets and answers as files of TOML: read leniently, each fault with its line and its mend."""
