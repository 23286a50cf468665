"""ask, in Python: two threads, so that the reply is read while the line is sent."""
import os
import socket
import sys
import threading


def shown(address):
    host, port = address[:2]
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def say(conn, words, failed):
    try:
        if words:
            conn.sendall(b" ".join(words) + b"\n")
        conn.shutdown(socket.SHUT_WR)
    except OSError as e:
        failed.append(e)


def ask(address, words):
    host, _, port = address.rpartition(":")
    conn = socket.create_connection((host.strip("[]"), int(port)))
    print("tcp", shown(conn.getsockname()), "->", shown(conn.getpeername()), file=sys.stderr, flush=True)
    failed = []
    sender = threading.Thread(target=say, args=(conn, words, failed))
    sender.start()
    while data := conn.recv(65536):
        while data:
            data = data[os.write(1, data):]
    sender.join()
    if failed:
        raise failed[0]


if len(sys.argv) < 2:
    print("usage: ask ADDR [word...]", file=sys.stderr)
    sys.exit(2)
try:
    ask(sys.argv[1], [os.fsencode(word) for word in sys.argv[2:]])
except OSError as e:
    print("ask:", e, file=sys.stderr)
    os._exit(1)  # the other thread may still be sending
