package play

import (
	"bytes"
	"fmt"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/wire"
)

// modelCommands compare a server that speaks RESP with a model of its store.
var modelCommands = []Command{{
	Name: "commands", Args: "N", Group: "Questions and replies",
	Summary: "N commands, drawn from the seed, from clients that come and go; each reply must be that of a model " +
		"of the store",
	Detail: "They are PING, ECHO, SET, GET, DEL, and such as are none of these or have a wrong number of words, with " +
		"keys and values of any bytes. They come in rows of up to forty, which may end inside a command whose rest " +
		"comes later. A client may leave between two commands or inside one, by a FIN or an RST, or with what makes " +
		"no sense: then all replies must come, and the protocol error behind them.",
	run: onCount((*scene).modelled),
}, {
	Name: "distinct", Args: "NAME TEXT...", Group: "Questions and replies",
	Summary: "each TEXT is a key; all of them are set, each must have its own value, and each is removed by itself",
	run:     (*scene).distinct,
}, {
	Name: "keep", Args: "NAME N", Group: "Questions and replies",
	Summary: "N keys are set and kept; DEL must find all of them, and GET the first and the last",
	run:     (*scene).keepKeys,
}, {
	Name: "spoilt", Args: "QUESTION...", Group: "Questions and replies",
	Summary: "each byte of a QUESTION that belongs to its frame is replaced in turn; that must be a protocol error",
	Detail: "The mark of each length and the CR and LF of each line and word become other bytes, and the digits of " +
		"each number a letter; the length of each word becomes one less and one more. Each has a client of its own. " +
		"A good command comes before, and is answered, and another one behind, SET spoilt behind, and is not.",
	run: (*scene).spoilt,
}, {
	Name: "successive", Args: "NAME N TEXT TEXT...", Group: "Questions and replies",
	Summary: "N replies must come, each of them one of the TEXTs, whole; the first is the first TEXT, and none comes " +
		"back once a later one has come",
	run: (*scene).successive,
}}

// recvEach reads the replies to all questions, and says which of them was
// answered wrongly.
func (s *scene) recvEach(c *wire.Conn, all []question) {
	var want []byte
	for _, q := range all {
		want = append(want, q.reply...)
	}
	got, failed, end := s.read(s.owner(c), c, len(want))
	if bytes.Equal(got, want) {
		s.record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		return
	}
	at, i := 0, 0
	for i < len(all)-1 && bytes.HasPrefix(got[at:], all[i].reply) {
		at += len(all[i].reply)
		i++
	}
	if len(all) > 1 {
		s.record(record.Event{Kind: record.Note, Point: true,
			What: record.Say("%s of %s replies of this row are right; the next is that to %s", record.Count(i),
				record.Count(len(all)), record.Quoting(all[i].ask, len(all[i].ask), 60))})
	}
	want, got = all[i].reply, got[at:]
	if !bytes.HasPrefix(want, got) { // wrong already: how the row ended is no news, but a little more of it is
		got, failed, end = got[:min(len(got), len(want)+beyond)], nil, happened
	}
	s.compare(c, want, got, failed, end)
}

// beyond is how much more than its length is shown of a wrong reply.
const beyond = 40

// row sends all questions in one write and reads their replies.
func (s *scene) row(c *wire.Conn, all []question) {
	var data []byte
	for _, q := range all {
		data = append(data, q.ask...)
	}
	s.put(c, data)
	s.recvEach(c, all)
}

// rows sends questions, a thousand at a time.
func (s *scene) rows(c *wire.Conn, all []question) {
	defer func() { s.hurry = false }()
	s.hurryPastTimers(s.owner(c))
	mark, sent := s.log.Mark(), 0
	for part := range slices.Chunk(all, 1000) {
		s.log.Rewind(mark)
		if sent > 0 {
			s.record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d commands have been answered", sent, len(all))})
		}
		s.row(c, part)
		sent += len(part)
	}
	s.hurry = false
	s.nothingMore(c)
	s.log.Rewind(mark)
	s.record(record.Event{Kind: record.Note, What: record.Say("all %d commands have been answered", len(all))})
}

// questions carries out commands one after the other.
func (m *store) questions(commands ...[]string) (all []question) {
	for _, words := range commands {
		all = append(all, question{respOf(words), m.do(words)})
	}
	return all
}

func (s *scene) distinct(args []string) {
	atLeast(3, args)
	c, m := s.conn(args[0]), newStore()
	var set, get, del [][]string
	for _, arg := range args[1:] {
		key := string(s.fill.text(arg))
		set = append(set, []string{"SET", key, fmt.Sprintf("value %d, of %.40q", len(set)+1, key)})
		get = append(get, []string{"GET", key})
		del = append(del, []string{"DEL", key})
	}
	s.rows(c, slices.Concat(m.questions(set...), m.questions(get...), m.questions(del...)))
}

// atATime is how many keys one DEL of keep names.
const atATime = 1000

func (s *scene) keepKeys(args []string) {
	exactly(2, args)
	c, m := s.conn(args[0]), newStore()
	n := size(args[1])
	keys := make([]string, n)
	var set, get, del [][]string
	for i := range keys {
		keys[i] = fmt.Sprint("k", i)
		set = append(set, []string{"SET", keys[i], fmt.Sprint(i)})
	}
	for _, key := range slices.Concat(keys[:min(n, atATime)], keys[max(0, n-atATime):]) {
		get = append(get, []string{"GET", key})
	}
	for part := range slices.Chunk(keys, atATime) {
		del = append(del, append([]string{"DEL"}, part...))
	}
	s.rows(c, slices.Concat(m.questions(set...), m.questions(get...), m.questions(del...)))
}

func (s *scene) successive(args []string) {
	atLeast(4, args)
	c, n, at := s.conn(args[0]), count(args[1]), 0
	var texts [][]byte
	for _, arg := range args[2:] {
		texts = append(texts, s.fill.text(arg))
	}
	s.recv(c, texts[0])
	for range n - 1 {
		at += s.which(c, texts[at:])
	}
}
