"""Lined in Python: a thread for each client, and a time for each call.

settimeout is a time for one call, not a point in time. So before each call the
rest of the time is worked out anew.
"""

import argparse
import os
import signal
import socket
import sys
import threading
import time

MAX_LINE = 4096


class Over(Exception):
    """A conversation has ended, for the reason that the log gives."""


def seconds(text):
    """Read a duration as Go writes it, of one unit."""
    for unit, factor in (("ms", 0.001), ("s", 1.0), ("m", 60.0), ("h", 3600.0)):
        if text.endswith(unit):
            value = float(text[: -len(unit)]) * factor
            if value > 0:
                return value
            break
    raise argparse.ArgumentTypeError("a limit is above 0")


def is_word(data):
    return len(data) > 0 and all(0x20 < b < 0x7F for b in data)


def answer(request):
    if request.startswith(b"upper ") and is_word(request[6:]):
        return request[6:].upper()
    return b"ERR unknown request"


class Talk:
    """One conversation."""

    def __init__(self, conn, limits):
        self.conn, self.limits = conn, limits
        self.end = time.monotonic() + limits.total
        self.have = b""

    def wait(self, until, limit, call):
        """Make a call that must end by then."""
        left = min(until, self.end) - time.monotonic()
        if left <= 0:
            raise Over("total" if until >= self.end else limit)
        self.conn.settimeout(left)
        try:
            return call()
        except TimeoutError:
            raise Over("total" if time.monotonic() >= self.end else limit) from None

    def fill(self, until, limit):
        """Read once more; return False at the end of the stream."""
        data = self.wait(until, limit, lambda: self.conn.recv(4096))
        self.have += data
        return len(data) > 0

    def say(self, text):
        until, data = time.monotonic() + self.limits.request, text + b"\n"
        while data:
            sent = self.wait(until, "unread", lambda: self.conn.send(data))
            data = data[sent:]

    def line(self, until):
        """Return the next line, or None for one that is too long."""
        while b"\n" not in self.have[:MAX_LINE]:
            if len(self.have) >= MAX_LINE:
                return None
            if not self.fill(until, "request"):
                raise Over("EOF inside a line")
        line, self.have = self.have.split(b"\n", 1)
        return line

    def skip(self):
        until = time.monotonic() + self.limits.request
        while b"\n" not in self.have:
            self.have = b""
            if not self.fill(until, "request"):
                raise Over("EOF inside a line")
        self.have = self.have.split(b"\n", 1)[1]

    def run(self):
        while True:
            if not self.have and not self.fill(time.monotonic() + self.limits.idle, "idle"):
                return
            try:
                line = self.line(time.monotonic() + self.limits.request)
            except Over as over:
                if str(over) != "request":
                    raise
                self.say(b"ERR timeout")
                self.skip()
                continue
            if line is None:
                self.say(b"ERR line too long")
                raise Over("too long a line")
            self.say(answer(line))


class Server:
    def __init__(self, limits):
        self.limits, self.lock = limits, threading.Lock()
        self.conns, self.over = set(), False

    def handle(self, conn, peer):
        try:
            with conn:
                Talk(conn, self.limits).run()
            reason = None
        except (Over, OSError) as error:
            reason = str(error)
        finally:
            with self.lock:
                self.conns.discard(conn)
        if self.over:
            reason = "interrupted"
        if reason:
            print(f"{peer[0]}:{peer[1]} {reason}", file=sys.stderr, flush=True)

    def serve(self, addr):
        host, _, port = addr.rpartition(":")
        listener = socket.create_server((host.strip("[]"), int(port)), backlog=1024,
                                        family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        wake, waker = socket.socketpair()
        waker.setblocking(False)
        signal.set_wakeup_fd(waker.fileno())
        signal.signal(signal.SIGINT, lambda *_: None)
        name = listener.getsockname()
        print("listening on", f"[{name[0]}]:{name[1]}" if ":" in name[0] else f"{name[0]}:{name[1]}", flush=True)
        threads = []
        threading.Thread(target=self.accept, args=(listener, threads), daemon=True).start()
        wake.recv(1)
        with self.lock:
            self.over = True
            for conn in self.conns:
                try:
                    conn.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass  # it has just ended by itself
        for t in threads:
            t.join()

    def accept(self, listener, threads):
        while True:
            try:
                conn, peer = listener.accept()
            except OSError:
                time.sleep(0.02)
                continue
            with self.lock:
                if self.over:
                    return
                self.conns.add(conn)
            t = threading.Thread(target=self.handle, args=(conn, peer))
            t.start()
            threads[:] = [x for x in threads if x.is_alive()] + [t]


def ask(addr, word, timeout):
    """Return the exit status."""
    until = time.monotonic() + timeout
    host, _, port = addr.rpartition(":")
    have = b""
    try:
        with socket.create_connection((host.strip("[]"), int(port)), timeout) as conn:
            conn.sendall(b"upper " + word.encode() + b"\n")
            while b"\n" not in have:
                left = until - time.monotonic()
                if left <= 0:
                    raise TimeoutError("timeout")
                conn.settimeout(left)
                data = conn.recv(4096)
                if not data:
                    raise EOFError("EOF before the answer was whole")
                have += data
                if len(have) > MAX_LINE:
                    raise OSError("too long a line")
    except TimeoutError as error:
        print("lined:", error if error.errno else "timeout", file=sys.stderr)
        return 3
    except (OSError, EOFError) as error:
        print("lined:", error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("lined: interrupted", file=sys.stderr)
        return 1
    line = have.split(b"\n")[0].decode()
    if line.startswith("ERR "):
        print("lined:", line, file=sys.stderr)
        return 1
    print(line)
    return 0


def main():
    p = argparse.ArgumentParser(prog="lined", prefix_chars="-", allow_abbrev=False)
    p.add_argument("-listen", default="127.0.0.1:0")
    for name, default in (("idle", "60s"), ("request", "10s"), ("total", "600s"), ("timeout", "5s")):
        p.add_argument("-" + name, type=seconds, default=seconds(default))
    p.add_argument("-ask", default="")
    p.add_argument("word", nargs="*")
    flags = p.parse_args()
    if flags.ask:
        if len(flags.word) != 1 or not is_word(flags.word[0].encode()):
            p.error("-ask takes one word")
        sys.exit(ask(flags.ask, flags.word[0], flags.timeout))
    if flags.word:
        p.error("a server takes no word")
    Server(flags).serve(flags.listen)
    os._exit(0)


if __name__ == "__main__":
    main()
