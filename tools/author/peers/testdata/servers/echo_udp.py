"""Echo over UDP, server and client, as a Python programmer would write it."""
import os
import re
import select
import socket
import sys
import time

USAGE = "usage: echo-udp -listen ADDR | [-timeout D] ADDR WORD..."


def end(text, status):
    print(text, file=sys.stderr)
    sys.exit(status)


def address(text):
    host, _, port = text.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    return family, (host, int(port))


def seconds(text):
    m = re.fullmatch(r"([0-9.]+)(ms|s|m)", text)
    if not m:
        end(USAGE, 2)
    return float(m[1]) * {"ms": 0.001, "s": 1, "m": 60}[m[2]]


def serve(listen):
    family, at = address(listen)
    sock = socket.socket(family, socket.SOCK_DGRAM)
    sock.bind(at)
    host, port = sock.getsockname()[:2]
    print(f"listening on {f'[{host}]' if ':' in host else host}:{port}", flush=True)
    while True:
        data, peer = sock.recvfrom(65536)
        try:
            sock.sendto(data, peer)
        except OSError as e:
            print(peer, e, file=sys.stderr)


def question(sock, word, wait):
    ident = os.urandom(8).hex().encode() + b" "
    for _ in range(3):
        sock.send(ident + word)
        over = time.monotonic() + wait
        while (left := over - time.monotonic()) > 0:
            if not select.select([sock], [], [], left)[0]:
                break
            data = sock.recv(65536)
            if data.startswith(ident):
                return data[len(ident):]
    raise TimeoutError("three tries and no answer")


def ask(addr, words, wait):
    family, at = address(addr)
    sock = socket.socket(family, socket.SOCK_DGRAM)
    try:
        sock.connect(at)
        for word in words:
            sys.stdout.buffer.write(question(sock, os.fsencode(word), wait) + b"\n")
            sys.stdout.buffer.flush()
    except OSError as e:
        end(f"echo-udp: {e}", 1)


def main(args):
    listen, wait = "", 1.0
    while args and args[0].startswith("-"):
        if len(args) < 2 or args[0] not in ("-listen", "-timeout"):
            end(USAGE, 2)
        if args[0] == "-listen":
            listen = args[1]
        else:
            wait = seconds(args[1])
        args = args[2:]
    if listen and not args:
        serve(listen)
    elif not listen and len(args) >= 2:
        ask(args[0], args[1:], wait)
    else:
        end(USAGE, 2)


main(sys.argv[1:])
