"""Both ends of a UDP echo, written by somebody else.

    python3 -u datagrams.py ask HOST PORT
    python3 -u datagrams.py serve

ask:   sends datagrams of many sizes, the next one only when the one before has
       come back, and checks each; prints how many. The exit status is 1 when
       one differs.
serve: prints "listening on HOST:PORT". It ignores the first datagram of each
       question, answers the second one three times, after an empty datagram
       and one with another id, and so on with the next question.
"""

import socket
import sys

SIZES = [1, 0, 2, 512, 1024, 1025, 1472, 1473, 4096, 9000, 65506, 65507, 0, 3]


def ask(host, port):
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((host, int(port)))
    sock.settimeout(60)
    for i, size in enumerate(SIZES):
        data = bytes((i + j) % 256 for j in range(size))
        sock.send(data)
        if sock.recv(65536) != data:
            sys.exit(f"the datagram of {size} bytes came back as another one")
    print(len(SIZES), "datagrams came back")


def serve():
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.bind(("127.0.0.1", 0))
    print("listening on %s:%d" % sock.getsockname())
    asked = {}
    while True:
        data, peer = sock.recvfrom(65536)
        asked[data] = asked.get(data, 0) + 1
        if asked[data] < 2:
            continue
        ident, _, words = data.partition(b" ")
        sock.sendto(b"", peer)
        sock.sendto(b"not-" + ident + b" something else", peer)
        for _ in range(3):
            sock.sendto(ident + b" " + words.upper(), peer)


if __name__ == "__main__":
    {"ask": ask, "serve": serve}[sys.argv[1]](*sys.argv[2:])
