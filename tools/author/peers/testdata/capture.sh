# In a network of its own: tcpdump writes what a ping and a conversation over
# TCP make, into the file $1. It sees eight packets and ends: a request and its
# reply, twice, and the SYNs and FINs of one connection. $2 is a server for one
# client and $3 a client.
set -e
ip link set lo up
mkfifo ready
tcpdump -i lo -n -U -w "$1" -c 8 \
	'icmp or tcp[tcpflags] & (tcp-syn|tcp-fin) != 0' 2>ready &
exec 3<ready
while read -r line; do
	echo "$line"
	[[ $line == *"listening on lo"* ]] && break
done <&3
ping -q -n -c 1 127.0.0.1
ping -q -n -c 1 -s 33 -p c0ffee 127.0.0.1
"$2" -listen 127.0.0.1:0 | {
	read -r _ _ addr
	"$3" "$addr" hello
}
wait
