"""An echo server with a thread for each client."""
import argparse
import socket
import sys
import threading
import time


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("-listen", default="127.0.0.1:0")
    host, _, port = parser.parse_args().listen.rpartition(":")
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server(
        (host.strip("[]"), int(port)), family=family, backlog=socket.SOMAXCONN
    ) as listener:
        host, port = listener.getsockname()[:2]
        shown = f"[{host}]" if family == socket.AF_INET6 else host
        print(f"listening on {shown}:{port}", flush=True)
        while True:
            try:
                connection, peer = listener.accept()
            except OSError as error:  # no descriptor left, or the client has gone
                print(error, file=sys.stderr)
                time.sleep(0.05)
                continue
            threading.Thread(target=handle, args=(connection, peer), daemon=True).start()


def handle(connection, peer):
    """Serves one client to its end; the connection is this thread's alone."""
    with connection:
        try:
            while data := connection.recv(4096):
                connection.sendall(data)
        except OSError as error:
            print(peer, error, file=sys.stderr)


if __name__ == "__main__":
    try:
        main()
    except OSError as error:
        sys.exit(f"echo_threads: {error}")
