package probe

import (
	"encoding/binary"
	"net"
	"slices"
	"testing"
)

// macOS: a list of descriptors, and what two of them are.
func TestSocketInfo(t *testing.T) {
	var list []byte
	for _, fd := range [][2]uint32{{0, 1}, {3, 5}, {4, 2}, {7, 2}, {9, 6}} { // a file, a kqueue, two sockets, a pipe
		list = binary.LittleEndian.AppendUint32(binary.LittleEndian.AppendUint32(list, fd[0]), fd[1])
	}
	if got := parseFDs(list); !slices.Equal(got, []int32{4, 7}) {
		t.Errorf("sockets: got %v, want 4 and 7", got)
	}
	b := make([]byte, socketInfoSize)
	binary.LittleEndian.PutUint32(b[256:], 2)  // soi_kind
	binary.BigEndian.PutUint16(b[264:], 50000) // insi_fport
	binary.BigEndian.PutUint16(b[268:], 7001)  // insi_lport
	if port, tcp := parseSocketInfo(b); port != 7001 || !tcp {
		t.Errorf("got %d, %v, want 7001, true", port, tcp)
	}
	if _, tcp := parseSocketInfo(b[:len(b)-1]); tcp {
		t.Error("a socket of which too little is known counts")
	}
	binary.LittleEndian.PutUint32(b[256:], 3) // SOCKINFO_UN
	if _, tcp := parseSocketInfo(b); tcp {
		t.Error("a Unix socket counts")
	}
}

// FreeBSD: records of different lengths.
func TestKinfoFiles(t *testing.T) {
	record := func(size int, kind, domain, socket uint32, port uint16) []byte {
		b := make([]byte, size)
		binary.LittleEndian.PutUint32(b[0:], uint32(size)) // kf_structsize
		binary.LittleEndian.PutUint32(b[4:], kind)         // kf_type
		binary.LittleEndian.PutUint32(b[36:], domain)      // kf_sock_domain0
		binary.LittleEndian.PutUint32(b[40:], socket)      // kf_sock_type0
		b[48], b[49] = 16, byte(domain)                    // sin_len, sin_family
		binary.BigEndian.PutUint16(b[50:], port)           // sin_port
		return b
	}
	b := slices.Concat(record(368, 1, 2, 1, 1), record(368, 2, 2, 1, 7001), record(376, 2, 28, 1, 7002),
		record(1392, 2, 2, 2, 7003), record(368, 2, 1, 1, 7004)) // a file, TCP, TCP over IPv6, UDP, a Unix socket
	if got := parseKinfoFiles(b); !slices.Equal(got, []uint16{7001, 7002}) {
		t.Errorf("got %v, want 7001 and 7002", got)
	}
	for n := range len(b) {
		parseKinfoFiles(b[:n]) // what is cut off is no reason to panic
	}
	if got := parseKinfoFiles(make([]byte, 400)); got != nil {
		t.Errorf("records without a length: got %v", got)
	}
}

// Windows: rows of others, and of sockets that have been closed, do not count.
func TestTCPTable(t *testing.T) {
	const mine = 4711
	row4 := func(state, owner uint32, port uint16) []byte {
		b := make([]byte, 24)
		binary.LittleEndian.PutUint32(b[0:], state)
		binary.BigEndian.PutUint16(b[8:], port)
		binary.BigEndian.PutUint16(b[16:], 50000)
		binary.LittleEndian.PutUint32(b[20:], owner)
		return b
	}
	row6 := func(state, owner uint32, port uint16) []byte {
		b := make([]byte, 56)
		binary.BigEndian.PutUint16(b[20:], port)
		binary.BigEndian.PutUint16(b[44:], 50000)
		binary.LittleEndian.PutUint32(b[48:], state)
		binary.LittleEndian.PutUint32(b[52:], owner)
		return b
	}
	for _, test := range []struct {
		layout tcpRow
		row    func(state, owner uint32, port uint16) []byte
	}{{tcpRow4, row4}, {tcpRow6, row6}} {
		b := slices.Concat([]byte{6, 0, 0, 0}, test.row(2, mine, 7001), test.row(5, mine, 7001),
			test.row(5, 8, 7001), test.row(8, mine, 7002), test.row(11, 0, 7001), test.row(6, mine, 7001),
			test.row(5, mine, 7009)) // behind the last that counts
		if got := parseTCPTable(b, test.layout, mine); !slices.Equal(got, []uint16{7001, 7001, 7002}) {
			t.Errorf("rows of %d bytes: got %v", test.layout.size, got)
		}
		for n := range len(b) {
			parseTCPTable(b[:n], test.layout, mine)
		}
	}
}

// On a system that tells, a listener is seen as long as it is open.
func TestPortsHeld(t *testing.T) {
	if _, err := PortsHeld(ownPID()); err == ErrNoEvidence {
		t.Skip(err)
	}
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := portOf(ln.Addr())
	if !ownPorts(port, 1) {
		t.Errorf("the listener at port %d is not seen", port)
	}
	ln.Close()
	if !ownPorts(port, 0) {
		t.Errorf("the listener at port %d is seen, although it has been closed", port)
	}
}
