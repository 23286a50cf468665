package crowds

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/resp"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// rivalCommands let clients of a server that speaks RESP want the same thing.
var rivalCommands = []scene.Command{{
	Name: "rivals", Args: "CLIENTS KEYS ROUNDS", Group: "Many clients",
	Summary: "so many CLIENTS remove the same KEYS at the same moment; the numbers that they are told " +
		"must add up to KEYS",
	Detail: "The keys are long, and have been set by the first of the clients. Each client sends one DEL of them " +
		"all, every second one in the opposite order; the last byte of each DEL comes while the program is stopped " +
		"(SIGSTOP), so that it finds them all at the same moment. All that is done ROUNDS times.",
	Run: rivals,
}}

// rivalKey is how long a key is: long enough that a DEL of a thousand of them,
// which is as long as a command may be, takes some time.
const rivalKey = 2000

func rivals(s *scene.Scene, args []string) {
	argument.Exactly(3, args)
	clients := crowd(s, argument.Count(args[0]), wire.Default, "all will remove the same keys")
	defer func() { s.Mute, s.Hurry = false, false }()
	n, rounds, mark := argument.Count(args[1]), argument.Count(args[2]), s.Log.Mark()
	set, forwards, backwards := rivalQuestions(n)
	for range rounds {
		s.Log.Rewind(mark) // how many rounds went well is luck
		resp.Row(s, clients[0], set)
		s.Log.Note("%d keys are set; each client sends a DEL of them all", n)
		for i, c := range clients {
			data := [][]byte{forwards, backwards}[i%2]
			stream.Put(s, c, data[:len(data)-1])
		}
		lastByte(s, clients)
		sum := 0
		for _, c := range clients {
			sum += number(s, c)
		}
		if sum != n {
			overcounted(s, clients, n, sum)
		}
	}
	s.Log.Rewind(mark)
	s.Log.Note("%d times the numbers of a round added up to %d", rounds, n)
}

// rivalQuestions are those that set n keys, and a DEL of them in either order.
func rivalQuestions(n int) (set []resp.Question, forwards, backwards []byte) {
	m, words := resp.NewStore(), []string{"DEL"}
	for i := range n {
		key := fmt.Sprintf("%s%04d", strings.Repeat("long ", rivalKey/5)[:rivalKey-4], i)
		set = append(set, m.Questions([]string{"SET", key, "1"})...)
		words = append(words, key)
	}
	forwards = resp.RespOf(words)
	slices.Reverse(words[1:])
	return set, forwards, resp.RespOf(words)
}

// lastByte sends the LF that all commands still lack while the program is
// stopped.
func lastByte(s *scene.Scene, clients []*wire.Conn) {
	s.Pause()
	p := s.Main()
	stream.Halt(s, p)
	for _, c := range clients {
		left, failed, end := stream.Give(s, c, []byte("\n"))
		stream.Given(s, c, left, failed, end)
	}
	p.GoOn()
	s.Log.Note("the last byte of each DEL comes while the server is stopped (SIGSTOP); then it goes on")
}

// number reads a reply that is a number, and returns it.
func number(s *scene.Scene, c *wire.Conn) int {
	var got []byte
	for !bytes.HasSuffix(got, []byte("\n")) {
		more, failed, end := stream.Read(s, s.Owner(c), c, 1)
		got = append(got, more...)
		if failed != nil {
			s.Hangup(c, failed, scene.Owes{})
		}
		// Which of them gets no answer is luck.
		s.Judge(s.Owner(c), end, scene.Owes{Code: record.Silence, What: record.Say("one of them has had no answer")})
	}
	digits, whole := bytes.CutSuffix(bytes.TrimPrefix(got, []byte(":")), []byte("\r\n"))
	n, err := strconv.Atoi(string(digits))
	if !whole || err != nil || got[0] != ':' {
		stream.Compare(s, c, []byte(":"), got[:1], nil, scene.Happened)
		s.Reject(c.Name, record.Say("this is not a number"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("the reply to DEL is not a number: %s", record.Quoting(got, len(got), 40))})
	}
	return n
}

func overcounted(s *scene.Scene, clients []*wire.Conn, n, sum int) {
	more := "more than there were"
	if sum < n {
		more = "fewer than there were"
	}
	told := record.Varies(sum, "N")
	s.Reject("", record.Say("the replies add up to %v", told), record.Verdict{Code: record.WrongBytes,
		What: record.Say("%d keys were there, and the %d clients were told that they removed %v of them, %s",
			n, len(clients), told, more)})
}
