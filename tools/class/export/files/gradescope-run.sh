#!/usr/bin/env bash
# Grades one submission as another user. What could not be graded leaves no
# results.json: Gradescope then shows that its autograder failed, which is no mark.
set -uo pipefail
autograder=${AUTOGRADER:-/autograder}
tree=${TREE:-/opt/course}
course=${COURSE:-/usr/local/bin/course}
export PATH="$PATH:/usr/local/go/bin"
as=()
if [ "$(id -u)" = 0 ] && id student >/dev/null 2>&1; then
	as=(runuser -u student -- env "PATH=$PATH" HOME=/home/student)
	chmod -R a+rX "$autograder/submission"
fi
result=$(mktemp)
trap 'rm -f "$result"' EXIT
cd "$tree" || exit 3
graded=("${as[@]}" "$course" grade {{.Unit}} --dir "$autograder/submission" --format json)
{{- if .Hidden}}
# The hidden scenarios are root's, and are handed over as an open file.
if [ ${#as[@]} = 0 ]; then
	echo "hidden scenarios need an autograder that runs as root, and the user student for the program" >&2
	exit 3
fi
"${graded[@]}" --hidden - <"$autograder/source/hidden.zip" >"$result"
{{- else}}
"${graded[@]}" >"$result"
{{- end}}
"$course" convert --format gradescope --feedback {{.Feedback}}{{if .Points}} --points {{.Points}}{{end}} \
	--out "$autograder/results/results.json" "$result"
