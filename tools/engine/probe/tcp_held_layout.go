package probe

import "encoding/binary"

// fdInfoSize is the size of struct proc_fdinfo in bsd/sys/proc_info.h of XNU: int32_t
// proc_fd, uint32_t proc_fdtype.
const fdInfoSize = 8

// parseFDs returns the descriptors of a list of struct proc_fdinfo that are sockets.
func parseFDs(b []byte) (fds []int32) {
	const socket = 2 // PROX_FDTYPE_SOCKET
	for ; len(b) >= fdInfoSize; b = b[fdInfoSize:] {
		if binary.LittleEndian.Uint32(b[4:]) == socket {
			fds = append(fds, int32(binary.LittleEndian.Uint32(b)))
		}
	}
	return fds
}

// socketInfoSize is the size of struct socket_fdinfo there:
//
//	  0  struct proc_fileinfo pfi
//	 24  struct vinfo_stat psi.soi_stat
//	160  uint64_t psi.soi_so, soi_pcb
//	176  int soi_type, soi_protocol, soi_family
//	188  short soi_options, and six more; u_short soi_error; uint32_t soi_oobmark
//	208  struct sockbuf_info soi_rcv, soi_snd
//	256  int soi_kind; uint32_t rfu_1
//	264  union soi_proto, of TCP a struct tcp_sockinfo, which begins with a struct
//	     in_sockinfo: int insi_fport, insi_lport, in network byte order, ...
const socketInfoSize = 792

// parseSocketInfo returns the local port of a struct socket_fdinfo, and whether it is of
// a TCP socket.
func parseSocketInfo(b []byte) (port uint16, tcp bool) {
	const kindTCP = 2 // SOCKINFO_TCP
	if len(b) != socketInfoSize || binary.LittleEndian.Uint32(b[256:]) != kindTCP {
		return 0, false
	}
	return binary.BigEndian.Uint16(b[268:]), true
}

// parseKinfoFiles returns the local ports of the TCP sockets in a list of struct
// kinfo_file of FreeBSD (sys/user.h, since version 12), each as long as it says:
//
//	 0  int kf_structsize, kf_type, kf_fd, ...
//	36  int kf_un.kf_sock.kf_sock_domain0, kf_sock_type0, kf_sock_protocol0
//	48  struct sockaddr_storage kf_un.kf_sock.kf_sa_local: its length, its family, its
//	    port in network byte order, ...
func parseKinfoFiles(b []byte) (ports []uint16) {
	const socket, inet, inet6, stream = 2, 2, 28, 1 // KF_TYPE_SOCKET, AF_INET, AF_INET6, SOCK_STREAM
	at := func(i int) uint32 { return binary.LittleEndian.Uint32(b[i:]) }
	for len(b) >= 52 {
		size := int(at(0))
		if size < 52 || size > len(b) {
			break // also 0, which ends the list
		}
		if domain := at(36); at(4) == socket && at(40) == stream && (domain == inet || domain == inet6) {
			ports = append(ports, binary.BigEndian.Uint16(b[50:]))
		}
		b = b[size:]
	}
	return ports
}

// tcpRow says where the fields of a row of a TCP table of Windows are.
type tcpRow struct{ size, port, state, owner int }

// MIB_TCPROW_OWNER_PID of tcpmib.h: dwState, dwLocalAddr, dwLocalPort, dwRemoteAddr,
// dwRemotePort, dwOwningPid. MIB_TCP6ROW_OWNER_PID: ucLocalAddr[16], dwLocalScopeId,
// dwLocalPort, ucRemoteAddr[16], dwRemoteScopeId, dwRemotePort, dwState, dwOwningPid.
// Ports are in network byte order.
var (
	tcpRow4 = tcpRow{size: 24, state: 0, port: 8, owner: 20}
	tcpRow6 = tcpRow{size: 56, port: 20, state: 48, owner: 52}
)

// parseTCPTable returns the local ports of the rows that belong to a process. A socket
// that its owner has closed may still be there, while its last bytes are under way, so only
// the states count in which that cannot be: listening, established, and closed by the
// peer alone.
func parseTCPTable(b []byte, row tcpRow, pid uint32) (ports []uint16) {
	const listening, established, closeWait = 2, 5, 8 // MIB_TCP_STATE
	if len(b) < 4 {
		return nil
	}
	n := int(binary.LittleEndian.Uint32(b)) // dwNumEntries
	for b = b[4:]; n > 0 && len(b) >= row.size; n, b = n-1, b[row.size:] {
		at := func(i int) uint32 { return binary.LittleEndian.Uint32(b[i:]) }
		state := at(row.state)
		if at(row.owner) == pid && (state == listening || state == established || state == closeWait) {
			ports = append(ports, binary.BigEndian.Uint16(b[row.port:]))
		}
	}
	return ports
}
