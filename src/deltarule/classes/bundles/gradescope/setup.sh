#!/usr/bin/env bash
# Builds the image of the autograder: a Python that is new enough, and deltarule in a place of its
# own, as requirements.txt pins it. Gradescope runs it once, as root; apt-get update was run before.
set -euo pipefail

root="${AUTOGRADER_ROOT:-/autograder}"
source="$root/source"

# Prints the first Python from 3.11 on that can make a virtual environment.
find_python() {
  local name
  for name in python3.14 python3.13 python3.12 python3.11 python3; do
    if command -v "$name" >/dev/null &&
      "$name" -c 'import sys, ensurepip, venv; sys.exit(sys.version_info < (3, 11))' 2>/dev/null; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

if ! python="$(find_python)"; then
  # Ubuntu 22.04 has 3.11 beside its own 3.10.
  apt-get install -y python3-venv python3.11 python3.11-venv
  if ! python="$(find_python)"; then
    echo "deltarule needs Python 3.11 or newer: choose a newer base image" >&2
    exit 1
  fi
fi

"$python" -m venv "$root/venv"
# Paths in requirements.txt are meant from the folder that it is in.
cd "$source"
"$root/venv/bin/python" -m pip install --no-cache-dir -r requirements.txt
