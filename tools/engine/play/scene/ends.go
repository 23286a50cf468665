package scene

import (
	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// TheirEnd is what the kernel knows of the program's end of c.
func (s *Scene) TheirEnd(c *wire.Conn) (probe.Socket, error) {
	if c.Path != "" {
		return probe.UnixPeer(c.Inode)
	}
	return s.Net.TCP(c.Remote, c.Local)
}

// Counts reports whether the kernel counts what was read and written at an end: theirs and err
// are from TheirEnd.
func Counts(theirs probe.Socket, err error) bool {
	return err != probe.ErrNoEvidence && (err != nil || theirs.Counted)
}

// OurEnd is what the kernel knows of the grader's end of c.
func (s *Scene) OurEnd(c *wire.Conn) (probe.Socket, error) {
	if c.Path != "" {
		return probe.UnixEnd(c.Inode)
	}
	return s.Net.TCP(c.Local, c.Remote)
}

// describeUnix is describe, of a connection between Unix sockets. Whether the end of
// stream has been read the kernel does not say.
func describeUnix(c *wire.Conn, theirs probe.Socket) record.Phrase {
	switch {
	case theirs.Inode == 0:
		return record.Say("%s's connection waits in the accept queue: the program has not accepted it", c.Name)
	case theirs.Unread > 0:
		return record.Say("%s it has not read wait in its socket", record.Amount(int(theirs.Unread)))
	case c.WroteFIN():
		return record.Say("it has read all that %s sent, and then comes the end of stream", c.Name)
	case c.Sent() > 0:
		return record.Say("it has read all that %s sent", c.Name)
	}
	return record.Phrase{}
}

// EndOf is what the end of c's stream is called: a Unix socket sends no segments.
func EndOf(c *wire.Conn) string {
	if c.Path != "" {
		return "end of stream"
	}
	return "FIN"
}
