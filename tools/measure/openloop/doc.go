// Package openloop sends requests when a schedule says so, and measures how long
// the answers take.
//
// # Closed and open loops
//
// A load generator with a fixed number of clients, each of which sends a request,
// waits for the answer and sends the next, is a closed loop: the server decides
// when the next request comes. If it stands still for a second, the generator
// stands still with it, and one request of thousands was slow. Real clients do not
// know of each other. They come when they come, and a second in which the server
// stands still is a second's worth of clients who wait. A generator that sends
// each request when it is due, whatever the server does, is an open loop.
//
// # Coordinated omission
//
// Even a generator with a schedule can lose what it was built to find. When all
// its connections wait for answers, it cannot send the request that is due now; it
// sends it later. If it then starts its watch at the moment of sending, the wait
// before that is in no figure: generator and server have agreed, without a word,
// to leave out the worst part. Gil Tene named this coordinated omission. The cure
// is one line: a request's latency counts from when it was due. [Open] does so, and
// keeps the other figure, too, so that both can be shown side by side. It also
// waits for the answer to every request that was due, the slowest included.
//
// # Whose fault it is
//
// A generator has only so much processor time, too. [Open] notes how long after
// its time it got round to each request, whether or not a connection was free: its
// own lateness. It also notes how much of the time it had something to do. A
// generator that is late, or never idle, measures itself; [Result.Fault] says so.
//
// What is driven is behind the interface [Wire]: sockets and a clock in a
// measurement, an invented server in logical time in a test.
package openloop
