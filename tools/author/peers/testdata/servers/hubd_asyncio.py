"""A room, in Python with asyncio: what one client says all others hear."""

import argparse
import asyncio
import re
import sys

MAX_LINE = 1000
NAME = re.compile(rb"[A-Za-z0-9]{1,16}")


class Member:
    def __init__(self, name, writer, room):
        self.name, self.writer = name, writer
        self.lines = asyncio.Queue(room)  # None at its end
        self.left = False


members = {}


def tell(line, but=None):
    """Put a line into all queues, and then drop those that had no room for it."""
    others = [member for member in members.values() if member is not but]
    full = [member for member in others if member.lines.full()]
    for member in others:
        if member not in full:
            member.lines.put_nowait(line)
    for member in full:
        remove(member)
        member.writer.transport.abort()


def remove(member):
    if member.left:
        return
    member.left = True
    del members[member.name]
    tell(b"* " + member.name + b" has left\n")


async def write(member):
    """Write what waits for a member, until it has left and all is written."""
    try:
        while True:
            if member.left and member.lines.empty():
                break
            line = await member.lines.get()
            if line is not None:
                member.writer.write(line)
                await member.writer.drain()
    except OSError:
        pass
    member.writer.close()


async def read_line(reader):
    """Return a line without its end, or None when there will be no more."""
    try:
        line = await reader.readuntil(b"\n")
    except (asyncio.IncompleteReadError, asyncio.LimitOverrunError, OSError):
        return None
    line = line[:-2] if line.endswith(b"\r\n") else line[:-1]
    return line if len(line) <= MAX_LINE else None


async def serve(reader, writer, room):
    name = await read_line(reader)
    if name is None:
        writer.close()
        return
    refusal = b""
    if not NAME.fullmatch(name):
        refusal = b"* bad name\n"
    elif name in members:
        refusal = b"* name taken\n"
    if refusal:
        writer.write(refusal)
        writer.close()
        return
    writer.transport.set_write_buffer_limits(high=0)
    member = Member(name, writer, room)
    tell(b"* " + name + b" has joined\n")
    member.lines.put_nowait(b" ".join([b"* here:"] + sorted(members)) + b"\n")
    members[name] = member
    writing = asyncio.create_task(write(member))
    while (line := await read_line(reader)) is not None and not member.left:
        tell(name + b": " + line + b"\n", member)
    ended = reader.at_eof() and reader.exception() is None
    remove(member)
    if not ended:
        writer.transport.abort()
    if not member.lines.full():
        member.lines.put_nowait(None)  # for a writer that waits
    await writing


async def main(listen, room):
    host, port = listen.rsplit(":", 1)

    async def client(reader, writer):
        try:
            await serve(reader, writer, room)
        except OSError as e:
            print(e, file=sys.stderr)

    server = await asyncio.start_server(client, host.strip("[]"), int(port), limit=MAX_LINE + 1)
    host, port = server.sockets[0].getsockname()[:2]
    print(f"listening on {host}:{port}", flush=True)
    async with server:
        await server.serve_forever()


parser = argparse.ArgumentParser()
parser.add_argument("-listen", default="127.0.0.1:0")
parser.add_argument("-queue", type=int, default=256)
options = parser.parse_args()
asyncio.run(main(options.listen, options.queue))
