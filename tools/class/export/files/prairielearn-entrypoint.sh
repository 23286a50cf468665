#!/usr/bin/env bash
# PrairieLearn runs this in the container; it reads results.json when it has ended. The
# program runs as another user.
set -uo pipefail
grade=${GRADE:-/grade}
course=${COURSE:-/course/course}
as=()
if [ "$(id -u)" = 0 ] && id student >/dev/null 2>&1; then
	as=(runuser -u student -- env "PATH=$PATH" HOME=/home/student)
	chmod -R a+rX "$grade/student"
fi
mkdir -p "$grade/results"
result=$(mktemp)
trap 'rm -f "$result"' EXIT
cd "${TREE:-/course/tree}" || exit 3
graded=("${as[@]}" "$course" grade {{.Unit}} --dir "$grade/student" --format json)
{{- if .Hidden}}
# The hidden scenarios are root's. Standard error may tell of them, and learners can see it.
if [ ${#as[@]} = 0 ]; then
	echo "hidden scenarios need a container that runs as root, and a user student for the program" >&2
	exit 3
fi
"${graded[@]}" --hidden - <"${HIDDEN:-/course/hidden.zip}" >"$result" 2>/dev/null
{{- else}}
"${graded[@]}" >"$result"
{{- end}}
"$course" convert --format prairielearn --feedback {{.Feedback}} --out "$grade/results/results.json" "$result"
