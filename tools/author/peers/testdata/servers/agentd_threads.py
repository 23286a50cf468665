"""A server on a Unix socket that keeps secrets and reads what is handed to it."""
import argparse
import fcntl
import hashlib
import os
import signal
import socket
import stat
import struct
import sys
import threading

MAX_PATH = 107
MAX_COMMAND = 4096
MAX_FILE = 16 << 20
MAX_WAITING = 16
MAX_RIGHTS = 253

secrets, secrets_lock = {}, threading.Lock()


class Ended(Exception):
    """Nothing more is to be done for this client."""


class TooLong(Exception):
    """A command is longer than it may be."""


class Client:
    def __init__(self, conn, packets):
        self.conn, self.packets = conn, packets
        self.data, self.waiting = b"", []
        # struct ucred: pid, uid, gid
        self.pid, self.uid, _ = struct.unpack("iII", conn.getsockopt(socket.SOL_SOCKET, socket.SO_PEERCRED, 12))

    def close(self):
        self.conn.close()
        for fd in self.waiting:
            os.close(fd)

    def receive(self, room):
        data, control, flags, _ = self.conn.recvmsg(room, socket.CMSG_SPACE(4 * MAX_RIGHTS))
        for level, kind, rights in control:
            if (level, kind) == (socket.SOL_SOCKET, socket.SCM_RIGHTS):
                self.waiting += struct.unpack("%di" % (len(rights) // 4), rights[:len(rights) // 4 * 4])
        if not data or len(self.waiting) > MAX_WAITING:
            raise Ended
        if flags & socket.MSG_TRUNC:
            raise TooLong
        return data

    def next(self):
        if self.packets:
            data = self.receive(MAX_COMMAND)
            return data[:-1] if data.endswith(b"\n") else data
        while b"\n" not in self.data:
            if len(self.data) >= MAX_COMMAND:
                raise TooLong
            self.data += self.receive(MAX_COMMAND - len(self.data))
        line, _, self.data = self.data.partition(b"\n")
        return line

    def sum(self):
        if not self.waiting:
            return b"error: no descriptor"
        fd = self.waiting.pop(0)
        try:
            digest, size = hashlib.sha256(), 0
            while size <= MAX_FILE:
                piece = os.read(fd, 1 << 16)
                if not piece:
                    return b"%d %s" % (size, digest.hexdigest().encode())
                digest.update(piece)
                size += len(piece)
        finally:
            os.close(fd)
        return b"error: too long"

    def answer(self, command):
        verb, _, rest = command.partition(b" ")
        if command == b"who":
            return b"uid %d pid %d" % (self.uid, self.pid)
        if command == b"sum":
            try:
                return self.sum()
            except OSError:
                return b"error: cannot read"
        if verb not in (b"put", b"get"):
            return b"error: unknown command"
        if self.uid != os.geteuid():
            return b"error: not yours"
        name, space, text = rest.partition(b" ")
        with secrets_lock:
            if verb == b"put" and name and space:
                secrets[name] = text
                return b"ok"
            if verb == b"get" and name and not space:
                return secrets.get(name, b"error: no such secret")
        return b"error: unknown command"

    def serve(self):
        try:
            while True:
                try:
                    reply, over = self.answer(self.next()), False
                except TooLong:
                    reply, over = b"error: too long", not self.packets
                self.conn.sendall(reply + b"\n")
                if over:
                    return
        except (Ended, OSError):
            pass
        finally:
            self.close()


def fail(text):
    print("agentd:", text, file=sys.stderr)
    sys.exit(1)


def take_lock(path):
    lock = os.open(path + ".lock", os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        fail(path + ".lock: another one is running")
    return lock


def remove_stale(kind, path):
    try:
        if not stat.S_ISSOCK(os.lstat(path).st_mode):
            fail(path + " is no socket")
    except FileNotFoundError:
        return
    with socket.socket(socket.AF_UNIX, kind) as probe:
        try:
            probe.connect(path)
        except ConnectionRefusedError:
            os.unlink(path)
            return
        except OSError:
            pass
    fail(path + " is in use")


def identity(path):
    try:
        found = os.lstat(path)
        return found.st_dev, found.st_ino
    except FileNotFoundError:
        return None


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("-listen", default="unix:agentd.sock")
    arguments.add_argument("-mode", default="0600")
    given = arguments.parse_args()
    network, _, path = given.listen.partition(":")
    packets = network == "unixpacket"
    kind = socket.SOCK_SEQPACKET if packets else socket.SOCK_STREAM
    if len(os.fsencode(path)) > MAX_PATH:
        fail("%s: a path has at most %d bytes" % (path, MAX_PATH))
    lock = take_lock(path)
    remove_stale(kind, path)
    server = socket.socket(socket.AF_UNIX, kind)
    before = os.umask(0o777 & ~int(given.mode, 8))
    server.bind(path)
    os.umask(before)
    made = identity(path)
    server.listen(128)

    def end(*_):
        if identity(path) == made:
            os.unlink(path)
        os._exit(0)

    signal.signal(signal.SIGTERM, end)
    signal.signal(signal.SIGINT, end)
    print("listening on", given.listen, flush=True)
    while True:
        conn, _ = server.accept()
        threading.Thread(target=Client(conn, packets).serve, daemon=True).start()


main()
