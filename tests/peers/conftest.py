"""Comparisons with other libraries, which are not part of the test command.

They are collected only where the folder is named, and need torch and onnx: `pytest tests/peers`.
"""

from pathlib import Path

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path, config):
    """Leave the folder out unless the command line names it."""
    if HERE not in (collection_path, *collection_path.parents):
        return None
    return None if any("peers" in str(word) for word in config.args) else True
