package unixsocket

import (
	"crypto/sha256"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// errandCommands compare a server on a Unix socket, which keeps texts and reads what
// is handed to it, with a model.
var errandCommands = []scene.Command{{
	Name: "errands", Args: "CLIENTS STEPS", Group: "Descriptors and messages",
	Summary: "CLIENTS take STEPS steps drawn from the seed; each reply must be the model's, and in the end no " +
		"descriptor may be left",
	Detail: "A step is one write: a command, several of them, or the beginning of one that a later step ends, with " +
		"descriptors beside it or without; or a client leaves and comes again. The commands are who, put, get, sum " +
		"and some that are unknown. Descriptors wait in order, at most 16 of them, until a sum takes one.",
	Run: func(s *scene.Scene, args []string) {
		argument.Exactly(2, args)
		m := newErrands(s, argument.Count(args[0]))
		for range argument.Count(args[1]) {
			m.step()
		}
		m.leaveAll()
	},
}}

// errands is the model of such a server.
type errands struct {
	*scene.Scene
	from    *rand.Rand
	clients []*errander
	texts   map[string]string // what was put
	docs    []string          // the names of the files that are handed on
	content map[string]string // what is left to be read of each
}

// An errander is a client of it.
type errander struct {
	*wire.Conn
	half  string   // the rest of a command that was begun
	begun string   // and its beginning
	waits []string // the files whose descriptors wait
}

// erranders is how many files there are, and texts that are put.
const erranders = 4

func newErrands(s *scene.Scene, clients int) *errands {
	m := &errands{Scene: s, from: s.Fill.Source("errands"), texts: map[string]string{}, content: map[string]string{}}
	for i := range erranders {
		name := fmt.Sprintf("doc%d", i+1)
		m.content[name] = string(s.Fill.Random(m.from.IntN(3000), name))
		descriptorOf(s, name, "file", []byte(m.content[name]))
		m.docs = append(m.docs, name)
	}
	for i := range clients {
		m.clients = append(m.clients, &errander{Conn: s.Dial(string(rune('A'+i)), wire.Default)})
	}
	return m
}

// step lets one client do one thing.
func (m *errands) step() {
	c := m.clients[m.from.IntN(len(m.clients))]
	if c.half == "" && m.from.IntN(12) == 0 {
		stream.CloseConn(m.Scene, c.Conn)
		*c = errander{Conn: m.Dial(c.Name, wire.Default)}
		return
	}
	var text string
	var handed []string
	if c.half == "" && len(c.waits) <= 12 && m.from.IntN(3) == 0 {
		for range 1 + m.from.IntN(3) {
			handed = append(handed, m.docs[m.from.IntN(len(m.docs))])
		}
	}
	c.waits = append(c.waits, handed...)
	reply := ""
	for range 1 + m.from.IntN(3) {
		rest := c.half
		command := c.begun + rest
		if rest == "" {
			command = m.draw()
			rest = command
		}
		c.half, c.begun = "", ""
		text += rest + "\n"
		reply += m.reply(c, command)
	}
	if m.from.IntN(4) == 0 {
		command := m.draw()
		at := 1 + m.from.IntN(len(command)-1)
		c.begun, c.half = command[:at], command[at:]
		text += c.begun
	}
	sendRights(m.Scene, c.Conn, []byte(text), handed)
	if reply != "" {
		stream.Recv(m.Scene, c.Conn, []byte(reply))
	}
}

// draw makes up a command.
func (m *errands) draw() string {
	name := string(m.Fill.Words(1, fmt.Sprint("name", m.from.IntN(erranders))))
	switch m.from.IntN(6) {
	case 0:
		return "who"
	case 1:
		return "put " + name + " " + string(m.Fill.Words(1+m.from.IntN(4), fmt.Sprint("text", m.from.IntN(100))))
	case 2:
		return "get " + name
	case 3, 4:
		return "sum"
	}
	return name + " " + name
}

// reply is what the server must say to it.
func (m *errands) reply(c *errander, command string) string {
	verb, rest, _ := strings.Cut(command, " ")
	name, text, _ := strings.Cut(rest, " ")
	switch verb {
	case "who":
		return "uid " + m.TS.Getenv(c.Name+"_uid") + " pid " + m.TS.Getenv(c.Name+"_pid") + "\n"
	case "put":
		m.texts[name] = text
		return "ok\n"
	case "get":
		if text, ok := m.texts[name]; ok {
			return text + "\n"
		}
		return "error: no such secret\n"
	case "sum":
		return m.sum(c)
	}
	return "error: unknown command\n"
}

// sum takes a descriptor. What was read once is gone for all descriptors of the file.
func (m *errands) sum(c *errander) string {
	if len(c.waits) == 0 {
		return "error: no descriptor\n"
	}
	name := c.waits[0]
	c.waits = c.waits[1:]
	text := m.content[name]
	m.content[name] = ""
	return fmt.Sprintf("%d %x\n", len(text), sha256.Sum256([]byte(text)))
}

// leaveAll lets all clients leave, some with descriptors that wait.
func (m *errands) leaveAll() {
	for _, c := range m.clients {
		stream.CloseConn(m.Scene, c.Conn)
	}
	m.Record(record.Event{Kind: record.Note, What: record.Say("all clients have left")})
	holdsNot(m.Scene, slices.Clone(m.docs))
	programs.Descriptors(m.Scene, nil)
}
