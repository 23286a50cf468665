package play

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/probe"
	"loopback/tools/engine/wire"
)

// stoppedCommands compare how a server that speaks RESP stops with a model: what
// each client gets depends on what it was in the middle of.
var stoppedCommands = []Command{{
	Name: "stops", Args: "[-in STATE] [-patient ARGS] [-hurried ARGS] ROUNDS CLIENTS LAST",
	Group: "Questions and replies",
	Summary: "ROUNDS times a server with so many CLIENTS, in states drawn from the seed, is stopped by a signal; " +
		"each of them must get what its state says, and the last line, as for last-line, must be LAST",
	Detail: "In LAST {finished} is replaced by how many clients have got all that they were in the middle of, and " +
		"{cut} by how many were cut off. -patient has the arguments with which a server waits for its clients as " +
		"long as it takes, -hurried those with which it gives them a moment: with both, every third round is a " +
		"hurried one. When the signal comes a client has said nothing, has its replies or has not read them, has " +
		"sent a part of a command, behind others perhaps, or waits with replies that it does not read; it leaves " +
		"at this moment by a FIN or an RST, connects, or sends a command. Then those in the middle of a command " +
		"send the rest, with more behind it perhaps, or leave. In hurried rounds they do nothing more, and are " +
		"cut off. With -in all of them are in one STATE: silent, answered, unread, partly, behind, pending, " +
		"knocks, begins or leaves.",
	run: func(s *scene, args []string) {
		set, args := flags(args, nil, []string{"-in", "-patient", "-hurried"})
		exactly(3, args)
		states := everyStanding()
		if name := set["-in"]; name != "" {
			states = slices.DeleteFunc(states, func(st standing) bool { return named[st] != name })
		}
		if len(states) == 0 {
			s.misuse("stops: there is no state %s", set["-in"])
		}
		for round := range count(args[0]) {
			r := &stopping{scene: s, args: strings.Fields(set["-patient"]), last: args[2]}
			if hurried := set["-hurried"]; hurried != "" && (set["-patient"] == "" || round%3 == 2) {
				r.short, r.args = true, strings.Fields(hurried)
			}
			r.oneRound(round, count(args[1]), states)
		}
	},
}}

// standing is what a client is in the middle of when the signal comes.
type standing int

const (
	silent   standing = iota // it has never said a word
	answered                 // it has had its replies
	unread                   // it has not read its replies
	partly                   // a part of a command has come
	behind                   // a part of one, in one write with others before it
	pending                  // replies wait for it in the server
	knocks                   // it connects and sends a command, at the moment of the signal
	begins                   // it sends a command at that moment
	leaves                   // it leaves at that moment, in whichever way
	standings
)

// named are the words for them.
var named = [standings]string{
	"silent", "answered", "unread", "partly", "behind", "pending", "knocks", "begins", "leaves",
}

func everyStanding() (all []standing) {
	for st := range standings {
		all = append(all, st)
	}
	return all
}

// tells says what a client had done, for the report.
var tells = [standings]string{
	"had not said a word", "had had all its replies", "had not read its replies", "had sent a part of a command",
	"had sent some commands and a part of one more", "had not read its replies, more than fit into a socket",
	"connected at the moment of the signal", "sent a command at the moment of the signal",
	"left at the moment of the signal",
}

// A bystander is one client of a server that is stopped.
type bystander struct {
	*wire.Conn
	standing
	asks question // what it is in the middle of, or sends at the moment
	rest []byte   // what of that is to come
}

// A stopping is one round of stops.
type stopping struct {
	*scene
	*player
	args     []string // of the server
	short    bool     // it gives its clients a moment, so those in the middle are cut off
	last     string   // what the last line must be, with places for the two counts
	all      []*bystander
	at       *bystander // whose turn it is
	finished int        // how many must be counted as finished
	perhaps  int        // how many more may be
	either   int        // how many must be counted as finished or as cut off
	cut      int
}

