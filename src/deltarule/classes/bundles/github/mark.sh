#!/usr/bin/env bash
# Marks the repository that it stands in: notices for GitHub Classroom, feedback for the summary.
set -euo pipefail

home=".github/classroom"
scratch="$(mktemp -d)"
trap 'rm -rf "$scratch"' EXIT

# What the student handed in, without this folder and without the repository's own files.
mkdir "$scratch/submission"
tar --exclude=./.git --exclude=./.github -cf - . | tar -xf - -C "$scratch/submission"

status=0
python -m deltarule check "$scratch/submission" --sheet "$home/exam" --who "${WHO:-student}" \
  --export classroom,markdown --reveal "$(cat "$home/reveal")" --output "$scratch/marks" \
  >/dev/null || status=$?
if [ "$status" -gt 1 ]; then
  echo "::error title=deltarule::The submission could not be marked; please tell your teacher."
  exit "$status"
fi

cat "$scratch/marks/markdown.md" >>"${GITHUB_STEP_SUMMARY:-/dev/null}"
cat "$scratch/marks/classroom.txt"
exit "$status"
