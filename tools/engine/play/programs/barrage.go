package programs

import (
	"bytes"
	"fmt"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

var barrageCommands = []scene.Command{{
	Name: "barrage", Args: "SIGNAL N QUESTION REPLY", Group: "The program itself",
	Summary: "N clients ask QUESTION without a pause, and read each REPLY; in the middle of that the program is sent " +
		"the signal, and must end all their connections",
	Detail: "So bytes wait in the program's sockets at every moment, and its calls have no need to wait. It has " +
		"failed when it still answers one of them after 0.3 seconds of its own processor time, however long " +
		"that takes.",
	Run: sendBarrage,
}}

// A barrage is all clients of the command.
type barrage struct {
	*scene.Scene
	p     *scene.Instance
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

func sendBarrage(s *scene.Scene, args []string) {
	argument.Exactly(4, args)
	question := s.Fill.Text(args[2])
	b := &barrage{Scene: s, p: s.Main(), reply: s.Fill.Text(args[3]),
		signal: "SIG" + strings.TrimPrefix(args[0], "SIG"),
		many:   bytes.Repeat(question, barrageRow/len(question))}
	s.Rest(b.p)
	for i := range argument.Count(args[1]) {
		b.guns = append(b.guns, &gun{Conn: s.Dial(fmt.Sprintf("A%d", i+1), wire.Default)})
	}
	names := record.Say("%d clients", len(b.guns))
	s.Record(record.Event{Kind: record.Note, What: record.Say("%v ask %s without a pause, and are answered", names,
		record.Quoting(question, len(question), 20))})
	end := s.Await(b.p, nil, func(time.Duration) scene.Progress {
		moved, all := b.fire(), true
		for _, g := range b.guns {
			all = all && g.got >= barrageFirst*len(b.reply)
		}
		if all {
			return scene.Done
		}
		return moved
	})
	if end != scene.Happened {
		s.Judge(b.p, end, scene.Owes{Code: record.Silence, Conn: b.guns[0].Conn,
			What: record.Say("the answers have ceased")})
	}
	b.order()
}

// order sends the signal, and goes on until the program has ended all connections.
func (b *barrage) order() {
	b.used = b.p.Look().CPU
	b.p.Signal = b.signal
	b.Record(record.Event{Kind: record.Note, What: record.Say("the grader sends %v", b.signal)})
	if err := b.p.Proc.Signal(b.signal); err != nil {
		b.Misuse("barrage %s: %v", b.signal, err)
	}
	for start := time.Now(); !b.p.Gone() && b.Ctx.Err() == nil; {
		b.Pump()
		if b.fire() == scene.Done {
			break
		}
		if time.Since(start) > scene.WallBound {
			b.Late()
		}
		b.judgeAnswers()
	}
	b.p.Drain()
}

// fire lets each client send and read what it can at this moment. It is done when
// all connections have ended.
func (b *barrage) fire() scene.Progress {
	open, buf, did := 0, make([]byte, 64<<10), scene.Nothing
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
			did = scene.Moved
		}
		g.over = n == 0 && err != wire.ErrLater
		if g.over && b.p.Signal == "" {
			b.Hangup(g.Conn, err, scene.Owes{What: record.Say("%s was still asking", g.Name)})
		}
	}
	if open == 0 {
		return scene.Done
	}
	return did
}

// compare checks what has come to g, which is the reply again and again.
func (b *barrage) compare(g *gun, data []byte) {
	at := g.got % len(b.reply)
	want := bytes.Repeat(b.reply, (at+len(data))/len(b.reply)+1)[at:][:len(data)]
	if !bytes.Equal(data, want) {
		stream.Compare(b.Scene, g.Conn, want, data, nil, scene.Happened)
	}
}

// judgeAnswers looks now and then whether a program that has had its order, and
// processor time enough to carry it out, still answers a client.
func (b *barrage) judgeAnswers() {
	if time.Since(b.looked) < scene.Glance {
		return
	}
	b.looked = time.Now()
	limit := scene.SpinLimit
	if b.Prog.Race {
		limit *= scene.RaceSlower
	}
	late := b.p.Look().CPU-b.used > limit
	for _, g := range b.guns {
		theirs, err := b.Net.TCP(g.Remote, g.Local)
		now := theirs.Sent - theirs.Resent + uint64(theirs.NotSent)
		if late && err == nil && theirs.Inode != 0 && g.written > 0 && now > g.written {
			b.RejectAt(b.p, "", record.Say("and it still answers"), record.Verdict{Code: record.NoExit, Anywhere: true,
				Endless:  true, // whether one of them ended, and said so, is chance
				Evidence: b.Gather(g.Conn, b.p),
				What: record.Say("the %s was sent %s while clients asked without a pause, has had processor time "+
					"enough since then, and still answers %s", b.Called(b.p), b.signal,
					record.Varies(g.Name, "one of them"))})
		}
		g.written = now
	}
}
