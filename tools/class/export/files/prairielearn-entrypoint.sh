#!/usr/bin/env bash
# PrairieLearn runs this in the container; it reads results.json when it has ended.
set -uo pipefail
grade=${GRADE:-/grade}
mkdir -p "$grade/results"
result=$(mktemp)
trap 'rm -f "$result"' EXIT
cd "${TREE:-/course/tree}" || exit 3
"${COURSE:-/course/course}" grade {{.Unit}} --dir "$grade/student" --format json >"$result"
"${COURSE:-/course/course}" convert --format prairielearn --out "$grade/results/results.json" "$result"
