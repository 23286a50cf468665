#!/bin/bash
# Starts tinyproxy as this command wants its servers: at an address of its own, which
# it announces. tinyproxy takes no port of the kernel's choice, so the address is drawn:
# each process has one of 127.0.0.0/8 for itself.
set -e
addr=127.$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2)).$((RANDOM % 250 + 2))
port=8888
config=$(mktemp)
cat >"$config" <<CONFIG
Port $port
Listen $addr
Timeout 600
MaxClients 1000
LogLevel Critical
CONFIG
(
	tries=0
	until (exec 3<>"/dev/tcp/$addr/$port") 2>/dev/null; do
		[ $((tries += 1)) -lt 500 ] || exit 1
		sleep 0.02
	done
	rm "$config"
	echo "listening on $addr:$port"
) &
exec tinyproxy -d -c "$config"
