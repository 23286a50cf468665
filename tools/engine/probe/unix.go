package probe

// A UnixListener is a Unix socket that listens: unix(7).
type UnixListener struct {
	Path    string // its name, as it was bound; that of an abstract one begins with "@"
	Packets bool   // it keeps the boundaries of messages (SOCK_SEQPACKET)
	Inode   uint32 // of the socket; its file has another
	File    uint64 // the inode of the file that was made when it was bound; 0 for an abstract one
	Waiting uint32 // connections that wait to be accepted
	Backlog uint32
}

// UnixListenersOf returns the Unix sockets on which these processes listen.
func UnixListenersOf(pids []int) ([]UnixListener, error) { return unixListenersOf(pids) }

// UnixEnd looks up one end of a connection between Unix sockets by its inode. Unread
// counts what waits in its queue, Unacked is 0: the kernel puts what is written into
// the other end's queue at once. The state is CloseWait when the other end has no more
// to send, FinWait2 when this one has not, Closing when both. When the other end is closed it is
// CloseWait.
func UnixEnd(inode uint32) (Socket, error) {
	s, _, err := unixEnd(inode)
	return s, err
}

// UnixPeer looks up the other end of that connection. While it waits to be accepted
// it has no inode, and Unread is how much memory its bytes take.
func UnixPeer(inode uint32) (Socket, error) { return unixPeer(inode) }
