package play

import (
	"bytes"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// rivalCommands let clients of a server that speaks RESP want the same thing.
var rivalCommands = []Command{{
	Name: "rivals", Args: "CLIENTS KEYS ROUNDS", Group: "Many clients",
	Summary: "so many CLIENTS remove the same KEYS at the same moment; the numbers that they are told " +
		"must add up to KEYS",
	Detail: "The keys are long, and have been set by the first of the clients. Each client sends one DEL of " +
		"them all, " +
		"every second one in the opposite order; the last byte of each DEL comes while the program is stopped " +
		"(SIGSTOP), so that it finds them all at one moment. All that is done ROUNDS times.",
	run: (*scene).rivals,
}}

// rivalKey is how long a key is: long enough that a DEL of a thousand of them,
// which is as long as a command may be, takes some time.
const rivalKey = 2000

func (s *scene) rivals(args []string) {
	exactly(3, args)
	clients := s.crowd(count(args[0]), wire.Default, "all will remove the same keys")
	defer func() { s.mute, s.hurry = false, false }()
	n, rounds, mark := count(args[1]), count(args[2]), s.log.Mark()
	set, forwards, backwards := rivalQuestions(n)
	for range rounds {
		s.log.Rewind(mark) // how many rounds went well is luck
		s.row(clients[0], set)
		s.log.Note("%d keys are set; each client sends a DEL of them all", n)
		for i, c := range clients {
			data := [][]byte{forwards, backwards}[i%2]
			s.put(c, data[:len(data)-1])
		}
		s.lastByte(clients)
		sum := 0
		for _, c := range clients {
			sum += s.number(c)
		}
		if sum != n {
			s.overcounted(clients, n, sum)
		}
	}
	s.log.Rewind(mark)
	s.log.Note("%d times the numbers of a round added up to %d", rounds, n)
}

// rivalQuestions are those that set n keys, and a DEL of them in either order.
func rivalQuestions(n int) (set []question, forwards, backwards []byte) {
	m, words := newStore(), []string{"DEL"}
	for i := range n {
		key := fmt.Sprintf("%s%04d", strings.Repeat("long ", rivalKey/5)[:rivalKey-4], i)
		set = append(set, m.questions([]string{"SET", key, "1"})...)
		words = append(words, key)
	}
	forwards = respOf(words)
	slices.Reverse(words[1:])
	return set, forwards, respOf(words)
}

// lastByte sends the LF that all commands still lack while the program is
// stopped.
func (s *scene) lastByte(clients []*wire.Conn) {
	s.pause()
	p := s.main()
	s.halt(p)
	for _, c := range clients {
		left, failed, end := s.give(c, []byte("\n"))
		s.given(c, left, failed, end)
	}
	p.goOn()
	s.log.Note("the last byte of each DEL comes while the server is stopped (SIGSTOP); then it goes on")
}

// number reads a reply that is a number, and returns it.
func (s *scene) number(c *wire.Conn) int {
	var got []byte
	for !bytes.HasSuffix(got, []byte("\n")) {
		more, failed, end := s.read(s.owner(c), c, 1)
		got = append(got, more...)
		if failed != nil {
			s.hangup(c, failed, owes{})
		}
		// Which of them gets no answer is luck.
		s.judge(s.owner(c), end, owes{code: record.Silence, what: record.Say("one of them is not answered")})
	}
	digits, whole := bytes.CutSuffix(bytes.TrimPrefix(got, []byte(":")), []byte("\r\n"))
	n, err := strconv.Atoi(string(digits))
	if !whole || err != nil || got[0] != ':' {
		s.compare(c, []byte(":"), got[:1], nil, happened)
		s.reject(c.Name, record.Say("this is no number"), record.Verdict{Code: record.WrongBytes,
			What: record.Say("the reply to DEL is no number: %s", record.Quoting(got, len(got), 40))})
	}
	return n
}

func (s *scene) overcounted(clients []*wire.Conn, n, sum int) {
	more := "more than there were"
	if sum < n {
		more = "fewer than there were"
	}
	told := record.Varies(sum, "N")
	s.reject("", record.Say("the replies add up to %v", told), record.Verdict{Code: record.WrongBytes,
		What: record.Say("%d keys were there, and the %d clients were told that they removed %v of them, %s",
			n, len(clients), told, more)})
}
