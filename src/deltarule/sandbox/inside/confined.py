"""A program in a sandbox: it gives up its rights first, then a module's `main` is run.

Its arguments: the module, and settings as JSON. Standard input and output stay as they are.
"""

from __future__ import annotations

import importlib
import json
import os
import resource
import sys

from .landlock_rules import restrict
from .linux_calls import PR_SET_NO_NEW_PRIVS, drop_capabilities, prctl
from .scratch_folder import mounted
from .seccomp_filter import install


def start() -> None:
    """Give up rights for good, and run the module."""
    settings = json.loads(sys.argv[2])
    os.closerange(3, 1024)
    if settings["mounts_scratch"]:
        mounted(settings["scratch"], settings["scratch_bytes"], settings["scratch_files"])
    drop_capabilities()
    prctl(PR_SET_NO_NEW_PRIVS, 1)
    restrict(settings["readable"], settings["writable"])
    for name, most in settings["limits"].items():
        resource.setrlimit(getattr(resource, f"RLIMIT_{name}"), (most, most))
    os.environ.clear()
    os.chdir(settings["scratch"])
    module = importlib.import_module(sys.argv[1])
    install()
    module.main()
