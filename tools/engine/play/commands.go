package play

import (
	"fmt"
	"slices"
	"strings"

	"github.com/rogpeppe/go-internal/testscript"

	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/chat"
	"loopback/tools/engine/play/crowds"
	"loopback/tools/engine/play/datagram"
	"loopback/tools/engine/play/limits"
	"loopback/tools/engine/play/packet"
	"loopback/tools/engine/play/ports"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/resp"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/secure"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/play/tftp"
	"loopback/tools/engine/play/unixsocket"
	"loopback/tools/engine/play/web"
	"loopback/tools/engine/scenario"
)

// Commands returns the words of scenarios, in the order of the reference page.
func Commands() []scene.Command {
	return slices.Concat(
		server.Commands,
		ports.Commands,
		stream.Commands,
		resp.Commands,
		web.Commands,
		crowds.Commands,
		chat.Commands,
		secure.Commands,
		unixsocket.Commands,
		datagram.Commands,
		tftp.Commands,
		packet.Commands,
		programs.Commands,
		limits.Commands,
	)
}

// Whoever can play scenarios can read their scripts.
func init() {
	var all []scenario.Word
	for _, c := range Commands() {
		all = append(all, scenario.Word{Name: c.Name, Sets: strings.Fields(c.Sets), Fills: c.Fills})
	}
	scenario.Speak(all)
}

// scriptCommands returns the commands as testscript wants them.
func scriptCommands() map[string]func(*testscript.TestScript, bool, []string) {
	m := map[string]func(*testscript.TestScript, bool, []string){}
	for _, c := range Commands() {
		m[c.Name] = func(ts *testscript.TestScript, neg bool, args []string) {
			if neg {
				ts.Fatalf("%s cannot be negated with !", c.Name)
			}
			s := ts.Value(sceneKey{}).(*scene.Scene)
			s.TS = ts
			line := s.Places.Next(c.Name)
			s.Log.At(line)
			if name := s.Places.Empty(line, ts.Getenv); name != "" {
				ts.Fatalf("there is nothing in the variable $%s", name)
			}
			if message := play(s, c, args); message != "" {
				ts.Fatalf("%s", message)
			}
		}
	}
	return m
}

type sceneKey struct{}

// play runs one command and returns why the scenario ends with it, or "".
func play(s *scene.Scene, c scene.Command, args []string) (message string) {
	defer func() {
		switch r := recover().(type) {
		case nil:
		case scene.Stop:
			message = r.Message
		case argument.Usage:
			message = fmt.Sprintf("%s; usage: %s %s", string(r), c.Name, c.Args)
		default:
			panic(r)
		}
	}()
	s.Known.Command, s.Known.Args = c.Name, args
	c.Run(s, args)
	scene.SeeOthers(s)
	return ""
}
