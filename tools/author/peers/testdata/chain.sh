#!/usr/bin/env bash
# chain RELAY SERVER -listen ADDR ARG...
#
# Starts the server at a port of its own, and becomes a relay at ADDR in front of it.
# So the two are one program, whose processes end together.
set -eu
relay=$1 server=$2 addr=$4
shift 4
exec 3< <(exec "$server" -listen "${addr%:*}:0" "$@")
read -r line <&3
exec "$relay" -listen "$addr" -to "${line#listening on }"
