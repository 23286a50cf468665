package scene

import (
	"os"

	"loopback/tools/engine/play/argument"
	"loopback/tools/engine/wire"
)

// A Command is one word of the language in which scenarios are written. Its
// texts are also the reference page.
type Command struct {
	Name    string
	Args    string // as in a usage line
	Summary string // one line
	Detail  string // more, or ""
	Group   string // the heading under which the reference lists it
	Sets    string // the variables that it sets, as in "server NAME_port": see [scenario.Word]
	Fills   bool   // variables in quotes are replaced, too, by [Expand]
	Run     func(s *Scene, args []string)
}

// Expand puts the values of variables into a text that stood in quotes.
func Expand(s *Scene, text string) string {
	return os.Expand(text, func(name string) string {
		value := s.TS.Getenv(name)
		if value == "" {
			s.Misuse("there is no variable $%s", name)
		}
		return value
	})
}

// OnConn is a command whose one argument names a connection.
func OnConn(f func(*Scene, *wire.Conn)) func(*Scene, []string) {
	return func(s *Scene, args []string) {
		argument.Exactly(1, args)
		f(s, s.Conn(args[0]))
	}
}

// OnConns is a command whose arguments are connections, one or more.
func OnConns(f func(*Scene, *wire.Conn)) func(*Scene, []string) {
	return func(s *Scene, args []string) {
		argument.AtLeast(1, args)
		for _, name := range args {
			f(s, s.Conn(name))
		}
	}
}

// OnBytes is a command whose arguments are a connection and a text.
func OnBytes(f func(*Scene, *wire.Conn, []byte)) func(*Scene, []string) {
	return func(s *Scene, args []string) {
		argument.AtLeast(2, args)
		f(s, s.Conn(args[0]), s.Fill.Joined(args[1:]))
	}
}

// OnCount is a command whose one argument is a number of clients.
func OnCount(f func(*Scene, int)) func(*Scene, []string) {
	return func(s *Scene, args []string) {
		argument.Exactly(1, args)
		f(s, argument.Count(args[0]))
	}
}
