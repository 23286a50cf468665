"""Echo over many connections at once, on one thread, with selectors.

    selectors_client.py CLIENTS BYTES HOST PORT

Every client sends its own BYTES bytes, sends a FIN, and reads to the end of
the stream. The program prints one line when every byte has come back to
the client that sent it.
"""
import selectors
import socket
import sys


class Client:
    def __init__(self, number, size, address):
        self.out = memoryview(bytes((number + i) % 256 for i in range(size)))
        self.want = bytes(self.out)
        self.got = bytearray()
        self.sock = socket.create_connection(address)
        self.sock.setblocking(False)


def main():
    clients, size, host, port = sys.argv[1:]
    selector = selectors.DefaultSelector()
    both = selectors.EVENT_READ | selectors.EVENT_WRITE
    for number in range(int(clients)):
        client = Client(number, int(size), (host, int(port)))
        selector.register(client.sock, both, client)
    while selector.get_map():
        for key, events in selector.select():
            client = key.data
            if events & selectors.EVENT_WRITE:
                client.out = client.out[client.sock.send(client.out):]
                if not client.out:
                    client.sock.shutdown(socket.SHUT_WR)
                    selector.modify(client.sock, selectors.EVENT_READ, client)
            if events & selectors.EVENT_READ:
                data = client.sock.recv(65536)
                client.got += data
                if not data:
                    if client.got != client.want:
                        sys.exit("an echo differs from what was sent")
                    selector.unregister(client.sock)
                    client.sock.close()
    print(clients, "clients,", size, "bytes each")


main()
