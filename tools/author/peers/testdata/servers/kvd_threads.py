"""A key-value server with a thread for each client; it speaks a part of RESP."""
import argparse
import re
import socket
import sys
import threading
import time

MAX_ARGS, MAX_BULK, MAX_COMMAND, MAX_LINE = 1024, 1 << 20, 2 << 20, 64

lock = threading.Lock()
values = {}


class ProtocolError(Exception):
    """What came is not RESP, or larger than it may be."""


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-listen", default="127.0.0.1:0")
    host, _, port = parser.parse_args().listen.rpartition(":")
    with socket.create_server((host, int(port)), backlog=socket.SOMAXCONN) as listener:
        host, port = listener.getsockname()
        print(f"listening on {host}:{port}", flush=True)
        while True:
            try:
                connection, peer = listener.accept()
            except OSError as error:  # no descriptor left, or the client has gone
                print(error, file=sys.stderr)
                time.sleep(0.05)
                continue
            threading.Thread(target=handle, args=(connection, peer), daemon=True).start()


def handle(connection, peer):
    """Serves one client to its end; the connection is this thread's alone."""
    with connection, connection.makefile("rb") as stream:
        try:
            while args := read_command(stream):
                connection.sendall(do(args))
        except ProtocolError as error:
            print(peer, error, file=sys.stderr)
            connection.sendall(b"-ERR Protocol error\r\n")
        except OSError as error:
            print(peer, error, file=sys.stderr)


def read_command(stream):
    """Returns the words of one command, or None at the end of the stream."""
    count = read_length(stream, b"*", 1, MAX_ARGS)
    if count is None:
        return None
    args, room = [], MAX_COMMAND
    for _ in range(count):
        n = read_length(stream, b"$", 0, min(MAX_BULK, room))
        if n is None:
            return None
        room -= n
        data = stream.read(n + 2)
        if len(data) < n + 2:
            return None
        if data[n:] != b"\r\n":
            raise ProtocolError(f"{data[n:]!r} after {n} bytes")
        args.append(data[:n])
    return args


def read_length(stream, mark, least, most):
    """Returns the number in a line such as "$5", or None at the end of the stream."""
    line = stream.readline(MAX_LINE)
    if len(line) < MAX_LINE and not line.endswith(b"\n"):
        return None
    match = re.fullmatch(rb"(.)([0-9]+)\r\n", line)
    if not match or match[1] != mark or not least <= int(match[2]) <= most:
        raise ProtocolError(repr(line))
    return int(match[2])


def do(args):
    """Carries out a command and returns the reply."""
    name, args = args[0].upper(), args[1:]
    with lock:
        if name == b"PING" and not args:
            return b"+PONG\r\n"
        if name == b"ECHO" and len(args) == 1:
            return bulk(args[0])
        if name == b"SET" and len(args) == 2:
            values[args[0]] = args[1]
            return b"+OK\r\n"
        if name == b"GET" and len(args) == 1:
            return bulk(values[args[0]]) if args[0] in values else b"$-1\r\n"
        if name == b"DEL" and args:
            return b":%d\r\n" % sum(values.pop(key, None) is not None for key in args)
    return b"-ERR unknown command or wrong number of arguments\r\n"


def bulk(word):
    """Returns a word as a bulk string."""
    return b"$%d\r\n%b\r\n" % (len(word), word)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"kvd_threads: {error}")
