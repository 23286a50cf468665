package grade

import "testing"

// The commands about the accept queue see what the kernel knows.
func TestQueue(t *testing.T) {
	const held = "serve -stdin -hold -backlog 1\n"
	for _, c := range []struct{ name, program, text, want string }{
		{"backlog", "calls", held + "backlog 1\n", ""},
		{"another backlog", "calls", held + "backlog 2\n",
			"queue: the backlog of this listener should be 2, and the kernel says that it is 1"},
		{"empty", "calls", "serve\nqueue 0\n", ""},
		{"one more than the backlog", "calls", held + "dial A B\nqueue 2\nhang C\n", ""},
		{"room is left", "calls", held + "dial A\nhang B\n",
			"queue: the kernel completed B's connection: 2 connections wait"},
		{"a dial that cannot connect", "calls", held + "dial A B C\n",
			"silence: C cannot connect: 2 connections already wait"},
		{"one is accepted too early", "calls-greedy", held + "dial A B\nqueue 2\n",
			"queue: 1 connection waits to be accepted, and it should be 2"},
		{"too many wait", "calls", held + "dial A B\nqueue 1\n",
			"queue: 2 connections wait to be accepted, and it should be 1"},
		{"room again", "calls", held + "dial A B\nhang C\ninput 'go\\n'\nclose A\nqueue 0\nclose B\ndial C\n" +
			"send C 'c'\nrecv C 'c'\n", ""},
		{"no server", "calls", "queue 0\n", "error: testdata/01-a/01-one.txtar:2: no program runs yet"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}

// A server can be ended and started again where it was.
func TestRestart(t *testing.T) {
	const ended = "serve\ndial A\nsend A 'a'\nrecv A 'a'\nend\neof A\nclose A\n"
	for _, c := range []struct{ name, program, text, want string }{
		{"at the same address", "calls", ended + "restart\nvisit 1\n", ""},
		{"twice", "calls", ended + "restart\nvisit 1\nend\nrestart\nvisit 1\n", ""},
		{"with arguments and input", "calls", ended + "restart -stdin -hold\ninput 'go\\n'\nvisit 1\n", ""},
		{"without SO_REUSEADDR", "calls-no-reuse", ended + "restart\n", "exited: the server was started again at"},
		{"nothing in TIME-WAIT", "calls-no-reuse", "serve\nend\nrestart\nvisit 1\n", ""},
		{"still running", "calls", "serve\nrestart\n",
			"error: testdata/01-a/01-one.txtar:3: the server has not been ended: end it first"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}

// What a program's system gives it, and what it takes away.
func TestSystem(t *testing.T) {
	const full = "serve\ndial -small A\nstuff A\ninterrupt\nunstuff A\n"
	for _, c := range []struct{ name, program, text, want string }{
		{"input", "calls", "serve -stdin -hold\ndial A\nsend A 'a'\nqueue 1\ninput 'go\\n'\nrecv A 'a'\n", ""},
		{"no input", "calls", "serve -hold\nvisit 1\n", ""},
		{"not asked for", "calls", "serve\ninput 'go\\n'\n",
			"error: testdata/01-a/01-one.txtar:3: input: standard input is not a pipe of ours"},
		{"interrupted in accept", "calls", "serve\ninterrupt\nvisit 1\n", ""},
		{"interrupted in poll", "calls-poll", "serve\ninterrupt\n",
			"exited: the server has ended by itself: exit status 1"},
		{"interrupted in write", "calls", full, ""},
		{"a short write", "calls-short", full, "wrong-bytes: "},
		{"inherited by nobody", "calls", "serve\ndial A\nsend A 'a'\nrecv A 'a'\nclose-on-exec\n", ""},
		{"inherited", "calls-inherited", "serve\ndial A\nsend A 'a'\nrecv A 'a'\nclose-on-exec\n",
			"leak: every program that the server starts would inherit 1 of its 2 sockets"},
		{"no descriptors left", "calls", "serve\nvisit 20\ndescriptors -all\n", ""},
		{"descriptors left", "calls-pipes", "serve\nvisit 20\ndescriptors\ndescriptors -all\n",
			"leak: all clients have left, but the server still holds 40 of their descriptors"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}
