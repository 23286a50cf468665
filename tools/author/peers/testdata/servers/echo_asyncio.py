"""An echo server with asyncio: a task for each client, on one thread."""
import argparse
import asyncio
import sys


async def handle(reader, writer):
    """Serves one client; drain waits while it does not read."""
    try:
        while data := await reader.read(4096):
            writer.write(data)
            await writer.drain()
    except OSError as error:
        print(error, file=sys.stderr)
    finally:
        writer.close()


def complain(_, context):
    """Prints one line for what went wrong outside of any client, such as an accept without a descriptor."""
    print(context["message"], context.get("exception", ""), file=sys.stderr)


async def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-listen", default="127.0.0.1:0")
    host, _, port = parser.parse_args().listen.rpartition(":")
    asyncio.get_running_loop().set_exception_handler(complain)
    # After each event asyncio calls accept backlog times, also when the first has found no descriptor.
    server = await asyncio.start_server(handle, host.strip("[]"), int(port), backlog=128)
    host, port = server.sockets[0].getsockname()[:2]
    shown = f"[{host}]" if ":" in host else host
    print(f"listening on {shown}:{port}", flush=True)
    await server.serve_forever()


asyncio.run(main())
