package play

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

var barrageCommands = []Command{{
	Name: "barrage", Args: "SIGNAL N QUESTION REPLY", Group: "The program itself",
	Summary: "N clients ask QUESTION without a pause, and read each REPLY; in the middle of that the program is sent " +
		"the signal, and must end all their connections",
	Detail: "So bytes wait in the program's sockets at every moment, and its calls have no need to wait. It has " +
		"failed when it still answers one of them after 0.3 seconds of its own processor time, however long " +
		"that takes.",
	run: (*scene).barrage,
}}

// A barrage is all clients of the command.
type barrage struct {
	*scene
	p     *program
	many  []byte // a row of questions
	reply []byte
	guns  []*gun

	signal string
	used   time.Duration // processor time when the signal was sent
	looked time.Time
}

// A gun is one of them.
type gun struct {
	*wire.Conn
	left    []byte // of the row, still to be sent
	got     int
	over    bool
	written uint64 // what the program had written at the last look
}

const (
	barrageRow   = 16 << 10 // bytes that are sent at a time
	barrageFirst = 2000     // replies that each client has when the signal is sent
)

func (s *scene) barrage(args []string) {
	exactly(4, args)
	question := s.fill.text(args[2])
	b := &barrage{scene: s, p: s.main(), reply: s.fill.text(args[3]),
		signal: "SIG" + strings.TrimPrefix(args[0], "SIG"),
		many:   bytes.Repeat(question, barrageRow/len(question))}
	s.rest(b.p)
	for i := range count(args[1]) {
		b.guns = append(b.guns, &gun{Conn: s.dial(fmt.Sprintf("A%d", i+1), wire.Default)})
	}
	names := record.Say("%d clients", len(b.guns))
	s.record(record.Event{Kind: record.Note, What: record.Say("%v ask %s without a pause, and are answered", names,
		record.Quoting(question, len(question), 20))})
	end := s.await(b.p, nil, func(time.Duration) progress {
		moved, all := b.fire(), true
		for _, g := range b.guns {
			all = all && g.got >= barrageFirst*len(b.reply)
		}
		if all {
			return done
		}
		return moved
	})
	if end != happened {
		s.judge(b.p, end, owes{code: record.Silence, c: b.guns[0].Conn, what: record.Say("the answers have ceased")})
	}
	b.order()
}

// order sends the signal, and goes on until the program has ended all connections.
func (b *barrage) order() {
	b.used = probe.Look(b.p.proc.PID()).CPU
	b.p.signal = b.signal
	b.record(record.Event{Kind: record.Note, What: record.Say("the grader sends %v", b.signal)})
	if err := b.p.proc.Signal(b.signal); err != nil {
		b.misuse("barrage %s: %v", b.signal, err)
	}
	for start := time.Now(); !b.p.gone() && b.ctx.Err() == nil; {
		b.pump()
		if b.fire() == done {
			break
		}
		if time.Since(start) > wallBound {
			b.late()
		}
		b.judgeAnswers()
	}
	b.p.drain()
}

// fire lets each client send and read what it can at this moment. It is done when
// all connections have ended.
func (b *barrage) fire() progress {
	open, buf, did := 0, make([]byte, 64<<10), nothing
	for _, g := range b.guns {
		if g.over {
			continue
		}
		open++
		if len(g.left) == 0 {
			g.left = b.many
		}
		sent, _ := g.Write(g.left, 0) // that it fails is seen by reading
		g.left = g.left[sent:]
		n, err := g.Read(buf, 0)
		b.compare(g, buf[:n])
		if g.got += n; n > 0 || sent > 0 {
			did = moved
		}
		g.over = n == 0 && err != wire.ErrLater
		if g.over && b.p.signal == "" {
			b.hangup(g.Conn, err, owes{what: record.Say("%s was still asking", g.Name)})
		}
	}
	if open == 0 {
		return done
	}
	return did
}

// compare checks what has come to g, which is the reply again and again.
func (b *barrage) compare(g *gun, data []byte) {
	at := g.got % len(b.reply)
	want := bytes.Repeat(b.reply, (at+len(data))/len(b.reply)+1)[at:][:len(data)]
	if !bytes.Equal(data, want) {
		b.scene.compare(g.Conn, want, data, nil, happened)
	}
}

// judgeAnswers looks now and then whether a program that has had its order, and
// processor time enough to carry it out, still answers a client.
func (b *barrage) judgeAnswers() {
	if time.Since(b.looked) < glance {
		return
	}
	b.looked = time.Now()
	limit := spinLimit
	if b.prog.Race {
		limit *= raceSlower
	}
	late := probe.Look(b.p.proc.PID()).CPU-b.used > limit
	for _, g := range b.guns {
		theirs, err := b.net.TCP(g.Remote, g.Local)
		now := theirs.Sent - theirs.Resent + uint64(theirs.NotSent)
		if late && err == nil && theirs.Inode != 0 && g.written > 0 && now > g.written {
			b.rejectAt(b.p, "", record.Say("and it still answers"), record.Verdict{Code: record.NoExit, Anywhere: true,
				Endless:  true, // whether one of them ended, and said so, is chance
				Evidence: b.gather(g.Conn, b.p),
				What: record.Say("the %s was sent %s while clients asked without a pause, has had processor time "+
					"enough since then, and still answers %s", b.called(b.p), b.signal,
					record.Varies(g.Name, "one of them"))})
		}
		g.written = now
	}
}
