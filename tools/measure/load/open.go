package main

import (
	"fmt"
	"net"
	"runtime/debug"
	"time"

	"loopback/tools/engine/probe"
	"loopback/tools/engine/process"
	"loopback/tools/measure/openloop"
)

// A series is a load that is offered at several rates, whatever the servers make
// of it.
type series struct {
	load
	offered []float64 // per cent of what the first server does in a closed loop
	poisson bool      // or else at equal distances
	seed    uint64
	each    time.Duration // how long each rate is offered

	generator int    // the processor that the generator has for itself
	servers   string // the processors of the servers
}

// percentiles are those that are reported; 100 is the greatest.
var percentiles = [...]float64{50, 90, 99, 99.9, 100}

const p99 = 2 // of percentiles

// A point is what one server did at one rate in one round.
type point struct {
	rate    float64 // echoes a second
	latency [len(percentiles)]time.Duration
	fault   [len(percentiles)]string // why a latency is the generator's; "" when it is the server's
	watch   time.Duration            // p99 from sending
	late    time.Duration            // of the generator, p99
	busy    float64                  // of the generator's processor
	cpu     float64                  // processors that the server had in use
	wait    float64                  // threads of it that were ready to run, on average, and did not
}

func pointOf(r *openloop.Result, before, after probe.Activity) point {
	p := point{rate: r.Rate(), busy: r.Busy()}
	p.watch, p.late = r.FromSending(percentiles[p99]), r.Lateness(percentiles[p99])
	if took := r.Took.Seconds(); took > 0 {
		p.cpu, p.wait = (after.CPU-before.CPU).Seconds()/took, (after.Delay-before.Delay).Seconds()/took
	}
	for i, percent := range percentiles {
		p.latency[i], p.fault[i] = r.Latency(percent), r.Fault(percent)
	}
	return p
}

// A curveOf one server has all rates: in a closed loop, and then as offered.
type curveOf struct {
	most   []point   // by round
	points [][]point // by rate and round
}

// A guest is a server that runs and is connected.
type guest struct {
	p     *process.Process
	idle  []*net.TCPConn
	wire  *sockets
	ends  []end // of all connections
	count int   // requests so far
}

// invite starts a server and connects to it.
func (s *series) invite(srv server) (g *guest, err error) {
	g = &guest{}
	var addr string
	if addr, g.p, err = srv.start(s.servers); err != nil {
		return nil, err
	}
	clients, err := s.connect(addr)
	if err != nil {
		closeAll(clients)
		g.p.End()
		return nil, err
	}
	g.ends = endsOf(clients)
	g.idle = clients[s.active:]
	if g.wire, err = newSockets(clients[:s.active]); err != nil {
		closeAll(clients)
		g.p.End()
		return nil, err
	}
	return g, nil
}

func (g *guest) leave() {
	g.wire.close()
	closeAll(g.idle)
	g.p.End()
}

// bear has a guest bear what drive does, on the generator's own processor. Nothing
// is collected meanwhile: a generator must not stand still.
func (s *series) bear(g *guest, drive func() (*openloop.Result, error)) (p point, err error) {
	defer debug.SetGCPercent(debug.SetGCPercent(-1))
	var got *openloop.Result
	before := probe.Look(g.p.PID())
	g.wire.restart()
	if err := alone(s.generator, func() (err error) { got, err = drive(); return err }); err != nil {
		return p, err
	}
	after := probe.Look(g.p.PID())
	g.count += got.Answered
	return pointOf(got, before, after), nil
}

// due is when requests are due at a rate. It differs from round to round, and is
// the same for all servers.
func (s *series) due(rate float64, round int) []time.Duration {
	if s.poisson {
		return openloop.Poisson(rate, s.each, s.seed+uint64(round))
	}
	return openloop.Constant(rate, s.each)
}

// round measures all servers once, each rate with one after another, and adds to
// their curves.
func (s *series) round(servers []server, round int, curves []curveOf) error {
	guests := make([]*guest, len(servers))
	for i, srv := range servers {
		g, err := s.invite(srv)
		if err != nil {
			return fmt.Errorf("%s: %w", srv.name, err)
		}
		defer g.leave()
		guests[i] = g
	}
	order := alternate(len(servers), round)
	for _, i := range order {
		p, err := s.bear(guests[i], func() (*openloop.Result, error) {
			return openloop.Closed(guests[i].wire, s.active, s.each)
		})
		if err != nil {
			return fmt.Errorf("%s, in a closed loop: %w", servers[i].name, err)
		}
		curves[i].most = append(curves[i].most, p)
	}
	full := curves[0].most[round].rate
	for n, percent := range s.offered {
		due := s.due(full*percent/100, round)
		for _, i := range order {
			p, err := s.bear(guests[i], func() (*openloop.Result, error) {
				return openloop.Open(guests[i].wire, s.active, due)
			})
			if err != nil {
				return fmt.Errorf("%s, at %.0f %%: %w", servers[i].name, percent, err)
			}
			curves[i].points[n] = append(curves[i].points[n], p)
		}
	}
	for i, g := range guests {
		if err := check(g.ends, g.count); err != nil {
			return fmt.Errorf("%s: %w", servers[i].name, err)
		}
	}
	return nil
}

// measureOpen measures all rounds.
func (s *series) measureOpen(servers []server, rounds int) ([]curveOf, error) {
	var err error
	if s.generator, s.servers, err = processors(); err != nil {
		return nil, err
	}
	curves := make([]curveOf, len(servers))
	for i := range curves {
		curves[i].points = make([][]point, len(s.offered))
	}
	for round := range rounds {
		if err := s.round(servers, round, curves); err != nil {
			return nil, fmt.Errorf("round %d: %w", round+1, err)
		}
	}
	return curves, nil
}
