#!/usr/bin/env bash
# chain RELAY SERVER -listen ADDR ARG...
#
# Starts the server at a port of its own, and becomes a relay at ADDR in front of it.
# So the two are one program, whose processes end together. Without -listen it is
# the server's program alone.
set -eu
relay=$1 server=$2
shift 2
if [ "${1-}" != -listen ]; then
	exec "$server" "$@"
fi
addr=$2
shift 2
exec 3< <(exec "$server" -listen "${addr%:*}:0" "$@")
read -r line <&3
exec "$relay" -listen "$addr" -to "${line#listening on }"
