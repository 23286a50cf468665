// Package peers holds tests that drive the reference programs with programs the
// course did not write.
//
// The grader and the solutions have the same authors, and could share a
// misunderstanding. OpenBSD's netcat, socat, ncat, telnet, Python, redis-cli and
// ss share none of ours: what they can talk to is TCP as everybody else speaks it.
//
// The tests run on Linux. A tool that is missing skips the tests that need it,
// with the command that installs it (shown by go test -v); where the environment
// variable CI is set it fails them. The Debian packages are
//
//	curl git iproute2 ncat netcat-openbsd python3 redis-tools socat telnet wget
//
// and those that tools_linux_test.go names for single tests. A browser, Debian's
// chromium, is started with -full alone.
//
// Nothing waits for a time to pass: who is ready says so on its output, with
// the port that the kernel has chosen for it. That is why ncat is used as a
// client only. "ncat -l -v 127.0.0.1 0" does listen on a port of the kernel's
// choice, but announces "Listening on 127.0.0.1:0": Ncat 7.93 prints the port
// it was asked for, at every level of -v.
package peers
