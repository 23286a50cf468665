package grade

import (
	"fmt"
	"strings"
	"testing"
)

// The commands about ports see what a program does, and say it in words.
func TestPorts(t *testing.T) {
	const three = "ports P open closed filtered\n"
	const two = "ports P filtered*2\nrun hold $P $P_1 $P_2\n"
	for _, c := range []struct{ name, program, text, want string }{
		{"as they are", "say", three + "run $P_1,open $P_2,closed $P_3,filtered\nexit 0\nstates P\n", ""},
		{"some of them", "say", three + "run $P_1,open\nexit 0\nstates P open - -\n", ""},
		{"none of them", "say", three + "run\nexit 0\nstates P -*3\n", ""},
		{"another order", "say", three + "run $P_2,closed $P_1,open $P_3,filtered\nstates P\n",
			"output: all lines are right, but"},
		{"another state", "say", three + "run $P_1,open $P_2,filtered $P_3,filtered\nstates P\n",
			"output: port 7002 is closed: the kernel answers there with RST; the program says filtered"},
		{"one is missing", "say", three + "run $P_1,open $P_3,filtered\nstates P\n",
			"output: port 7002, which is closed, is missing"},
		{"one too many", "say", three + "run $P_1,open $P_2,closed $P_3,filtered 7004,open\nstates P\n",
			"output: port 7004 is printed, and it was not asked for"},
		{"one twice", "say", three + "run $P_1,open $P_1,open\nstates P\n", "output: port 7001 is printed twice"},
		{"one too early", "say", three + "run $P_1,open $P_3,filtered\nstates P open - -\n",
			"output: port 7003 has not answered yet"},
		{"no port", "say", three + "run open,7001\nstates P\n",
			`output: a line of standard output is "open 7001\n", and not PORT`},
		{"wrong number of kinds", "say", three + "run\nstates P open\n",
			"error: testdata/01-a/01-one.txtar:4: P has 3 ports, and not 1"},

		{"as many as there should be", "knock", two + "dials P 2\n", ""},
		{"too many dials", "knock", two + "dials P 1\n",
			"too-many: more dials are under way at the same time than the 1"},
		{"too few dials", "knock", two + "dials P 3\n",
			"too-few: 2 dials are under way, and the program waits; it should be 3"},
		{"no dials", "say", "ports P filtered\nrun\ndials P 1\n", "exited: the client ended before it connected"},
		{"a dial that waits is a timer", "knock", two + "exit 0\n",
			"no-exit: 2 dials are under way, no answer comes, and the client slept for 1s"},

		{"closed", "knock", "ports P open\nrun close $P $P_1\naccept A\ngone A\n", ""},
		{"reset", "knock", "ports P open\nrun reset $P $P_1\naccept A P.1\ngone A\n", ""},
		{"held", "knock", "ports P open\nrun hold $P $P_1\naccept A P.1\ngone A\n", "no-eof: the client is asleep"},
		{"spoken", "knock", "ports P open\nrun speak $P $P_1\naccept A P.1\ngone A\n", "extra-bytes: 5 bytes came"},
		{"a late answer", "knock", "# timeout 10s\nports P filtered\nrun close $P $P_1\ndials P 1\nanswer P.1 open\n" +
			"accept A P.1\ngone A\n", ""},
		{"no late answer", "knock", "ports P open\nrun close $P $P_1\nanswer P.1 open\n",
			"error: testdata/01-a/01-one.txtar:4: P.1 is open, and answers already"},
		{"nobody was there", "knock", "ports P open*2\nrun close $P $P_1\naccept A P.1\ngone A\nuntouched P.2\n" +
			"untouched P\n", ""},
		{"somebody was there", "knock", "ports P open*2\nrun hold $P $P_2\nidle\nuntouched P.1\nuntouched P\n",
			"connected: the client connected to port 7002"},

		{"no such kind", "say", "ports P ajar\n",
			`error: testdata/01-a/01-one.txtar:2: "ajar" is not open, closed, filtered or resets`},
		{"no such ports", "say", "run\nstates Q\n", `error: testdata/01-a/01-one.txtar:3: no ports are called "Q"`},
		{"no such port", "say", "ports P open\nrun\nanswer P.2 open\n",
			"error: testdata/01-a/01-one.txtar:4: P has the ports P.1 to P.1, and not P.2"},
		{"a port that resets is open", "say", "ports -last 65535 P resets closed\nrun 65534,open 65535,closed\n" +
			"states P\n", ""},
		{"jammed, and no line is lost", "say", "ports -last 65535 P closed\nrun -jammed 65535,closed\nprinting\n" +
			"unjam\nexit 0\nstates P\n", ""},
		{"the last ports", "say", "ports -last 65535 P closed*2\nrun 65534,closed 65535,closed\nstates P\n", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}

// passes runs one scenario and compares its verdict, "" for a pass.
func passes(t *testing.T, program, text, want string) {
	t.Helper()
	o := script(t, "# A rule.\n"+text, tinyProgram(t, program))
	got := ""
	if o.Verdict != nil {
		got = fmt.Sprintf("%s: %s", o.Verdict.Code, o.Verdict.What)
	}
	if o.Skipped != "" || want == "" && got != "" || !strings.HasPrefix(got, want) {
		t.Errorf("got %q, skipped %q, want %q\n%s", got, o.Skipped, want, strings.Join(o.Timeline, "\n"))
	}
}

func TestSignal(t *testing.T) {
	for _, c := range []struct{ name, program, text, want string }{
		{"interrupt", "signals", "run\nsignal INT\nexit 0\noutput 'ready\\ninterrupt\\n'\n", ""},
		{"the long name, to one of two", "signals", "run -as A\nrun -as B\nsignal SIGTERM A\nexit 0 A\n" +
			"output -of A 'ready\\nterminated\\n'\noutput -of B 'ready\\n'\n", ""},
		{"not asked for", "moody", "run 127.0.0.1:0\nsignal INT\nexit 0\n", "exited: SIGINT ended the client at once"},
		{"too late", "say", "run\nexit 0\nsignal INT\n", "exited: the client ended before it was sent SIGINT"},
		{"unknown", "signals", "run\nsignal FOO\n",
			`error: testdata/01-a/01-one.txtar:3: signal SIGFOO: unknown signal`},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			passes(t, c.program, c.text, c.want)
		})
	}
}

// The limit is there when the program begins, and it cannot be raised.
func TestDescriptorLimit(t *testing.T) {
	passes(t, "limit", "run -descriptors 30\nexit 0\noutput '30 30\\n'\n", "")
}
