package peers

import (
	"strings"
	"testing"
)

// redis runs redis-cli for one command and returns what it prints, in the form
// that tells every kind of reply from every other.
func redis(t *testing.T, s *server, words ...string) string {
	t.Helper()
	args := append([]string{tool(t, "redis-cli"), "--no-raw", "-h", s.host, "-p", s.port}, words...)
	c := start(t, "redis-cli", args...)
	c.succeeds()
	return string(c.Stdout().Bytes())
}

// TestRedis has the client of Redis use our server: what it understands is RESP.
func TestRedis(t *testing.T) {
	tool(t, "redis-cli") // before anything is built
	s := serve(t, "kvd")
	for _, c := range []struct{ words, want string }{
		{"PING", "PONG\n"},
		{"ECHO yes", "\"yes\"\n"},
		{"GET name", "(nil)\n"},
		{"SET name Ada", "OK\n"},
		{"GET name", "\"Ada\"\n"},
		{"set empty ", "OK\n"},
		{"get empty", "\"\"\n"},
		{"DEL name empty none", "(integer) 2\n"},
		{"GET name", "(nil)\n"},
		{"FLY me", "(error) ERR unknown command or wrong number of arguments\n"},
	} {
		if got := redis(t, s, strings.Split(c.words, " ")...); got != c.want {
			t.Errorf("redis-cli %s printed %q, want %q", c.words, got, c.want)
		}
	}
	s.quiet()
}

// TestRedisPipelining has Redis's own benchmark send sixteen commands at a time
// on each of its connections, and count the replies.
func TestRedisPipelining(t *testing.T) {
	bench := tool(t, "redis-benchmark")
	s := serve(t, "kvd")
	c := start(t, "redis-benchmark", bench, "-h", s.host, "-p", s.port, "-t", "set,get", "-P", "16", "-c", "8",
		"-n", "4000", "-d", "300", "-q")
	c.succeeds()
	for _, command := range []string{"SET: ", "GET: "} {
		if !has(c.Stdout(), command) || has(c.Stderr(), "Error from server") {
			c.fatalf("want a line that begins with %q, and no error", command)
		}
	}
	s.quiet()
}
