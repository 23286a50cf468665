"""scan, in Python: one thread, non-blocking sockets, and a selector that waits for all of them."""
import errno
import ipaddress
import os
import re
import selectors
import signal
import socket
import sys
import time

USAGE = "usage: scan [-timeout T] [-workers N] [-i-own-this] HOST FROM-TO"
UNITS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600}


def wrong(why):
    print(f"scan: {why}\n{USAGE}", file=sys.stderr)
    sys.exit(2)


def duration(text):
    parts = re.fullmatch(r"((?:[0-9.]+(?:ns|us|ms|s|m|h))+)", text)
    if not parts:
        wrong(f"{text!r} is not a duration above 0")
    return sum(float(n) * UNITS[u] for n, u in re.findall(r"([0-9.]+)(ns|us|ms|s|m|h)", text))


def arguments(args):
    timeout, workers, mine = 0.2, 100, False
    while args and args[0].startswith("-"):
        flag, value = args[0], args[1] if len(args) > 1 else ""
        if flag == "-i-own-this":
            mine, args = True, args[1:]
            continue
        if flag == "-timeout":
            timeout = duration(value)
        elif flag == "-workers" and re.fullmatch("[0-9]+", value):
            workers = int(value)
        else:
            wrong(f"{flag} {value}")
        args = args[2:]
    if len(args) != 2 or timeout <= 0 or workers < 1:
        wrong("two operands are needed, and flags above 0")
    try:
        host = ipaddress.ip_address(args[0])
    except ValueError as e:
        wrong(e)
    if not host.is_loopback and not mine:
        wrong(f"{host} is not loopback: is -i-own-this true?")
    ends = re.fullmatch("([0-9]+)-([0-9]+)", args[1])
    if not ends or not 1 <= int(ends[1]) <= int(ends[2]) <= 65535:
        wrong(f"{args[1]!r} is not a range")
    return host, range(int(ends[1]), int(ends[2]) + 1), workers, timeout


class Scan:
    def __init__(self, host, workers, timeout):
        self.host, self.workers, self.timeout = host, workers, timeout
        self.family = socket.AF_INET if host.version == 4 else socket.AF_INET6
        self.poll, self.known, self.flying = selectors.DefaultSelector(), {}, {}

    def begin(self, port):
        s = socket.socket(self.family, socket.SOCK_STREAM)
        s.setblocking(False)
        code = s.connect_ex(socket.getaddrinfo(  # a pair of host and port would lose the zone
            str(self.host), port, self.family, socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)[0][4])
        if code in (errno.EINPROGRESS, errno.EINTR):
            self.flying[s] = (port, time.monotonic() + self.timeout)
            self.poll.register(s, selectors.EVENT_WRITE)
        else:
            self.end(s, port, code)

    def end(self, s, port, code):
        with s:
            if code == 0:
                self.known[port] = "closed" if self.itself(s, port) else "open"
            elif code == errno.ECONNREFUSED:
                self.known[port] = "closed"
            elif code == errno.ECONNRESET:  # the connection was made, and reset before we looked
                self.known[port] = "open"
            elif code == errno.ETIMEDOUT:
                self.known[port] = "filtered"
            else:
                raise OSError(code, os.strerror(code))

    def itself(self, s, port):
        """Whether the socket has met itself; of its peer nothing can be asked once it was reset."""
        here, number = s.getsockname()[:2]
        return number == port and ipaddress.ip_address(here) == self.host

    def forget(self, s):
        self.poll.unregister(s)
        return self.flying.pop(s)[0]

    def settle(self):
        first = min(end for _, end in self.flying.values())
        for key, _ in self.poll.select(max(0, first - time.monotonic())):
            s = key.fileobj
            self.end(s, self.forget(s), s.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))
        now = time.monotonic()
        for s in [s for s, (_, end) in self.flying.items() if end <= now]:
            self.end(s, self.forget(s), errno.ETIMEDOUT)

    def run(self, ports):
        waiting = list(reversed(ports))
        while waiting or self.flying:
            while waiting and len(self.flying) < self.workers:
                try:
                    self.begin(waiting[-1])
                    waiting.pop()
                except OSError as e:
                    if e.errno != errno.EMFILE or not self.flying:
                        raise
                    self.workers = len(self.flying)
            if self.flying:
                self.settle()


def interrupted(*_):
    raise KeyboardInterrupt


host, ports, workers, timeout = arguments(sys.argv[1:])
signal.signal(signal.SIGINT, interrupted)
scan, why = Scan(host, workers, timeout), None
try:
    scan.run(ports)
except (OSError, KeyboardInterrupt) as e:
    why = e
signal.signal(signal.SIGINT, signal.SIG_IGN)  # or it would cut the list off
for port in sorted(scan.known):
    print(port, scan.known[port])
if why is not None:
    print("scan:", why or "interrupted", file=sys.stderr)
    sys.exit(1)
