"""An echo server for lines that has bounds, with asyncio: one thread counts, so no lock is needed."""
import argparse
import asyncio
import sys
from collections import Counter

LONGEST = 4096  # bytes of a line, its newline included
LEAVING = 64  # refused clients that are waited for at a time
PATIENCE = 1  # seconds that each of them is

inside = Counter()  # clients from each address
leaving = 0


async def part(reader, writer, word):
    """Sends a last word and a FIN, and takes what still comes."""
    writer.write(word)
    writer.write_eof()

    async def rest():
        while await reader.read(65536):
            pass

    await asyncio.wait_for(rest(), PATIENCE)


async def refuse(reader, writer):
    global leaving
    if leaving == LEAVING:
        writer.write(b"busy\n")
        return
    leaving += 1
    try:
        await part(reader, writer, b"busy\n")
    finally:
        leaving -= 1


async def echo(reader, writer):
    while True:
        try:
            writer.write(await reader.readuntil(b"\n"))
            await writer.drain()
        except asyncio.IncompleteReadError as end:
            writer.write(end.partial)
            await writer.drain()
            return
        except asyncio.LimitOverrunError:
            await part(reader, writer, b"too long\n")
            return


async def handle(reader, writer, options):
    """Serves one client, or refuses it."""
    peer = writer.get_extra_info("peername")
    try:
        if inside.total() == options.max or peer and inside[peer[0]] == options.per_ip:
            await refuse(reader, writer)
            return
        host = peer[0] if peer else ""
        inside[host] += 1
        try:
            await echo(reader, writer)
        finally:
            inside[host] -= 1
            if inside[host] == 0:
                del inside[host]
    except (OSError, asyncio.TimeoutError) as error:
        print(repr(error), file=sys.stderr)
    finally:
        writer.close()


def complain(_, context):
    print(context["message"], context.get("exception", ""), file=sys.stderr)


def positive(text):
    if int(text) < 1:
        raise ValueError(text)
    return int(text)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-listen", default="127.0.0.1:0")
    parser.add_argument("-max", type=positive, default=1000)
    parser.add_argument("-per-ip", type=positive, default=1000)
    options = parser.parse_args()
    host, _, port = options.listen.rpartition(":")
    asyncio.get_running_loop().set_exception_handler(complain)
    server = await asyncio.start_server(
        lambda r, w: handle(r, w, options), host.strip("[]"), int(port), backlog=512, limit=LONGEST - 1)
    host, port = server.sockets[0].getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"listening on {shown}:{port}", flush=True)
    await server.serve_forever()


asyncio.run(main())
