"""Comparisons with other libraries, which are not part of the test command.

They are collected only where the folder is named, and need torch and onnx: `pytest tests/peers`.
At the end stands what was compared, and what no derivation says, with the reasons.
"""

from collections import Counter, defaultdict
from pathlib import Path

HERE = Path(__file__).parent


def pytest_ignore_collect(collection_path, config):
    """Leave the folder out unless the command line names it."""
    if HERE not in (collection_path, *collection_path.parents):
        return None
    return None if any("peers" in str(word) for word in config.args) else True


def pytest_terminal_summary(terminalreporter):
    """The counts of all operations, and their totals."""
    reports = [r for rs in terminalreporter.stats.values() for r in rs]
    told = [
        (report.nodeid.rpartition("::")[2], value)
        for report in reports
        for name, value in getattr(report, "user_properties", ())
        if name == "tally" and report.when == "call"
    ]
    if not told:
        return
    terminalreporter.section("compared with PyTorch and ONNX")
    totals: dict[str, Counter] = defaultdict(Counter)
    derivations: set[str] = set()
    for test, tally in sorted(told, key=lambda pair: pair[0]):
        counts = {k: tally[k] for k in ("samples", "values", "gradients")}
        beyond = sum(n for reason, n in tally["reasons"].items() if not reason.startswith("("))
        counts["not said"] = beyond
        counts["left out"] = sum(tally["reasons"].values()) - beyond
        kind = test.partition("[")[0] + (" compiled" if "compiled" in test else "")
        totals[kind].update(counts)
        derivations.update(tally["derivations"])
        terminalreporter.write_line(f"{test}: " + ", ".join(f"{n} {k}" for k, n in counts.items()))
        for reason, n in tally["reasons"].items():
            terminalreporter.write_line(f"    {n} × {reason}")
    for kind, counts in sorted(totals.items()):
        terminalreporter.write_line(f"{kind}: " + ", ".join(f"{n} {k}" for k, n in counts.items()))
    terminalreporter.write_line(f"{len(derivations)} derivations: {', '.join(sorted(derivations))}")
