"""A relay with asyncio: two tasks for each session, and one more for -idle.

Sockets are used without transports: a transport that is aborted sends a FIN
where SO_LINGER has not been set, and hides when a direction has ended.
"""
import argparse
import asyncio
import errno
import os
import re
import signal
import socket
import struct
import sys
import time

UNITS = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6}


def duration(text):
    parts = re.findall(r"([0-9.]+)(h|ms|us|m|s)", text)
    return sum(float(n) * UNITS[unit] for n, unit in parts)


def address(text):
    host, _, port = text.rpartition(":")
    return host.strip("[]"), int(port)


def family(host):
    return socket.AF_INET6 if ":" in host else socket.AF_INET


def abort(sock):
    """A FIN would say that all had been sent."""
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    sock.close()


class Relay:
    def __init__(self, args):
        self.args = args
        self.sessions = set()
        self.stopping = False
        self.finished = self.cut = 0

    async def run(self):
        loop = asyncio.get_running_loop()
        signals = asyncio.Queue()
        for sig in (signal.SIGINT, signal.SIGTERM):
            loop.add_signal_handler(sig, signals.put_nowait, sig)
        host, port = address(self.args.listen)
        listener = socket.create_server((host, port), family=family(host), backlog=512)
        listener.setblocking(False)
        host, port = listener.getsockname()[:2]
        print("listening on", f"[{host}]:{port}" if ":" in host else f"{host}:{port}", flush=True)
        accepting = asyncio.create_task(self.accept(listener))
        await signals.get()
        self.stopping = True
        accepting.cancel()
        await asyncio.gather(accepting, return_exceptions=True)
        listener.close()
        again = asyncio.create_task(signals.get())
        again.add_done_callback(lambda t: t.cancelled() or os._exit(1))
        if self.sessions:
            _, late = await asyncio.wait(self.sessions, timeout=self.args.grace)
            for task in late:
                task.cancel()
            if late:
                await asyncio.wait(late)
        print(f"drained: {self.finished} finished, {self.cut} cut off", file=sys.stderr)

    async def accept(self, listener):
        loop = asyncio.get_running_loop()
        while True:
            try:
                client, addr = await loop.sock_accept(listener)
            except OSError as e:
                if e.errno not in (errno.EMFILE, errno.ENFILE):
                    raise
                await asyncio.sleep(0.05)
                continue
            task = asyncio.create_task(self.session(client, addr))
            self.sessions.add(task)
            task.add_done_callback(self.sessions.discard)

    async def session(self, client, addr):
        sockets, reason = [client], None
        try:
            async with asyncio.timeout(self.args.total or None):
                sockets.append(await self.connect())
                await self.join(client, sockets[1])
        except asyncio.CancelledError:
            reason = "cut off: the relay is stopping"
            self.cut += 1
        except TimeoutError as e:
            reason = str(e) or "open for too long"
        except OSError as e:
            reason = os.strerror(e.errno) if e.errno else str(e)
        if reason is None:
            self.finished += self.stopping
        else:
            host, port = addr[:2]
            name = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
            print(name, reason, file=sys.stderr, flush=True)
        for sock in sockets:
            if reason is None:
                sock.close()
            else:
                abort(sock)

    async def connect(self):
        loop, last = asyncio.get_running_loop(), None
        for backend in self.args.to.split(","):
            host, port = address(backend)
            sock = None
            try:
                sock = socket.socket(family(host), socket.SOCK_STREAM)
                sock.setblocking(False)
                try:
                    async with asyncio.timeout(self.args.dial):
                        await loop.sock_connect(sock, (host, port))
                except TimeoutError:
                    raise OSError(errno.ETIMEDOUT, "dial: i/o timeout") from None
                return sock
            except OSError as e:
                last = e
                if sock:
                    sock.close()
            except asyncio.CancelledError:
                sock.close()
                raise
        raise last

    async def join(self, client, backend):
        moved = [time.monotonic()]
        tasks = [asyncio.create_task(self.copy(backend, client, moved)),
                 asyncio.create_task(self.copy(client, backend, moved))]
        watch = self.args.idle and asyncio.create_task(self.watch(moved))
        try:
            both = asyncio.gather(*tasks)
            if watch:
                await asyncio.wait([both, watch], return_when=asyncio.FIRST_COMPLETED)
                if not both.done():
                    raise TimeoutError("idle for too long")
            await both
        finally:
            every = tasks + ([watch] if watch else [])
            for task in every:
                task.cancel()
            await asyncio.gather(*every, return_exceptions=True)

    async def copy(self, dst, src, moved):
        loop = asyncio.get_running_loop()
        while data := await loop.sock_recv(src, 65536):
            moved[0] = time.monotonic()
            await loop.sock_sendall(dst, data)
            moved[0] = time.monotonic()
        moved[0] = time.monotonic()
        dst.shutdown(socket.SHUT_WR)

    async def watch(self, moved):
        while (left := moved[0] + self.args.idle - time.monotonic()) > 0:
            await asyncio.sleep(left)


def main():
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("-listen", default="127.0.0.1:0")
    parser.add_argument("-to", required=True)
    parser.add_argument("-dial", type=duration, default=5.0)
    parser.add_argument("-idle", type=duration, default=0.0)
    parser.add_argument("-total", type=duration, default=0.0)
    parser.add_argument("-grace", type=duration, default=10.0)
    asyncio.run(Relay(parser.parse_args()).run())


main()
