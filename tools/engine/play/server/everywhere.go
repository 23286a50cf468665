package server

import (
	"net/netip"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
)

// everywhere is what a program is asked to listen on that is to be reached at
// all addresses of its machine.
const everywhere = "0.0.0.0:0"

// checkEverywhere judges what a program announced, and where the kernel says that
// it listens, when it was asked for all addresses. With IPv6 on the machine one
// listener may take both families: then the address is ::.
func checkEverywhere(s *scene.Scene, said, at netip.AddrPort) {
	switch {
	case !at.Addr().IsUnspecified():
		refuse(s, record.WrongAddress, record.Say("the server was asked to listen on %s, every address of this "+
			"machine, but listens on %s", record.Foreign(everywhere), at))
	case !said.Addr().IsUnspecified() || said.Port() != at.Port():
		refuse(s, record.WrongAddress, record.Say("the server announced %s but listens on %s", said, at))
	}
}
