package crowds

import (
	"bytes"
	"fmt"
	"strconv"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/resp"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// bustleCommands let clients of a server that speaks RESP set and get the same keys.
var bustleCommands = []scene.Command{{
	Name: "bustle", Args: "CLIENTS COMMANDS ROUNDS", Group: "Many clients",
	Summary: "so many CLIENTS, every second one with COMMANDS that set three keys and the others with as many that " +
		"get them, all at the same moment; each GET must bring a value that was set, and none that is over",
	Detail: "A value is over for a client once it has got a later one of the same origin and key. All commands come " +
		"while the program is stopped (SIGSTOP), so that it finds them at the same moment. All that is done ROUNDS " +
		"times.",
	Run: bustle,
}}

// bustleKeys are wanted by all clients.
const bustleKeys = 3

// Of a value each part has its width: so all replies to GET are equally long.
const (
	bustleValue = "%02d-%07d" // who has set it, and with which of its commands
	bustleReply = len("$10\r\n00-0000000\r\n")
)

// A bustling is one such scenario.
type bustling struct {
	*scene.Scene
	clients []*wire.Conn
	sent    int              // how many commands each of them had sent before this round
	latest  map[[3]int]int64 // by reader, key and origin: what the reader got last
}

func bustle(s *scene.Scene, args []string) {
	argument.Exactly(3, args)
	b := &bustling{Scene: s, latest: map[[3]int]int64{}}
	n, rounds := argument.Count(args[1]), argument.Count(args[2])
	b.clients = crowd(s, argument.Count(args[0]), wire.Default, "all use the same three keys")
	defer func() { s.Mute, s.Hurry = false, false }()
	m := resp.NewStore()
	for key := range bustleKeys {
		resp.Row(s, b.clients[0], m.Questions([]string{"SET", keyName(key), fmt.Sprintf(bustleValue, 0, 0)}))
	}
	mark := s.Log.Mark()
	for range rounds {
		s.Log.Rewind(mark) // how many rounds went well is luck
		b.round(n)
	}
	s.Log.Rewind(mark)
	s.Log.Note("%d times each of them had all its replies", rounds)
}

func keyName(key int) string { return "key " + strconv.Itoa(key) }

// round sends n commands of each client, and reads the replies.
func (b *bustling) round(n int) {
	b.Pause()
	p := b.Main()
	stream.Halt(b.Scene, p)
	for i, c := range b.clients {
		left, failed, end := stream.Give(b.Scene, c, b.commands(i, n))
		stream.Given(b.Scene, c, left, failed, end)
	}
	p.GoOn()
	b.Log.Note("%d commands of each client come while the server is stopped (SIGSTOP); then it goes on", n)
	for i := range b.clients {
		b.replies(i, n)
	}
	b.sent += n
}

// sets reports whether client i sets values, and does not get them.
func sets(i int) bool { return i%2 == 0 }

// commands returns the next n of client i.
func (b *bustling) commands(i, n int) (data []byte) {
	for at := range n {
		key := keyName(at % bustleKeys)
		if sets(i) {
			data = append(data, resp.RespOf([]string{"SET", key, fmt.Sprintf(bustleValue, i, b.sent+at+1)})...)
		} else {
			data = append(data, resp.RespOf([]string{"GET", key})...)
		}
	}
	return data
}

// replies reads what client i gets for n commands.
func (b *bustling) replies(i, n int) {
	c, size := b.clients[i], bustleReply
	if sets(i) {
		size = len("+OK\r\n")
	}
	got, failed, end := stream.Read(b.Scene, b.Owner(c), c, n*size)
	if failed != nil {
		b.Hangup(c, failed, scene.Owes{})
	}
	// Which of them gets no reply is luck.
	b.Judge(b.Owner(c), end, scene.Owes{Code: record.Silence,
		What: record.Say("one of them has not had all its replies")})
	for at := range n {
		reply := got[at*size : (at+1)*size]
		switch key := at % bustleKeys; {
		case sets(i) && string(reply) != "+OK\r\n":
			b.wrong(c, "SET "+keyName(key), reply, "it is not \"+OK\"")
		case !sets(i):
			b.judge(i, key, reply)
		}
	}
}

// judge says whether a value may be the reply to GET.
func (b *bustling) judge(i, key int, reply []byte) {
	var who int
	var which int64
	value := bytes.TrimSuffix(bytes.TrimPrefix(reply, []byte("$10\r\n")), []byte("\r\n"))
	_, err := fmt.Sscanf(string(value), bustleValue, &who, &which)
	switch back := fmt.Sprintf(bustleValue, who, which); {
	case err != nil || back != string(value):
		b.wrong(b.clients[i], "GET "+keyName(key), reply, "no client has set such a value")
	case which > 0 && !b.was(who, key, which):
		b.wrong(b.clients[i], "GET "+keyName(key), reply, "this key has not had this value")
	case which < b.latest[[3]int{i, key, who}]:
		b.wrong(b.clients[i], "GET "+keyName(key), reply, "this client had got a later value already")
	default:
		b.latest[[3]int{i, key, who}] = which
	}
}

// was reports whether a client has set this key with this one of its commands.
func (b *bustling) was(who, key int, which int64) bool {
	n := int64(b.sent) // each round begins with the first key
	return who < len(b.clients) && sets(who) && (which <= n || int((which-n-1)%bustleKeys) == key)
}

// wrong ends the scenario: which of the replies it is is luck.
func (b *bustling) wrong(c *wire.Conn, asked string, reply []byte, why string) {
	b.Reject("", record.Say("a reply that cannot be"), record.Verdict{Code: record.WrongBytes,
		What: record.Say("a client was answered %s to %s: %s", record.Varies(fmt.Sprintf("%q", reply), "\"...\""),
			record.Varies(asked, asked[:len("GET key")]), why)})
}
