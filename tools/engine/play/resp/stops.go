package resp

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/play/programs"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/server"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// stoppedCommands compare how a server that speaks RESP stops with a model: what
// each client gets depends on what it was in the middle of.
var stoppedCommands = []scene.Command{{
	Name: "stops", Args: "[-in STATE] [-patient ARGS] [-hurried ARGS] ROUNDS CLIENTS LAST",
	Group: "Questions and replies",
	Summary: "ROUNDS times a server with so many CLIENTS, in states drawn from the seed, is stopped by a signal; " +
		"each of them must get what its state says, and the last line, as for last-line, must be LAST",
	Detail: "In LAST {finished} is replaced by how many clients have got all that they were in the middle of, and " +
		"{cut} by how many were cut off. -patient has the arguments with which a server waits for its clients as " +
		"long as it takes, -hurried those with which it gives them a moment: with both, every third round is a " +
		"hurried one. When the signal comes a client has said nothing, has its replies or has not read them, has " +
		"sent a part of a command, perhaps after others, or waits with replies that it does not read; it leaves at " +
		"this moment with a FIN or an RST, connects, or sends a command. Then those in the middle of a command send " +
		"the rest, perhaps with more after it, or leave. In hurried rounds they do nothing more, and are cut off. " +
		"With -in all of them are in one STATE: silent, answered, unread, partly, behind, pending, knocks, begins or " +
		"leaves.",
	Run: func(s *scene.Scene, args []string) {
		set, args := argument.Flags(args, nil, []string{"-in", "-patient", "-hurried"})
		argument.Exactly(3, args)
		states := everyStanding()
		if name := set["-in"]; name != "" {
			states = slices.DeleteFunc(states, func(st standing) bool { return named[st] != name })
		}
		if len(states) == 0 {
			s.Misuse("stops: there is no state %s", set["-in"])
		}
		for round := range argument.Count(args[0]) {
			r := &stopping{Scene: s, args: strings.Fields(set["-patient"]), last: args[2]}
			if hurried := set["-hurried"]; hurried != "" && (set["-patient"] == "" || round%3 == 2) {
				r.short, r.args = true, strings.Fields(hurried)
			}
			r.oneRound(round, argument.Count(args[1]), states)
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
	asks Question // what it is in the middle of, or sends at the moment
	rest []byte   // what of that is to come
}

// A stopping is one round of stops.
type stopping struct {
	*scene.Scene
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
	r.NeedFiles(n)
	r.player = newPlayer(r.Fill.Source(fmt.Sprint("stops ", round)))
	r.Doing = r.tell
	defer func() { r.Doing = nil }()
	mark := r.Log.Mark()
	if round > 0 {
		r.Record(record.Event{Kind: record.Note, What: record.Say("%d rounds have gone well", round)})
	}
	p := r.begin(round)
	r.Shuffle(len(states), func(i, j int) { states[i], states[j] = states[j], states[i] })
	if n > fewClients {
		r.Record(record.Event{Kind: record.Note, What: record.Say("%d clients come", n)})
		r.Mute = true
		defer func() { r.Mute = false }()
	}
	r.enter(n, states)
	if r.moment(p); r.short {
		r.mustEnd(p)
	}
	r.after()
	r.at = nil
	programs.Exit(r.Scene, []string{"0"})
	r.lastWord(p)
	r.Log.Rewind(mark)
	r.Record(record.Event{Kind: record.Note, What: record.Say("in %d rounds all %d clients got what they should",
		round+1, n)})
}

// tell says what the client was in the middle of with which something is wrong.
func (r *stopping) tell() string {
	if r.at == nil || r.at.Conn == nil {
		return ""
	}
	if r.Mute {
		return "this client " + tells[r.at.standing]
	}
	return fmt.Sprintf("%s %s", r.at.Name, tells[r.at.standing])
}

// begin starts a server; the one of the round before has ended.
func (r *stopping) begin(round int) *scene.Instance {
	if round > 0 {
		r.Main().Name = fmt.Sprintf("server, round %d", round)
	}
	asked := r.Host + ":0"
	p := server.StartServer(r.Scene, asked, scene.Conditions{}, r.args)
	if last := len(r.Programs) - 1; last > 0 {
		r.Programs = append([]*scene.Instance{p}, r.Programs[:last]...)
	}
	server.Ready(r.Scene, p, asked)
	return p
}

// enter lets clients come into all the states that begin before the signal.
func (r *stopping) enter(n int, states []standing) {
	setter := r.Dial("Z", wire.Default)
	Row(r.Scene, setter, r.model.Questions([]string{"SET", "large", string(r.Fill.Pattern(1 << 20))}))
	stream.CloseConn(r.Scene, setter)
	for i := range n {
		b := &bystander{standing: states[i%len(states)]}
		r.Crowded[scene.ClientName(i)] = r.Mute
		if r.short && (b.standing == knocks || b.standing == begins) {
			b.standing = answered // it depends on the clock how much of a reply would come
		}
		r.all = append(r.all, b)
		if r.at = b; b.standing == knocks {
			continue
		}
		r.Hurry = i > 0 && n > fewClients
		b.Conn = r.Dial(scene.ClientName(i), wire.Default)
		r.prepare(b)
	}
	r.Hurry = false
	r.Rest(r.Main())
}

// fewClients is how many clients are each given the time to come in by
// themselves. To see the program at rest takes longer with each of them.
const fewClients = 20

// replied are how many large replies are more than fits into the sockets.
const replied = 24

func (r *stopping) prepare(b *bystander) {
	switch b.standing {
	case answered, leaves, begins:
		Row(r.Scene, b.Conn, r.few())
	case unread:
		b.asks = joinedQuestions(r.few())
		stream.Put(r.Scene, b.Conn, b.asks.Ask)
		stream.Consumed(r.Scene, b.Conn)
	case partly, behind:
		var before []Question
		if b.standing == behind {
			before = r.few()
		}
		b.asks = r.one()
		cut := 1 + r.IntN(len(b.asks.Ask)-1)
		b.rest = b.asks.Ask[cut:]
		sent := joinedQuestions(before)
		stream.Put(r.Scene, b.Conn, slices.Concat(sent.Ask, b.asks.Ask[:cut]))
		if len(before) > 0 {
			recvEach(r.Scene, b.Conn, before)
		}
		stream.Consumed(r.Scene, b.Conn)
	case pending:
		b.asks = joinedQuestions(r.model.Questions([]string{"GET", "large"}))
		stream.Put(r.Scene, b.Conn, slices.Repeat(b.asks.Ask, replied))
	}
}

// one draws a command that has a reply of its own, and large ones among them.
func (r *stopping) one() Question {
	words := []string{"ECHO", r.value()}
	if r.IntN(3) == 0 {
		words = []string{"GET", "large"}
	}
	return r.model.Questions(words)[0]
}

func (r *stopping) few() (all []Question) {
	for range 1 + r.IntN(5) {
		all = append(all, r.model.Questions([]string{"ECHO", r.value()})...)
	}
	return all
}

// joinedQuestions makes one question of all.
func joinedQuestions(all []Question) (q Question) {
	for _, one := range all {
		q.Ask = append(q.Ask, one.Ask...)
		q.Reply = append(q.Reply, one.Reply...)
	}
	return q
}

// moment sends the signal. What clients do at this moment they do while the
// program is stopped, so that it finds all of it at once.
func (r *stopping) moment(p *scene.Instance) {
	signal := []string{"TERM", "INT"}[r.IntN(2)]
	if len(p.Look().PIDs) > 1 {
		programs.Signal(r.Scene, []string{signal}) // it cannot be stopped at one moment
		return
	}
	stream.Halt(r.Scene, p)
	early := r.IntN(2) == 0
	if early {
		r.raise(p, signal)
	}
	for i, b := range r.all {
		r.at = b
		switch b.standing {
		case knocks:
			b.Conn = r.Dial(scene.ClientName(i), wire.Default)
			b.asks = r.one()
			r.say(b, b.asks.Ask)
		case begins:
			b.asks = r.one()
			r.say(b, b.asks.Ask)
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
	p.GoOn()
	r.Record(record.Event{Kind: record.Note, What: record.Say("the server goes on (SIGCONT)")})
}

// raise sends the signal to a program that is stopped.
func (r *stopping) raise(p *scene.Instance, name string) {
	p.Signal = "SIG" + name
	r.Record(record.Event{Kind: record.Note, What: record.Say("the grader sends %v", p.Signal)})
	p.Proc.Signal(p.Signal)
}

// say sends what the kernel has room for in any case.
func (r *stopping) say(b *bystander, data []byte) {
	left, failed, end := stream.Give(r.Scene, b.Conn, data)
	r.Record(record.Event{Conn: b.Name, Kind: record.Out, Data: data, Size: len(data) - left, Cut: left > 0})
	stream.Given(r.Scene, b.Conn, left, failed, end)
}

// after lets each client have what its state says, in any order. The program has heard of
// the signal by then; many clients do not wait for it to be at rest after each other.
func (r *stopping) after() {
	r.Rest(r.Main())
	r.Hurry = r.Mute
	defer func() { r.Hurry = false }()
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
		stream.Eof(r.Scene, b.Conn)
	case unread:
		stream.Recv(r.Scene, b.Conn, b.asks.Reply)
		stream.Eof(r.Scene, b.Conn)
	case knocks, begins:
		wholeReplies(r.Scene, b.Conn, 0, true, [][]byte{b.asks.Reply})
		r.perhaps++
	case pending:
		if r.short {
			r.either++
			return // it reads nothing; the kernel may have room for this reply all the same
		}
		wholeReplies(r.Scene, b.Conn, 1, false, slices.Repeat([][]byte{b.asks.Reply}, replied))
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
		stream.Over(r.Scene, b.Conn)
	case r.IntN(4) == 0:
		if r.IntN(2) == 0 {
			stream.Reset(r.Scene, b.Conn)
		} else {
			stream.CloseConn(r.Scene, b.Conn)
		}
	default:
		more := joinedQuestions(r.few()[:r.IntN(2)])
		stream.Put(r.Scene, b.Conn, slices.Concat(b.rest, more.Ask))
		stream.Recv(r.Scene, b.Conn, b.asks.Reply)
		stream.Eof(r.Scene, b.Conn)
		r.finished++
	}
}

// mostSleep is how long a server may sleep whose clients are all cut off together:
// many times the moment it gives them. Only the time is counted in which it sleeps.
const mostSleep = time.Second

// mustEnd waits until the server has ended, which has waited for nothing but its
// clients, all at the same time.
func (r *stopping) mustEnd(p *scene.Instance) {
	if programs.SleepsFor(r.Scene, p, mostSleep) < mostSleep || p.Gone() {
		return
	}
	r.RejectAt(p, "", record.Say("it has not ended"), record.Verdict{Code: record.Wait,
		What: record.Say("the server has slept for %v since the signal, with %s, and has not ended", mostSleep,
			strings.Join(r.args, " "))})
}

// lastWord checks the count. Of those whose command came at the moment of the
// signal each may have been in the middle of it.
func (r *stopping) lastWord(p *scene.Instance) {
	var wants []string
	for more := range r.perhaps + r.either + 1 {
		cut := r.cut + max(0, r.either-more)
		wants = append(wants, strings.NewReplacer("{finished}", fmt.Sprint(r.finished+more),
			"{cut}", fmt.Sprint(cut)).Replace(r.last))
	}
	programs.LastLine(r.Scene, p, wants)
}
