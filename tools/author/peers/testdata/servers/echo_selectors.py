"""An echo server for all its clients on one thread, by readiness."""
import argparse
import errno
import selectors
import socket
import sys

PENDING_LIMIT = 64 << 10  # while so much output waits, the client is not read from
NO_DESCRIPTOR = (errno.EMFILE, errno.ENFILE)
RETRY = 0.05  # seconds until accept is tried again when there was no descriptor


class Client:
    """One connection: its output that the kernel has not taken yet."""

    def __init__(self, connection, selector):
        self.connection = connection
        self.selector = selector
        self.pending = bytearray()
        self.ended = False  # its end of stream has been read

    def ready(self, events):
        """Does one read and one write, whichever is possible."""
        try:
            if events & selectors.EVENT_READ:
                data = self.connection.recv(16 << 10)
                self.ended = not data
                self.pending += data
            if self.pending:
                del self.pending[: self.connection.send(self.pending)]
        except BlockingIOError:
            pass
        except OSError as error:
            print(error, file=sys.stderr)
            return self.close()
        wanted = 0
        if not self.ended and len(self.pending) < PENDING_LIMIT:
            wanted |= selectors.EVENT_READ
        if self.pending:
            wanted |= selectors.EVENT_WRITE
        if not wanted:
            return self.close()
        self.selector.modify(self.connection, wanted, self)

    def close(self):
        self.selector.unregister(self.connection)
        self.connection.close()


def take(listener, selector):
    """Accepts one client and watches what it sends; False if there was no descriptor."""
    try:
        connection, _ = listener.accept()
    except OSError as error:
        print(error, file=sys.stderr)
        return error.errno not in NO_DESCRIPTOR
    connection.setblocking(False)
    selector.register(connection, selectors.EVENT_READ, Client(connection, selector))
    return True


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-listen", default="127.0.0.1:0")
    host, _, port = parser.parse_args().listen.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    selector = selectors.DefaultSelector()
    with socket.create_server(
        (host.strip("[]"), int(port)), family=family, backlog=socket.SOMAXCONN
    ) as listener:
        listener.setblocking(False)
        selector.register(listener, selectors.EVENT_READ, None)
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        print(f"listening on {shown}:{port}", flush=True)
        watched = True  # the listener stays readable while its queue is not empty
        while True:
            ready = selector.select(None if watched else RETRY)
            if not watched:
                selector.register(listener, selectors.EVENT_READ, None)
                watched = True
            for key, events in ready:
                if key.data is not None:
                    key.data.ready(events)
                elif not take(listener, selector):
                    selector.unregister(listener)
                    watched = False


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"echo_selectors: {error}")