// oneRound plays a round with n clients.
func (r *stopping) oneRound(round, n int, states []standing) {
	r.needFiles(n)
	r.player = newPlayer(r.fill.source(fmt.Sprint("stops ", round)))
	r.doing = r.tell
	defer func() { r.doing = nil }()
	mark := r.log.Mark()
	if round > 0 {
		r.record(record.Event{Kind: record.Note, What: record.Say("%d rounds have gone well", round)})
	}
	p := r.begin(round)
	r.Shuffle(len(states), func(i, j int) { states[i], states[j] = states[j], states[i] })
	if n > fewClients {
		r.record(record.Event{Kind: record.Note, What: record.Say("%d clients come", n)})
		r.mute = true
		defer func() { r.mute = false }()
	}
	r.enter(n, states)
	if r.moment(p); r.short {
		r.mustEnd(p)
	}
	r.after()
	r.at = nil
	r.exit([]string{"0"})
	r.lastWord(p)
	r.log.Rewind(mark)
	r.record(record.Event{Kind: record.Note, What: record.Say("in %d rounds all %d clients got what they should",
		round+1, n)})
}

// tell says what the client was in the middle of with which something is wrong.
func (r *stopping) tell() string {
	if r.at == nil || r.at.Conn == nil {
		return ""
	}
	if r.mute {
		return "this client " + tells[r.at.standing]
	}
	return fmt.Sprintf("%s %s", r.at.Name, tells[r.at.standing])
}

// begin starts a server; the one of the round before has ended.
func (r *stopping) begin(round int) *program {
	if round > 0 {
		r.main().name = fmt.Sprintf("server, round %d", round)
	}
	asked := r.host + ":0"
	p := r.startServer(asked, conditions{}, r.args)
	if last := len(r.programs) - 1; last > 0 {
		r.programs = append([]*program{p}, r.programs[:last]...)
	}
	r.ready(p, asked)
	return p
}

// enter lets clients come into all the states that begin before the signal.
func (r *stopping) enter(n int, states []standing) {
	setter := r.dial("Z", wire.Default)
	r.scene.row(setter, r.model.questions([]string{"SET", "large", string(r.fill.pattern(1 << 20))}))
	r.closeConn(setter)
	for i := range n {
		b := &bystander{standing: states[i%len(states)]}
		r.crowded[clientName(i)] = r.mute
		if r.short && (b.standing == knocks || b.standing == begins) {
			b.standing = answered // it depends on the clock how much of a reply would come
		}
		r.all = append(r.all, b)
		if r.at = b; b.standing == knocks {
			continue
		}
		r.hurry = i > 0 && n > fewClients
		b.Conn = r.dial(clientName(i), wire.Default)
		r.prepare(b)
	}
	r.hurry = false
	r.rest(r.main())
}

// fewClients is how many clients are each given the time to come in by
// themselves. To see the program at rest takes longer with each of them.
const fewClients = 20

// replied are how many large replies are more than fits into the sockets.
const replied = 24

func (r *stopping) prepare(b *bystander) {
	switch b.standing {
	case answered, leaves, begins:
		r.scene.row(b.Conn, r.few())
	case unread:
		b.asks = joinedQuestions(r.few())
		r.put(b.Conn, b.asks.ask)
		r.consumed(b.Conn)
	case partly, behind:
		var before []question
		if b.standing == behind {
			before = r.few()
		}
		b.asks = r.one()
		cut := 1 + r.IntN(len(b.asks.ask)-1)
		b.rest = b.asks.ask[cut:]
		sent := joinedQuestions(before)
		r.put(b.Conn, slices.Concat(sent.ask, b.asks.ask[:cut]))
		if len(before) > 0 {
			r.recvEach(b.Conn, before)
		}
		r.consumed(b.Conn)
	case pending:
		b.asks = joinedQuestions(r.model.questions([]string{"GET", "large"}))
		r.put(b.Conn, slices.Repeat(b.asks.ask, replied))
	}
}

// one draws a command that has a reply of its own, and large ones among them.
func (r *stopping) one() question {
	words := []string{"ECHO", r.value()}
	if r.IntN(3) == 0 {
		words = []string{"GET", "large"}
	}
	return r.model.questions(words)[0]
}

func (r *stopping) few() (all []question) {
	for range 1 + r.IntN(5) {
		all = append(all, r.model.questions([]string{"ECHO", r.value()})...)
	}
	return all
}

// joinedQuestions makes one question of all.
func joinedQuestions(all []question) (q question) {
	for _, one := range all {
		q.ask = append(q.ask, one.ask...)
		q.reply = append(q.reply, one.reply...)
	}
	return q
}

