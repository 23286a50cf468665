package resp

import (
	"bytes"
	"fmt"
	"slices"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// modelCommands compare a server that speaks RESP with a model of its store.
var modelCommands = []scene.Command{{
	Name: "commands", Args: "N", Group: "Questions and replies",
	Summary: "N commands, drawn from the seed, from clients that come and go; each reply must be that of a model " +
		"of the store",
	Detail: "They are PING, ECHO, SET, GET, DEL, and such as are none of these or have a wrong number of words, with " +
		"keys and values of any bytes. They come in rows of up to forty, which may end inside a command whose rest " +
		"comes later. A client may leave between two commands or inside one, with a FIN or an RST, or with what " +
		"makes no sense: then all replies must come, and the protocol error after them.",
	Run: scene.OnCount(modelled),
}, {
	Name: "distinct", Args: "NAME TEXT...", Group: "Questions and replies",
	Summary: "each TEXT is a key; all of them are set, each must have its own value, and each is removed by itself",
	Run:     distinct,
}, {
	Name: "keep", Args: "NAME N", Group: "Questions and replies",
	Summary: "N keys are set and kept; DEL must find all of them, and GET the first and the last",
	Run:     keepKeys,
}, {
	Name: "spoilt", Args: "QUESTION...", Group: "Questions and replies",
	Summary: "each byte of a QUESTION that belongs to its frame is replaced in turn; that must be a protocol error",
	Detail: "The mark of each length and the CR and LF of each line and word become other bytes, and the digits of " +
		"each number a letter; the length of each word becomes one less and one more. Each has a client of its own. " +
		"A good command comes before, and is answered, and another one after, SET spoilt behind, and is not.",
	Run: spoilt,
}, {
	Name: "successive", Args: "NAME N TEXT TEXT...", Group: "Questions and replies",
	Summary: "N replies must come, each of them one of the TEXTs, whole; the first is the first TEXT, and none comes " +
		"back once a later one has come",
	Run: successive,
}}

// recvEach reads the replies to all questions, and says which of them was
// answered wrongly.
func recvEach(s *scene.Scene, c *wire.Conn, all []Question) {
	var want []byte
	for _, q := range all {
		want = append(want, q.Reply...)
	}
	got, failed, end := stream.Read(s, s.Owner(c), c, len(want))
	if bytes.Equal(got, want) {
		s.Record(record.Event{Conn: c.Name, Kind: record.In, Data: got, Size: len(got)})
		return
	}
	at, i := 0, 0
	for i < len(all)-1 && bytes.HasPrefix(got[at:], all[i].Reply) {
		at += len(all[i].Reply)
		i++
	}
	if len(all) > 1 {
		s.Record(record.Event{Kind: record.Note, Point: true,
			What: record.Say("%s of %s replies of this row are right; the next is that to %s", record.Count(i),
				record.Count(len(all)), record.Quoting(all[i].Ask, len(all[i].Ask), 60))})
	}
	want, got = all[i].Reply, got[at:]
	if !bytes.HasPrefix(want, got) { // wrong already: how the row ended is no news, but a little more of it is
		got, failed, end = got[:min(len(got), len(want)+beyond)], nil, scene.Happened
	}
	stream.Compare(s, c, want, got, failed, end)
}

// beyond is how much more than its length is shown of a wrong reply.
const beyond = 40

// Row sends all questions in one write and reads their replies.
func Row(s *scene.Scene, c *wire.Conn, all []Question) {
	var data []byte
	for _, q := range all {
		data = append(data, q.Ask...)
	}
	stream.Put(s, c, data)
	recvEach(s, c, all)
}

// rows sends questions, a thousand at a time.
func rows(s *scene.Scene, c *wire.Conn, all []Question) {
	defer func() { s.Hurry = false }()
	s.HurryPastTimers(s.Owner(c))
	mark, sent := s.Log.Mark(), 0
	for part := range slices.Chunk(all, 1000) {
		s.Log.Rewind(mark)
		if sent > 0 {
			s.Record(record.Event{Kind: record.Note,
				What: record.Say("%d of %d commands have been answered", sent, len(all))})
		}
		Row(s, c, part)
		sent += len(part)
	}
	s.Hurry = false
	stream.NothingMore(s, c)
	s.Log.Rewind(mark)
	s.Record(record.Event{Kind: record.Note, What: record.Say("all %d commands have been answered", len(all))})
}

// Questions carries out commands one after the other.
func (m *store) Questions(commands ...[]string) (all []Question) {
	for _, words := range commands {
		all = append(all, Question{RespOf(words), m.do(words)})
	}
	return all
}

func distinct(s *scene.Scene, args []string) {
	argument.AtLeast(3, args)
	c, m := s.Conn(args[0]), NewStore()
	var set, get, del [][]string
	for _, arg := range args[1:] {
		key := string(s.Fill.Text(arg))
		set = append(set, []string{"SET", key, fmt.Sprintf("value %d, of %.40q", len(set)+1, key)})
		get = append(get, []string{"GET", key})
		del = append(del, []string{"DEL", key})
	}
	rows(s, c, slices.Concat(m.Questions(set...), m.Questions(get...), m.Questions(del...)))
}

// atATime is how many keys one DEL of keep names.
const atATime = 1000

func keepKeys(s *scene.Scene, args []string) {
	argument.Exactly(2, args)
	c, m := s.Conn(args[0]), NewStore()
	n := argument.Size(args[1])
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
	rows(s, c, slices.Concat(m.Questions(set...), m.Questions(get...), m.Questions(del...)))
}

func successive(s *scene.Scene, args []string) {
	argument.AtLeast(4, args)
	c, n, at := s.Conn(args[0]), argument.Count(args[1]), 0
	var texts [][]byte
	for _, arg := range args[2:] {
		texts = append(texts, s.Fill.Text(arg))
	}
	stream.Recv(s, c, texts[0])
	for range n - 1 {
		at += stream.Which(s, c, texts[at:])
	}
}
