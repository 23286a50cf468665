package chat

import (
	"slices"
	"strings"

	"loopback/tools/base/record"
	"loopback/tools/engine/play/scene"
	"loopback/tools/engine/play/stream"
	"loopback/tools/engine/wire"
)

// A room is the model of a server that lets all its clients hear what one of them
// says. A client's first line is its name.
type room struct {
	members []*member // who is inside
	late    []*member // who has left by a FIN, and has not read what was said before
}

// A member is a client that has given its name and is inside.
type member struct {
	*wire.Conn
	name string
	due  []byte // what it is to hear and has not read
	deaf bool   // it does not read, until it is asked to
	base int64  // bytes that had been written to its socket when nothing was due
}

// lineOf is how the others hear text from a member.
func (m *member) lineOf(text string) string { return m.name + ": " + text + "\n" }

func joinedLine(name string) string { return "* " + name + " has joined\n" }
func leftLine(name string) string   { return "* " + name + " has left\n" }

// hereLine is the first line of one that joins these.
func hereLine(names ...string) string {
	names = slices.Sorted(slices.Values(names))
	return strings.Join(append([]string{"* here:"}, names...), " ") + "\n"
}

func (r *room) names() (all []string) {
	for _, m := range r.members {
		all = append(all, m.name)
	}
	return all
}

// told adds line to what all members but one are to hear.
func (r *room) told(line string, but *member) {
	for _, m := range r.members {
		if m != but {
			m.due = append(m.due, line...)
		}
	}
}

// lose takes m out of the room; the others are to hear that it has left.
func (r *room) lose(m *member) {
	r.forget(m)
	r.told(leftLine(m.name), nil)
}

// forget is lose, where what the others are to hear of it is known besides.
func (r *room) forget(m *member) {
	r.members = slices.DeleteFunc(r.members, func(o *member) bool { return o == m })
}

// departed returns the one of those that are late whose connection has this name, and
// forgets it; nil when there is none.
func (r *room) departed(conn string) *member {
	i := slices.IndexFunc(r.late, func(m *member) bool { return m.Name == conn })
	if i < 0 {
		return nil
	}
	m := r.late[i]
	r.late = slices.Delete(r.late, i, i+1)
	return m
}

func roomOf(s *scene.Scene) *room { return scene.Of[room](s) }

// inside returns the member whose connection has this name.
func inside(s *scene.Scene, name string) *member {
	for _, m := range roomOf(s).members {
		if m.Name == name {
			return m
		}
	}
	s.Misuse("%s is not in the room: enter first", name)
	return nil
}

// comeIn connects a client that gives its name, reads who is there, and becomes a
// member. What the others are to hear is due.
func comeIn(s *scene.Scene, conn, name string, w wire.Window) *member {
	m := &member{Conn: s.Dial(conn, w), name: name}
	stream.Put(s, m.Conn, []byte(name+"\n"))
	stream.Recv(s, m.Conn, []byte(hereLine(roomOf(s).names()...)))
	roomOf(s).told(joinedLine(name), nil)
	roomOf(s).members = append(roomOf(s).members, m)
	return m
}

// hearDue lets m read all that is due to it.
func hearDue(s *scene.Scene, m *member) {
	due := m.due
	if m.due = nil; len(due) > 0 {
		stream.Recv(s, m.Conn, due)
	}
}

// hearAll lets all members that read do so.
func hearAll(s *scene.Scene) {
	for _, m := range readers(s) {
		hearDue(s, m)
	}
}

// readers returns the members that read.
func readers(s *scene.Scene) []*member {
	return slices.DeleteFunc(slices.Clone(roomOf(s).members), func(m *member) bool { return m.deaf })
}

// hushed fails when any member that reads has got more than was due.
func hushed(s *scene.Scene) {
	s.Rest(s.Main())
	for _, m := range readers(s) {
		stream.NothingMore(s, m.Conn)
	}
}

// speak lets m say lines, in one write. What the others are to hear is due.
func speak(s *scene.Scene, m *member, texts ...string) {
	stream.Put(s, m.Conn, []byte(strings.Join(texts, "\n")+"\n"))
	for _, text := range texts {
		roomOf(s).told(m.lineOf(text), m)
	}
}

// roll says who is inside.
func roll(s *scene.Scene, what string) {
	var names []string
	for _, m := range roomOf(s).members {
		names = append(names, m.Name)
	}
	s.Record(record.Event{Kind: record.Note, What: record.Say("in the room: %s%s", strings.Join(names, ", "), what)})
}