// moment sends the signal. What clients do at this moment they do while the
// program is stopped, so that it finds all of it at once.
func (r *stopping) moment(p *program) {
	signal := []string{"TERM", "INT"}[r.IntN(2)]
	if len(probe.Look(p.proc.PID()).PIDs) > 1 {
		r.signal([]string{signal}) // it cannot be stopped at one moment
		return
	}
	r.halt(p)
	early := r.IntN(2) == 0
	if early {
		r.raise(p, signal)
	}
	for i, b := range r.all {
		r.at = b
		switch b.standing {
		case knocks:
			b.Conn = r.dial(clientName(i), wire.Default)
			b.asks = r.one()
			r.say(b, b.asks.ask)
		case begins:
			b.asks = r.one()
			r.say(b, b.asks.ask)
		case leaves:
			if r.IntN(2) == 0 {
				b.Reset()
			} else {
				b.Close()
			}
		}
	}
	if r.at = nil; !early {
		r.raise(p, signal)
	}
	p.goOn()
	r.record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
}

// raise sends the signal to a program that is stopped.
func (r *stopping) raise(p *program, name string) {
	p.signal = "SIG" + name
	r.record(record.Event{Kind: record.Note, What: record.Say("the grader sends %v", p.signal)})
	p.proc.Signal(p.signal)
}

// say sends what the kernel has room for in any case.
func (r *stopping) say(b *bystander, data []byte) {
	left, failed, end := r.give(b.Conn, data)
	r.record(record.Event{Conn: b.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	r.given(b.Conn, left, failed, end)
}

// after lets each client have what its state says, in any order.
func (r *stopping) after() {
	for _, i := range r.Perm(len(r.all)) {
		b := r.all[i]
		if r.at = b; b.Conn == nil || b.standing == leaves && !b.Open() {
			continue
		}
		if r.settleOne(b); !r.short {
			b.Close()
		}
	}
}

func (r *stopping) settleOne(b *bystander) {
	switch b.standing {
	case silent, answered, leaves:
		r.eof(b.Conn)
	case unread:
		r.recv(b.Conn, b.asks.reply)
		r.eof(b.Conn)
	case knocks, begins:
		r.wholeReplies(b.Conn, 0, true, [][]byte{b.asks.reply})
		r.perhaps++
	case pending:
		if r.short {
			r.either++
			return // it reads nothing; the kernel may have room for this reply all the same
		}
		r.wholeReplies(b.Conn, 1, false, slices.Repeat([][]byte{b.asks.reply}, replied))
		r.finished++
	default:
		r.inTheMiddle(b)
	}
}

// inTheMiddle is about a client that had sent a part of a command.
func (r *stopping) inTheMiddle(b *bystander) {
	switch {
	case r.short:
		r.cut++
		r.over(b.Conn)
	case r.IntN(4) == 0:
		if r.IntN(2) == 0 {
			r.scene.reset(b.Conn)
		} else {
			r.closeConn(b.Conn)
		}
	default:
		more := joinedQuestions(r.few()[:r.IntN(2)])
		r.put(b.Conn, slices.Concat(b.rest, more.ask))
		r.recv(b.Conn, b.asks.reply)
		r.eof(b.Conn)
		r.finished++
	}
}

// mostSleep is how long a server may sleep whose clients are all cut off together:
// many times the moment it gives them. Only the time is counted in which it sleeps.
const mostSleep = time.Second

// mustEnd waits until the server has ended, which has waited for nothing but its
// clients, all at the same time.
func (r *stopping) mustEnd(p *program) {
	if r.sleepsFor(p, mostSleep) < mostSleep || p.gone() {
		return
	}
	r.rejectAt(p, "", record.Say("it has not ended"), record.Verdict{Code: record.Wait,
		What: record.Say("the server has slept for %v since the signal, with %s, and has not ended", mostSleep,
			strings.Join(r.args, " "))})
}

// lastWord checks the count. Of those whose command came at the moment of the
// signal each may have been in the middle of it.
func (r *stopping) lastWord(p *program) {
	var wants []string
	for more := range r.perhaps + r.either + 1 {
		cut := r.cut + max(0, r.either-more)
		wants = append(wants, strings.NewReplacer("{finished}", fmt.Sprint(r.finished+more),
			"{cut}", fmt.Sprint(cut)).Replace(r.last))
	}
	r.lastLine(p, wants)
}
