"""A server of digests with a thread for each client, and a lingering close."""
import argparse
import hashlib
import re
import socket
import sys
import threading
import time

MAX_LIMIT, MAX_DRAIN = 1 << 40, 16 << 20
UNITS = {"ms": 0.001, "s": 1.0, "m": 60.0, "h": 3600.0}
PADDING = b"".join(b"%07d padding\n" % (i + 1) for i in range(1 << 16))


def duration(text):
    """Returns the seconds of a duration as Go writes it, such as 1m30s or 1.5s."""
    if not re.fullmatch(r"((\d+(\.\d*)?|\.\d+)(ms|s|m|h))+", text):
        raise argparse.ArgumentTypeError(f"not a duration: {text!r}")
    parts = re.findall(r"([\d.]+)(ms|s|m|h)", text)
    seconds = sum(float(number) * UNITS[unit] for number, unit in parts)
    if seconds <= 0:
        raise argparse.ArgumentTypeError("the time must be above 0")
    return seconds


def limit(text):
    """Returns how many bytes an upload may have."""
    if not text.isdigit() or int(text) > MAX_LIMIT:
        raise argparse.ArgumentTypeError(f"not a limit: {text!r}")
    return int(text)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-listen", default="127.0.0.1:0")
    parser.add_argument("-limit", type=limit, default=1 << 20)
    parser.add_argument("-linger", type=duration, default=30.0)
    args = parser.parse_args()
    host, _, port = args.listen.rpartition(":")
    family = socket.AF_INET6 if host.startswith("[") else socket.AF_INET
    address = (host.strip("[]"), int(port))
    with socket.create_server(address, family=family, backlog=socket.SOMAXCONN) as listener:
        print(f"listening on {host}:{listener.getsockname()[1]}", flush=True)
        while True:
            try:
                connection, peer = listener.accept()
            except OSError as error:  # no descriptor left, or the client has gone
                print(error, file=sys.stderr)
                time.sleep(0.05)
                continue
            threading.Thread(target=handle, args=(connection, peer, args), daemon=True).start()


def handle(connection, peer, args):
    """Serves one client and closes its connection."""
    with connection:
        try:
            answer = digest(connection, args.limit)
            if answer is None:
                refuse(connection, args)
            else:
                connection.sendall(answer)
        except OSError as error:
            print(f"{peer[0]}:{peer[1]} {error}", file=sys.stderr)


def digest(connection, most):
    """Returns the answer to an upload, or None when it has too many bytes."""
    size, sha = 0, hashlib.sha256()
    while data := connection.recv(64 << 10):
        size += len(data)
        if size > most:
            return None
        sha.update(data)
    return b"%d %s\n" % (size, sha.hexdigest().encode())


def refuse(connection, args):
    """Sends the refusal and a FIN, and reads at the same time what still comes."""
    timer = threading.Timer(args.linger, abandon, [connection])
    timer.start()
    drainer = threading.Thread(target=drain, args=[connection])
    drainer.start()
    try:
        connection.sendall(b"ERR more than %d bytes\n" % args.limit + PADDING)
        connection.shutdown(socket.SHUT_WR)
    finally:
        drainer.join()
        timer.cancel()


def drain(connection):
    """Reads until the client's FIN, or an error, and MAX_DRAIN bytes at the most."""
    left = MAX_DRAIN
    try:
        while left > 0 and (data := connection.recv(64 << 10)):
            left -= len(data)
    except OSError:
        return
    if left <= 0:
        abandon(connection)


def abandon(connection):
    """Ends every call that waits on the connection: close alone would not."""
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended already


main()
