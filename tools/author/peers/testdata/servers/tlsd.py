"""tlsd, written from chapters/18-tls.md alone: a thread for each client."""

import argparse
import os
import select
import signal
import socket
import ssl
import stat
import sys
import threading

RECORD = 16384


def die(text, status=1):
    print("tlsd:", text, file=sys.stderr)
    sys.exit(status)


def split(addr):
    host, _, port = addr.rpartition(":")
    return host.strip("[]"), int(port)


def context_of(cert, key):
    """The settings of a server with this certificate."""
    for file in (cert, key):
        if not os.path.exists(file):
            die(f"{file}: no such file")
    mode = stat.S_IMODE(os.stat(key).st_mode)
    if mode & 0o077:
        die(f"{key}: others may use it: {mode:o}")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_cert_chain(cert, key)
    except ssl.SSLError as err:
        die(f"{cert}, {key}: {err}")
    return context


def names_of(cert):
    """The names in a certificate, as a client would see them."""
    decoded = ssl._ssl._test_decode_cert(cert)  # the library has no other way
    return [name for kind, name in decoded.get("subjectAltName", ()) if kind == "DNS"]


def echo(below, context, limit):
    client = "%s:%d" % below.getpeername()[:2]
    conn = context.wrap_socket(below, server_side=True, do_handshake_on_connect=False,
                               suppress_ragged_eofs=False)
    timer = threading.Timer(limit, abandon, [conn])
    timer.daemon = True
    timer.start()
    try:
        try:
            conn.do_handshake()
        finally:
            timer.cancel()
        while data := conn.recv(RECORD):
            conn.sendall(data)
        conn = conn.unwrap()  # says close_notify
    except OSError as err:
        print(client, err, file=sys.stderr)
    finally:
        conn.close()


def abandon(conn):
    """Ends a handshake that takes too long."""
    try:
        conn.shutdown(socket.SHUT_RDWR)
    except OSError:
        pass  # it has ended just now


def serve(args):
    pairs = [(cert, context_of(cert, key)) for cert, key in zip(args.cert, args.key)]
    by_name = {}
    for cert, context in reversed(pairs):
        for name in names_of(cert):
            by_name[name] = context
    first = pairs[0][1]

    def choose(conn, name, _):
        conn.context = by_name.get(name, first)

    first.sni_callback = choose
    host, port = split(args.listen)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.create_server((host, port), family=family, backlog=1024) as server:
        host, port = server.getsockname()[:2]
        print("listening on", f"[{host}]:{port}" if ":" in host else f"{host}:{port}", flush=True)
        while True:
            below, _ = server.accept()
            threading.Thread(target=echo, args=(below, first, args.handshake), daemon=True).start()


def reason(err):
    if err.verify_code in (62, 63, 64):
        return "wrong name"
    if err.verify_code == 10:
        return "expired"
    if err.verify_code in (2, 18, 19, 20, 21, 24, 79):
        return "unknown authority"
    return "not accepted"


def ask(args):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.minimum_version = ssl.TLSVersion.TLSv1_3
    try:
        context.load_verify_locations(args.ca)
    except OSError as err:
        die(f"{args.ca}: {err}")
    try:
        below = socket.create_connection(split(args.ask), args.handshake)
        conn = context.wrap_socket(below, server_hostname=args.name, suppress_ragged_eofs=True)
    except ssl.SSLCertVerificationError as err:
        die(f"{reason(err)}: {err}")
    except OSError as err:
        die(err)
    try:
        got, sent = exchange(conn)
    except OSError as err:
        die(err)
    if got != sent:
        die(f"only {got} bytes came back")


def exchange(conn):
    """Sends all of the input, and prints what comes; returns how much each was.

    One TLS connection must not be used by two threads at once, so one thread
    does what can be done."""
    conn.setblocking(False)
    source, out = sys.stdin.buffer.fileno(), sys.stdout.buffer
    pending, got, sent, more = b"", 0, 0, True
    while more or pending or got < sent:
        wanted = [conn] + ([source] if more and not pending else [])
        ready, _, _ = select.select(wanted, [conn] if pending else [], [])
        if source in ready:
            pending = os.read(source, 65536)
            more = bool(pending)
        try:
            if pending:
                n = conn.send(pending)
                sent, pending = sent + n, pending[n:]
        except (ssl.SSLWantWriteError, ssl.SSLWantReadError):
            pass
        try:
            while data := conn.recv(65536):
                got += len(data)
                out.write(data)
                out.flush()
            return got, -1 if more or pending else sent  # the server has ended the stream
        except (ssl.SSLWantReadError, ssl.SSLWantWriteError):
            pass
    conn.setblocking(True)
    conn.unwrap()  # says close_notify, and waits for the server's
    return got, sent


def main():
    parser = argparse.ArgumentParser(prog="tlsd", prefix_chars="-")
    parser.add_argument("-listen", default="127.0.0.1:0")
    parser.add_argument("-cert", action="append", default=[])
    parser.add_argument("-key", action="append", default=[])
    parser.add_argument("-ask")
    parser.add_argument("-ca")
    parser.add_argument("-handshake", default="10s")
    parser.add_argument("name", nargs="?")
    args = parser.parse_args()
    units = {"ms": 0.001, "s": 1, "m": 60}
    for unit in ("ms", "s", "m"):
        if args.handshake.endswith(unit) and args.handshake[:-len(unit)].replace(".", "").isdigit():
            args.handshake = float(args.handshake[:-len(unit)]) * units[unit]
            break
    else:
        parser.error("-handshake is a duration")
    if args.ask:
        if not args.ca or not args.name:
            parser.error("-ask needs -ca and a name")
        ask(args)
    else:
        if not args.cert or len(args.cert) != len(args.key) or args.name:
            parser.error("as many -cert as -key")
        serve(args)


signal.signal(signal.SIGINT, signal.SIG_DFL)
main()
