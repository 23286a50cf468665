"""A plain client for an echo server.

    python3 -u echo_client.py once|lines HOST PORT

once:  sends all of standard input, half-closes, and reads to the end of the
       stream.
lines: sends one line of standard input at a time, and the next one only when
       the whole line has come back; half-closes at the end of the input.

What comes back is checked, and copied to standard output. The exit status is 1
when it differs from what was sent, or the stream does not end behind it.
"""

import socket
import sys
import threading


def send_all(sock, data):
    """Sends data and then a FIN: no more will come from this side."""
    sock.sendall(data)
    sock.shutdown(socket.SHUT_WR)


def read_to_end(sock):
    """Returns all that comes until the peer's end of stream."""
    chunks = []
    while chunk := sock.recv(65536):
        chunks.append(chunk)
    return b"".join(chunks)


def read_exactly(sock, size):
    """Returns the next size bytes, or fewer if the stream ends before."""
    data = b""
    while len(data) < size:
        chunk = sock.recv(size - len(data))
        if not chunk:
            break
        data += chunk
    return data


def check(got, want):
    if got != want:
        sys.exit(f"sent {len(want)} bytes, got {len(got)} others: {got[:80]!r}")
    sys.stdout.buffer.write(got)
    sys.stdout.buffer.flush()


def once(sock):
    data = sys.stdin.buffer.read()
    # A thread sends while we read: if both peers only wrote, both would wait.
    sender = threading.Thread(target=send_all, args=(sock, data))
    sender.start()
    got = read_to_end(sock)
    sender.join()
    check(got, data)


def lines(sock):
    for line in sys.stdin.buffer:
        sock.sendall(line)
        check(read_exactly(sock, len(line)), line)
    sock.shutdown(socket.SHUT_WR)
    check(read_to_end(sock), b"")


def main():
    mode, host, port = sys.argv[1:]
    with socket.create_connection((host, int(port))) as sock:
        {"once": once, "lines": lines}[mode](sock)


main()
