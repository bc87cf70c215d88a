"""Prints whose submission it is, a line each: address, number and name of its first student."""

import json
import sys


def names(path):
    """The names by which a student may be known; none where there is no file, or nobody in it."""
    try:
        with open(path, encoding="utf-8") as file:
            users = json.load(file).get("users") or [{}]
    except (OSError, ValueError, AttributeError):
        return []
    found = [users[0].get(key) for key in ("email", "sid", "name", "id")]
    return [str(name) for name in found if name and str(name).isprintable()]


if __name__ == "__main__":
    for name in names(sys.argv[1]):
        print(name)
