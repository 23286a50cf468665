package terminal

import (
	"bufio"
	"bytes"
	"os"
	"strconv"
)

// underWay reports whether the kernel still works on a TCP connection of one of
// the bound ports: a handshake or a close that is not finished, or bytes that
// the other end has not acknowledged. Sleeping programs cannot tell: a kernel
// thread may be about to wake one of them.
//
// It reads /proc/net/tcp (proc(5)), and takes a file that is not there for one
// without connections.
func underWay(n *names) bool {
	ports := map[string]bool{}
	for real := range n.shown {
		if v, err := strconv.Atoi(real); err == nil && v < 1<<16 {
			ports[string(portHex(v))] = true
		}
	}
	if len(ports) == 0 {
		return false
	}
	return anyUnderWay("/proc/net/tcp", ports) || anyUnderWay("/proc/net/tcp6", ports)
}

// portHex writes a port as the kernel's table does.
func portHex(v int) []byte {
	const digits = "0123456789ABCDEF"
	return []byte{digits[v>>12&15], digits[v>>8&15], digits[v>>4&15], digits[v&15]}
}

func anyUnderWay(file string, ports map[string]bool) bool {
	f, err := os.Open(file)
	if err != nil {
		return false
	}
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		// sl local_address rem_address st tx_queue:rx_queue ...
		fields := bytes.Fields(lines.Bytes())
		if len(fields) < 5 || !ports[port(fields[1])] && !ports[port(fields[2])] {
			continue
		}
		switch string(fields[3]) {
		case "02", "03", "04", "09", "0B", "0C": // SYN-SENT, SYN-RECEIVED, FIN-WAIT-1, LAST-ACK, CLOSING, and a request
			return true
		case "01", "05", "08": // ESTABLISHED, FIN-WAIT-2, CLOSE-WAIT
			if !bytes.HasPrefix(fields[4], []byte("00000000:")) {
				return true
			}
		}
	}
	return false
}

// port cuts the port from an address such as 0100007F:9C41.
func port(address []byte) string {
	i := bytes.LastIndexByte(address, ':')
	return string(address[i+1:])
}
