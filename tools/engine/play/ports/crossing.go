package ports

import (
	"fmt"
	"net/netip"
	"strconv"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/probe"
)

// clientHost is where the kernel dials from, when it dials a loopback address.
var clientHost = netip.MustParseAddr("127.0.0.1")

// crossing leaves a dial of the grader's waiting for one from the other side.
func crossing(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	s.NeedSpace("crossing")
	host := netip.MustParseAddr(s.Host)
	port, err := strconv.Atoi(args[1])
	if err != nil {
		panic(argument.Usage(fmt.Sprintf("%q is not a port", args[1])))
	}
	f, err := s.Maker.Cross(host, clientHost, port)
	s.CheckMade(err)
	if err != nil {
		s.Skip(fmt.Sprintf("this system does not let two dials cross: %v", err))
	}
	RunsOf(s).crossings = append(RunsOf(s).crossings, f)
	here, there := netip.AddrPortFrom(host, uint16(port)), netip.AddrPortFrom(clientHost, uint16(port))
	if socket, err := s.Net.TCP(here, there); err != nil || socket.State != probe.SynSent {
		s.Skip("this system does not let two dials cross: the grader's was refused")
	}
	s.TS.Setenv(args[0], s.Host)
	s.Record(record.Event{Kind: record.Note,
		What: record.Say("the grader dials from port %d to the same port of %v, which is closed so far", port,
			clientHost)})
}

// Close ends the dials that nobody has met.
func (h *portRuns) Close() {
	for _, f := range h.crossings {
		f.Close()
	}
}
