#!/usr/bin/env bash
# Marks /submissions by /exam into /marks; that something is not right is no failure of the container.
set -uo pipefail

root="${BUNDLE_ROOT:-}"
status=0
python -m deltarule check class "$root/submissions" --sheet "$root/exam" --out "$root/marks" "$@" ||
  status=$?
[ "$status" -le 1 ]
