"""Write the golden files anew: `python tests/golden/refresh.py [NAME …]`, then read the diff."""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "support"))

from golden import refresh  # noqa: E402

if __name__ == "__main__":
    changed = refresh(sys.argv[1:])
    print("changed: " + (", ".join(changed) or "nothing"))
