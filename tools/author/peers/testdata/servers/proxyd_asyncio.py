"""A forward proxy: requests for http:// addresses, and tunnels by CONNECT."""
import argparse, asyncio, errno, ipaddress, os, re, signal, socket, struct

REASONS = {400: "Bad Request", 403: "Forbidden", 408: "Request Timeout", 431: "Request Header Fields Too Large",
           501: "Not Implemented", 502: "Bad Gateway", 503: "Service Unavailable", 504: "Gateway Timeout",
           505: "HTTP Version Not Supported"}
TOKEN = re.compile(rb"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
TEXT = re.compile(rb"[\t\x20-\x7e\x80-\xff]*")
HOP = {b"connection", b"keep-alive", b"proxy-connection", b"proxy-authorization", b"proxy-authenticate", b"te",
       b"upgrade", b"transfer-encoding", b"content-length"}
CHUNKED, UNTIL_END = -1, -2
MOST = 32 << 10


class Status(Exception):
    """An answer of our own."""


class Rest(Exception):
    """There is no next request; the connection ends in peace."""


class Broken(Exception):
    """The client, and not the origin, has failed."""


class End:
    """One end of a connection, with what has been read and not used."""

    def __init__(self, sock):
        sock.setblocking(False)
        self.sock, self.buf, self.moved = sock, b"", lambda: None

    async def fill(self):
        data = await asyncio.get_running_loop().sock_recv(self.sock, 1 << 16)
        self.moved()
        self.buf += data
        return data != b""

    async def write(self, data):
        for i in range(0, len(data), 1 << 14):
            await asyncio.get_running_loop().sock_sendall(self.sock, data[i:i + (1 << 14)])
            self.moved()

    async def line(self, room):
        """A line without its CR LF, and what is left of the room; (None, room) at the end of the stream."""
        at = self.buf.find(b"\n")
        while at < 0 and len(self.buf) <= room:
            start = len(self.buf)
            if not await self.fill():
                return None, room
            at = self.buf.find(b"\n", start)
        if at < 0 or at >= room:
            raise Status(431)
        text, self.buf = self.buf[:at], self.buf[at + 1:]
        if not text.endswith(b"\r") or b"\r" in text[:-1]:
            raise Status(400)
        return text[:-1], room - at - 1

    def abort(self):
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.sock.close()


async def read_fields(end, room=MOST):
    fields = []
    while True:
        line, room = await end.line(room)
        if not line:
            return fields if line == b"" else None
        name, colon, value = line.partition(b":")
        if not colon or not TOKEN.fullmatch(name) or not TEXT.fullmatch(value):
            raise Status(400)
        fields.append((name, value.strip(b" \t")))


def values(fields, name):
    return [v for n, v in fields if n.lower() == name]


def elements(fields, name):
    return {e.strip(b" \t").lower() for e in b",".join(values(fields, name)).split(b",")} - {b""}


def version(text):
    m = re.fullmatch(rb"HTTP/(\d)\.(\d)", text)
    if not m:
        raise Status(400)
    if m[1] != b"1":
        raise Status(505)
    return m[2] == b"0"


def framing(fields, if_none):
    codings, lengths = values(fields, b"transfer-encoding"), values(fields, b"content-length")
    if codings and lengths or len(lengths) > 1:
        raise Status(400)
    if codings:
        if [c.lower() for c in codings] != [b"chunked"]:
            raise Status(501)
        return CHUNKED
    if not lengths:
        return if_none
    if not re.fullmatch(rb"[0-9]+", lengths[0]) or int(lengths[0]) >= 1 << 63:
        raise Status(400)
    return int(lengths[0])


def authority(text, if_none):
    m = re.fullmatch(rb"(\[([0-9A-Fa-f:.]+)\]|[0-9A-Za-z._-]{1,255})(:([0-9]{0,5}))?", text)
    port = int((m[4] if m and m[4] else if_none) or 0) if m else 0
    if not 0 < port < 65536:
        raise Status(400)
    if m[2]:
        try:
            ipaddress.IPv6Address(m[2].decode())
        except ValueError:
            raise Status(400)
    return (m[2] or m[1]).decode(), port


def pass_on(start, fields, length, old, last, host=None):
    """The header section for the next one; with the host of an origin."""
    gone = HOP | elements(fields, b"connection")
    sizes = values(fields, b"content-length")
    kept = [(n, v) for n, v in fields if n.lower() not in gone and not (host and n.lower() == b"host")]
    if host:
        kept.insert(0, (b"Host", host))
    if length == CHUNKED:
        kept.append((b"Transfer-Encoding", b"chunked"))
    elif sizes:
        kept.append((b"Content-Length", sizes[0]))
    kept.append((b"Via", (b"1.0" if old else b"1.1") + b" proxyd"))
    if last:
        kept.append((b"Connection", b"close"))
    return start + b"\r\n" + b"".join(n + b": " + v + b"\r\n" for n, v in kept) + b"\r\n"


class Request:
    def __init__(self, start, fields):
        words = start.split(b" ")
        if len(words) != 3 or not TOKEN.fullmatch(words[0]) or not re.fullmatch(rb"[\x21-\x7e\x80-\xff]+", words[1]):
            raise Status(400)
        self.method, self.fields, self.old = words[0], fields, version(words[2])
        if self.method == b"CONNECT":
            self.host, self.port = authority(words[1], b"")
        else:
            m = re.fullmatch(rb"(?i:http)://([^/?#]*)([^#]*)", words[1])
            if not m:
                raise Status(400)
            self.host, self.port = authority(m[1], b"80")
            self.path = m[2] if m[2].startswith(b"/") else b"/" + m[2]
        hosts = values(fields, b"host")
        if len(hosts) > 1 or not hosts and not self.old:
            raise Status(400)
        if hosts and hosts[0]:
            authority(hosts[0], b"80")
        self.last = self.old or b"close" in elements(fields, b"connection")
        self.length = framing(fields, 0)
        if self.old and self.length == CHUNKED:
            raise Status(400)

    def head(self):
        host = "[%s]" % self.host if ":" in self.host else self.host
        if self.port != 80 or ":" in self.host:
            host += ":%d" % self.port
        start = self.method + b" " + self.path + b" HTTP/1.1"
        return pass_on(start, self.fields, self.length, self.old, True, host.encode())


class Proxy:
    def __init__(self, args):
        self.args, self.clients, self.resting, self.stopping = args, set(), set(), False

    async def next(self, c):
        """The next request of c. Rest if there is none."""
        limit = asyncio.get_running_loop().time() + self.args.head
        if not c.buf:
            if self.stopping:
                raise Rest
            first = asyncio.ensure_future(c.fill())
            self.resting.add(first)
            try:
                await asyncio.wait({first}, timeout=self.args.head)
            finally:
                self.resting.discard(first)
                first.cancel()
            if not first.done() or first.cancelled() or not first.result():
                raise Rest
        try:
            async with asyncio.timeout_at(limit):
                start, room = await c.line(MOST)
                if start == b"":  # one empty line may stand before a request
                    start, room = await c.line(room)
                fields = await read_fields(c, room) if start is not None else None
        except TimeoutError:
            raise Status(408)
        if fields is None:
            raise Rest
        return Request(start, fields)

    async def lookup(self, host):
        try:
            return [ipaddress.ip_address(host)]
        except ValueError:
            pass
        lines = self.args.names.get(host.lower())
        if lines:
            return lines.pop(0) if len(lines) > 1 else lines[0]
        found = await asyncio.get_running_loop().getaddrinfo(host, None, type=socket.SOCK_STREAM)
        return [ipaddress.ip_address(f[4][0].partition("%")[0]) for f in found]

    def forbidden(self, addr, port):
        if addr.is_unspecified or any(addr in r for r in self.args.deny if r.version == addr.version):
            return True
        self_addr = ipaddress.ip_address(self.me[0])
        if port != self.me[1]:
            return False
        return addr == self_addr or self_addr.is_unspecified and is_ours(addr)

    async def connect(self, host, port):
        try:
            async with asyncio.timeout(self.args.dial):
                addrs = await self.lookup(host)
        except (OSError, UnicodeError, TimeoutError):
            addrs = []
        if not addrs:
            raise Status(502)
        failed = 403
        for addr in addrs:
            addr = getattr(addr, "ipv4_mapped", None) or addr
            if self.forbidden(addr, port):
                continue
            sock = socket.socket(socket.AF_INET if addr.version == 4 else socket.AF_INET6)
            sock.setblocking(False)
            try:
                async with asyncio.timeout(self.args.dial):
                    await asyncio.get_running_loop().sock_connect(sock, (str(addr), port))
                return End(sock)
            except TimeoutError:
                failed = 504
            except OSError:
                failed = 502
            except BaseException:
                sock.close()
                raise
            sock.close()
        raise Status(failed)

    async def tunnel(self, c, req):
        o = await self.connect(req.host, req.port)
        try:
            await c.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
            async with asyncio.TaskGroup() as both:
                both.create_task(pump(c, o))
                both.create_task(pump(o, c))
            o.sock.close()
        except BaseException:
            o.abort()
            raise

    async def exchange(self, c, req):
        o = await self.connect(req.host, req.port)
        loop, begun = asyncio.get_running_loop(), [False]
        last = [loop.time()]
        c.moved = o.moved = lambda: last.__setitem__(0, loop.time())

        async def watch():
            while (left := last[0] + self.args.idle - loop.time()) > 0:
                await asyncio.sleep(left)
            raise Status(504)

        up = asyncio.ensure_future(self.upload(c, o, req))
        down = asyncio.ensure_future(self.download(c, o, req, begun))
        tasks = {up, down, asyncio.ensure_future(watch())}
        good = False
        try:
            pending = tasks
            while not down.done():
                done, pending = await asyncio.wait(pending, return_when=asyncio.FIRST_COMPLETED)
                for t in done - {down}:
                    if t.exception() and not isinstance(t.exception(), OSError):
                        raise t.exception()
            down.result()
            good = True
            if req.last or down.result() or not up.done() or up.exception():
                raise Rest
        except (Broken, Status) as e:
            cause = e.__cause__ if isinstance(e, Broken) else e
            if begun[0] or not isinstance(cause, Status):
                raise ConnectionResetError
            raise cause
        finally:
            for t in tasks:
                t.cancel()
            await asyncio.wait(tasks)
            c.moved = lambda: None
            o.sock.close() if good else o.abort()

    async def upload(self, c, o, req):
        await o.write(req.head())
        await copy(c, o, req.length, False, Broken)

    async def download(self, c, o, req, begun):
        """Passes the answer on, and returns whether it was the last one."""
        while True:
            try:
                start, room = await o.line(MOST)
                fields = await read_fields(o, room) if start is not None else None
                m = re.fullmatch(rb"(HTTP/\d\.\d) ([1-9]\d\d)( [\t\x20-\x7e\x80-\xff]*)?", start or b"")
                if fields is None or not m or m[2] == b"101":
                    raise Status(502)
                old, code, length = version(m[1]), int(m[2]), framing(fields, UNTIL_END)
            except (Status, OSError):
                raise Status(502)
            if code < 200 or code == 204:
                fields = [f for f in fields if f[0].lower() != b"content-length"]
            if req.method == b"HEAD" or code < 200 or code in (204, 304):
                length = 0
            interim = code < 200
            last = not interim and (req.last or length == UNTIL_END or self.stopping)
            sent = UNTIL_END if req.old and length == CHUNKED else length
            if not interim:
                begun[0] = True
            if not interim or not req.old:
                await c.write(pass_on(b"HTTP/1.1" + start[8:], fields, sent, old, last))
            if not interim:
                await copy(o, c, length, req.old, None)
                return last

    async def serve(self, sock):
        c = End(sock)
        try:
            if len(self.clients) > self.args.clients:
                raise Status(503)
            while True:
                req = await self.next(c)
                if req.method == b"CONNECT":
                    await self.tunnel(c, req)
                    return
                await self.exchange(c, req)
        except Status as s:
            await self.goodbye(c, s.args[0])
        except Rest:
            await self.goodbye(c, None)
        except (OSError, ExceptionGroup, asyncio.CancelledError):
            c.abort()
        finally:
            c.sock.close()

    async def goodbye(self, c, code):
        self.clients.discard(asyncio.current_task())  # its place is free
        try:
            async with asyncio.timeout(1):
                if code:
                    await c.write(b"HTTP/1.1 %d %s\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                                  % (code, REASONS[code].encode()))
                c.sock.shutdown(socket.SHUT_WR)
                for _ in range(16):
                    c.buf = b""
                    if not await c.fill():
                        return
        except (OSError, TimeoutError):
            pass

    async def run(self):
        loop, stop, every = asyncio.get_running_loop(), asyncio.Event(), set()

        def on_signal():
            if self.stopping:
                os._exit(1)
            self.stopping = True
            stop.set()

        for s in signal.SIGTERM, signal.SIGINT:
            loop.add_signal_handler(s, on_signal)
        host, port = self.args.listen.rsplit(":", 1)
        ln = socket.create_server((host.strip("[]"), int(port)), backlog=4096,
                                  family=socket.AF_INET6 if ":" in host else socket.AF_INET)
        ln.setblocking(False)
        self.me = ln.getsockname()[:2]
        print("listening on %s:%d" % (("[%s]" if ":" in self.me[0] else "%s") % self.me[0], self.me[1]), flush=True)

        async def accept():
            while True:
                try:
                    sock, _ = await loop.sock_accept(ln)
                except OSError as e:
                    if e.errno not in (errno.EMFILE, errno.ENFILE):
                        raise
                    await asyncio.sleep(0.01)
                    continue
                t = loop.create_task(self.serve(sock))
                for tasks in (self.clients, every):
                    tasks.add(t)
                    t.add_done_callback(tasks.discard)

        accepting = loop.create_task(accept())
        await stop.wait()
        accepting.cancel()
        ln.close()
        for t in list(self.resting):
            t.cancel()
        if every:
            await asyncio.wait(every, timeout=self.args.grace)
        for t in list(every):
            t.cancel()
        if every:
            await asyncio.wait(every)


async def pump(src, dst):
    while src.buf or await src.fill():
        data, src.buf = src.buf, b""
        await dst.write(data)
    dst.sock.shutdown(socket.SHUT_WR)


async def copy(src, dst, length, bare, broken):
    """Copies a content. What goes wrong at src is told apart by broken, if there is such an error."""

    async def need(more):
        try:
            return await more
        except (OSError, Status) as e:
            if broken:
                raise broken from (e if isinstance(e, OSError) else Status(400))
            raise

    async def piece(n):
        while n:
            if not src.buf and not await need(src.fill()):
                if n == UNTIL_END:
                    return
                await need(fail())
            data = src.buf if n < 0 else src.buf[:n]
            src.buf = src.buf[len(data):]
            n -= len(data) if n > 0 else 0
            await dst.write(data)

    if length != CHUNKED:
        return await piece(length)
    while True:
        line, _ = await need(src.line(1 << 10))
        m = re.fullmatch(rb"([0-9A-Fa-f]+)(;[\t\x20-\x7e\x80-\xff]*)?", line or b"")
        if not m or int(m[1], 16) >= 1 << 63:
            await need(fail())
        size = int(m[1], 16)
        if size == 0:
            if await need(read_fields(src)) is None:
                await need(fail())
            return None if bare else await dst.write(b"0\r\n\r\n")
        if not bare:
            await dst.write(b"%x\r\n" % size)
        await piece(size)
        if (await need(src.line(2)))[0] != b"":
            await need(fail())
        if not bare:
            await dst.write(b"\r\n")


async def fail():
    raise Status(400)


def is_ours(addr):
    with socket.socket(socket.AF_INET if addr.version == 4 else socket.AF_INET6, socket.SOCK_DGRAM) as s:
        try:
            s.bind((str(addr), 0))
            return True
        except OSError:
            return False


def duration(text):
    parts = re.findall(r"([0-9.]+)(ms|us|µs|ns|s|m|h)", text)
    if text != "0" and "".join(a + b for a, b in parts) != text or not text:
        raise argparse.ArgumentTypeError(text)
    unit = {"h": 3600, "m": 60, "s": 1, "ms": 1e-3, "us": 1e-6, "µs": 1e-6, "ns": 1e-9}
    return sum(float(a) * unit[b] for a, b in parts)


def hosts(file):
    names = {}
    with open(file) as f:
        for words in filter(None, map(str.split, f)):
            names.setdefault(words[0].lower(), []).append([ipaddress.ip_address(w) for w in words[1:]])
    return names


p = argparse.ArgumentParser(allow_abbrev=False)
p.add_argument("-listen", default="127.0.0.1:0")
p.add_argument("-deny", default=[], type=lambda t: [ipaddress.ip_network(w, strict=False) for w in t.split(",")])
p.add_argument("-hosts", dest="names", default={}, type=hosts)
p.add_argument("-clients", default=1000, type=int)
for flag, default in ("-head", "30s"), ("-dial", "10s"), ("-idle", "1m"), ("-grace", "10s"):
    p.add_argument(flag, default=default, type=duration)
args = p.parse_args()
if min(args.clients, args.head, args.dial, args.idle) <= 0:
    p.error("a limit must be greater than 0")
asyncio.run(Proxy(args).run())
