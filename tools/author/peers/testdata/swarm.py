"""N clients at the same time, each with lines of its own: how many were served, and how many were told "busy"?"""
import asyncio
import sys

clients, rounds, host, port = int(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])


came = 0


async def client(i, all_came):
    global came
    reader, writer = await asyncio.open_connection(host, port)
    try:
        writer.write(b"client %d begins\n" % i)
        first = await reader.readline()
        came += 1
        if came == clients:
            all_came.set()
        if first == b"busy\n":
            assert await reader.read() == b""
            return 0
        await all_came.wait()  # those inside stay until all have come
        assert first == b"client %d begins\n" % i, first
        for n in range(rounds):
            line = b"client %d, line %d\n" % (i, n)
            writer.write(line)
            assert await reader.readline() == line
        writer.write_eof()
        assert await reader.read() == b""
        return 1
    finally:
        writer.close()


async def main():
    all_came = asyncio.Event()
    served = sum(await asyncio.gather(*(client(i, all_came) for i in range(clients))))
    print(f"{served} served, {clients - served} busy")


asyncio.run(main())
