package resp

import (
	"bytes"
	"fmt"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var turnCommands = []scene.Command{{
	Name: "turns", Args: "NAME OTHER KEY", Group: "Questions and replies",
	Summary: "NAME and OTHER ask for GET, SET and DEL of one KEY, each when the reply before has come; each reply " +
		"must be that of a model",
	Detail: "Every sequence of four of these commands, from either of the two clients, comes once. KEY has no value " +
		"at first.",
	Run: turns,
}}

// A move is a command that one of two clients sends.
type move struct {
	c *wire.Conn
	Question
	said string // the command, for the report
}

// inARow is how many moves follow each other in every way.
const inARow = 4

// turnNames are the commands of turns.
var turnNames = [...]string{"GET", "SET", "DEL"}

func turns(s *scene.Scene, args []string) {
	argument.Exactly(3, args)
	moves := drawMoves([]*wire.Conn{s.Conn(args[0]), s.Conn(args[1])}, string(s.Fill.Text(args[2])))
	defer func() { s.Mute, s.Hurry = false, false }()
	s.Rest(s.Main())
	s.Mute, s.Hurry = true, true
	for i, m := range moves {
		stream.Put(s, m.c, m.Ask)
		got, failed, end := stream.Read(s, s.Owner(m.c), m.c, len(m.Reply))
		if bytes.Equal(got, m.Reply) {
			continue
		}
		s.Mute = false
		s.Record(record.Event{Kind: record.Note, What: record.Say("%d commands have been answered", i)})
		for _, last := range moves[max(0, i-inARow+1) : i+1] {
			s.Record(record.Event{Kind: record.Note, Point: true, What: record.Say("%s: %s", last.c.Name, last.said)})
		}
		stream.Compare(s, m.c, m.Reply, got, failed, end)
	}
	s.Mute = false
	s.Record(record.Event{Kind: record.Note, What: record.Say("all %d commands have been answered", len(moves))})
}

// drawMoves returns moves of the two clients, so that each row of inARow comes about once.
func drawMoves(clients []*wire.Conn, key string) (all []move) {
	m, n := NewStore(), len(clients)*len(turnNames)
	order := everyRow(n, inARow)
	for i, symbol := range append(order, order[:inARow-1]...) {
		words := []string{turnNames[symbol%len(turnNames)], key}
		said := strings.Join(words, " ")
		if words[0] == "SET" {
			value := fmt.Sprint("value ", i)
			said += " '" + value + "'"
			words = append(words, value)
		}
		all = append(all, move{clients[symbol/len(turnNames)], m.Questions(words)[0], said})
	}
	return all
}

// everyRow returns a circle of symbols, 0 to n-1, in which each row of so many of them is
// found once: a sequence of de Bruijn, made of Lyndon words.
func everyRow(n, length int) (circle []int) {
	word := make([]int, length+1)
	var extend func(at, period int)
	extend = func(at, period int) {
		if at > length {
			if length%period == 0 {
				circle = append(circle, word[1:period+1]...)
			}
			return
		}
		word[at] = word[at-period]
		extend(at+1, period)
		for symbol := word[at-period] + 1; symbol < n; symbol++ {
			word[at] = symbol
			extend(at+1, at)
		}
	}
	extend(1, 1)
	return circle
}
