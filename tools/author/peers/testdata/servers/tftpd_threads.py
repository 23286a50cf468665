#!/usr/bin/env python3
"""A TFTP server: tftpd [-listen ADDR] [-timeout D] DIR, a thread for each transfer."""
import os
import re
import socket
import stat
import sys
import threading
import time

READ, WRITE, DATA, ACK, ERROR = 1, 2, 3, 4, 5
BLOCK, TRIES = 512, 5


class Refusal(Exception):
    def __init__(self, code, text):
        super().__init__(text)
        self.code = code


def packet(op, number, rest=b""):
    return op.to_bytes(2, "big") + (number % 65536).to_bytes(2, "big") + rest


def error(code, text):
    return packet(ERROR, code, text.encode() + b"\0")


def seconds(text):
    units = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}
    parts = re.findall(r"([0-9.]+)(ns|us|µs|ms|s|m|h)", text)
    return sum(float(n) * units[unit] for n, unit in parts)


def name_of(request):
    fields = request[2:].split(b"\0")
    if request[1] != READ or len(fields) < 3 or fields[1].lower() != b"octet":
        raise Refusal(4, "illegal operation")
    return fields[0]


def opened(folder, name):
    """Opens a regular file that lies in folder, whatever links lead to it."""
    path = os.path.realpath(os.path.join(folder, name))
    if name.startswith(b"/") or os.path.commonpath([folder, path]) != folder:
        raise Refusal(2, "access violation")
    try:
        if not stat.S_ISREG(os.stat(path).st_mode):
            raise Refusal(2, "access violation")
        return open(path, "rb")
    except FileNotFoundError:
        raise Refusal(1, "file not found") from None
    except OSError:
        raise Refusal(2, "access violation") from None


def acknowledged(sock, client, number, end):
    """Waits for the acknowledgement, and returns False when the time is over."""
    while True:
        left = end - time.monotonic()
        if left <= 0:
            return False
        sock.settimeout(left)
        try:
            data, sender = sock.recvfrom(600)
        except TimeoutError:
            return False
        op = int.from_bytes(data[:2], "big") if len(data) > 1 else 0
        if sender != client:
            if op != ERROR:
                sock.sendto(error(5, "unknown transfer ID"), sender)
        elif op == ERROR:
            raise ConnectionAbortedError("the client ends the transfer")
        elif op == ACK and len(data) >= 4 and int.from_bytes(data[2:4], "big") == number % 65536:
            return True


def deliver(sock, client, number, data, timeout):
    wait = timeout
    for _ in range(TRIES):
        sock.sendto(data, client)
        if acknowledged(sock, client, number, time.monotonic() + wait):
            return
        wait *= 2
    raise TimeoutError("no acknowledgement")


def send(sock, client, file, timeout):
    number = 0
    while True:
        number += 1
        try:
            piece = file.read(BLOCK)
        except OSError:
            raise Refusal(0, "the file cannot be read") from None
        deliver(sock, client, number, packet(DATA, number, piece), timeout)
        if len(piece) < BLOCK:
            return


def transfer(family, host, client, request, folder, timeout):
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.bind((host, 0))
        try:
            with opened(folder, name_of(request)) as file:
                send(sock, client, file, timeout)
        except Refusal as refusal:
            sock.sendto(error(refusal.code, str(refusal)), client)
        except OSError as problem:
            print(client, problem, file=sys.stderr)


def main():
    args, listen, timeout = sys.argv[1:], "127.0.0.1:0", 1.0
    while len(args) > 1 and args[0] in ("-listen", "-timeout"):
        if args[0] == "-listen":
            listen = args[1]
        else:
            timeout = seconds(args[1])
        args = args[2:]
    if len(args) != 1:
        usage()
    if not os.path.isdir(args[0]):
        sys.exit(f"tftpd: {args[0]}: no such folder")
    folder = os.path.realpath(os.fsencode(args[0]))
    host, _, port = listen.rpartition(":")
    host = host.strip("[]")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_DGRAM) as sock:
        sock.bind((host, int(port)))
        shown = f"[{host}]" if ":" in host else host
        print(f"listening on {shown}:{sock.getsockname()[1]}", flush=True)
        while True:
            request, client = sock.recvfrom(65536)
            if len(request) < 2 or request[0] != 0 or request[1] not in (READ, WRITE):
                continue
            threading.Thread(target=transfer, daemon=True,
                             args=(family, host, client, request, folder, timeout)).start()


def usage():
    print("usage: tftpd [-listen ADDR] [-timeout D] DIR", file=sys.stderr)
    sys.exit(2)


main()
