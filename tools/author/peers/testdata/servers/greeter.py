"""A server that greets every client and ends the connection."""
import argparse
import socket

parser = argparse.ArgumentParser()
parser.add_argument("-listen", default="127.0.0.1:0")
host, _, port = parser.parse_args().listen.rpartition(":")
with socket.create_server((host, int(port))) as listener:
    host, port = listener.getsockname()
    print(f"listening on {host}:{port}", flush=True)
    while True:
        connection, _ = listener.accept()
        with connection:
            connection.sendall(b"hello, socket\n")
