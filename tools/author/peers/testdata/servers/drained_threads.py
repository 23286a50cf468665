"""A key-value server that can be stopped without breaking a promise: a thread for each client."""
import argparse
import os
import selectors
import signal
import socket
import sys
import threading
import time

import kvd_threads

lock = threading.Lock()
clients = {}  # every connection, and whether it is in the middle of a command
state = {"stopping": False, "finished": 0, "cut": 0}
gone = threading.Condition(lock)
wakeup, wake = os.pipe()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-listen", default="127.0.0.1:0")
    parser.add_argument("-grace", default="10s", type=seconds)
    args = parser.parse_args()
    signal.signal(signal.SIGTERM, on_signal)
    signal.signal(signal.SIGINT, on_signal)
    host, _, port = args.listen.rpartition(":")
    with socket.create_server((host, int(port)), backlog=socket.SOMAXCONN) as listener:
        host, port = listener.getsockname()
        print(f"listening on {host}:{port}", flush=True)
        listener.setblocking(False)
        serve(listener)
    stop(args.grace)
    print(f"drained: {state['finished']} finished, {state['cut']} cut off", file=sys.stderr, flush=True)
    os._exit(0)  # without a wait for threads that linger


def seconds(text):
    """Returns a duration such as 1h or 200ms in seconds."""
    for unit, factor in (("ms", 0.001), ("h", 3600), ("m", 60), ("s", 1)):
        if text.endswith(unit):
            return float(text.removesuffix(unit)) * factor
    raise ValueError(text)


def on_signal(*_):
    if state.get("signalled"):
        os._exit(1)
    state["signalled"] = True
    os.write(wake, b"x")


def serve(listener):
    """Accepts clients until a signal comes."""
    with selectors.DefaultSelector() as ready:
        ready.register(listener, selectors.EVENT_READ)
        ready.register(wakeup, selectors.EVENT_READ)
        while all(key.fileobj is listener for key, _ in ready.select()):
            try:
                connection, _ = listener.accept()
            except BlockingIOError:
                continue
            except OSError as error:  # no descriptor left, or the client has gone
                print(error, file=sys.stderr)
                time.sleep(0.05)
                continue
            connection.setblocking(True)
            with lock:
                clients[connection] = False
            threading.Thread(target=handle, args=(connection,), daemon=True).start()


def stop(grace):
    """Ends the idle, and waits for the others until grace is over."""
    deadline = time.monotonic() + grace
    with lock:
        state["stopping"] = True
        for connection, busy in clients.items():
            if not busy:
                end(connection)
        while clients and (left := deadline - time.monotonic()) > 0:
            gone.wait(min(left, threading.TIMEOUT_MAX))
        state["cut"] = sum(busy is True for busy in clients.values())


def end(connection):
    """Lets a recv in another thread return."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has gone


def handle(connection):
    try:
        with connection, connection.makefile("rb") as stream:
            converse(connection, stream)
    except (kvd_threads.ProtocolError, OSError, ValueError) as error:
        print(error, file=sys.stderr)
    with lock:
        del clients[connection]
        gone.notify()


def converse(connection, stream):
    while stream.peek(1):
        with lock:
            if state["stopping"]:
                return
            clients[connection] = True
        try:
            args = kvd_threads.read_command(stream)
        except kvd_threads.ProtocolError:
            connection.sendall(b"-ERR Protocol error\r\n")
            raise
        if not args:
            return
        connection.sendall(kvd_threads.do(args))
        with lock:
            clients[connection] = False
            if not state["stopping"]:
                continue
            state["finished"] += 1
        connection.shutdown(socket.SHUT_WR)
        while connection.recv(65536):
            pass  # what is unread would make the close a reset
        return


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"drained_threads: {error}")
