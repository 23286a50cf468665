import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.Iterator;

/** An echo server for all its clients on one thread, by a selector. */
class EchoSelector {
    static final int RETRY = 50; // milliseconds until accept is tried again when it has failed

    public static void main(String[] args) throws IOException {
        int colon = args[1].lastIndexOf(':');
        InetAddress host = InetAddress.getByName(args[1].substring(0, colon));
        Selector selector = Selector.open();
        ServerSocketChannel listener = ServerSocketChannel.open();
        listener.bind(new InetSocketAddress(host, Integer.parseInt(args[1].substring(colon + 1))), 4096);
        listener.configureBlocking(false);
        SelectionKey door = listener.register(selector, SelectionKey.OP_ACCEPT);
        String shown = args[1].substring(0, colon); // brackets and all
        System.out.println("listening on " + shown + ":" + listener.socket().getLocalPort());
        while (true) {
            // While a failed accept is not tried again nobody watches the listener, which stays acceptable.
            selector.select(door.interestOps() == 0 ? RETRY : 0);
            door.interestOps(SelectionKey.OP_ACCEPT);
            for (Iterator<SelectionKey> keys = selector.selectedKeys().iterator(); keys.hasNext();) {
                SelectionKey key = keys.next();
                keys.remove();
                if (key.isAcceptable()) {
                    accept(selector, listener, door);
                } else {
                    serve(key);
                }
            }
        }
    }

    static void accept(Selector selector, ServerSocketChannel listener, SelectionKey door) {
        try {
            SocketChannel client = listener.accept();
            if (client != null) {
                client.configureBlocking(false);
                client.register(selector, SelectionKey.OP_READ, new Client());
            }
        } catch (IOException e) {
            System.err.println(e);
            door.interestOps(0);
        }
    }

    /** What is remembered of one client: output that waits, and whether its end of stream has come. */
    static class Client {
        final ByteBuffer pending = ByteBuffer.allocate(16 << 10);
        boolean ended;
    }

    /** Reads what fits, writes what the kernel takes. */
    static void serve(SelectionKey key) {
        SocketChannel channel = (SocketChannel) key.channel();
        Client client = (Client) key.attachment();
        try {
            if (key.isReadable()) {
                client.ended = channel.read(client.pending) < 0;
            }
            client.pending.flip();
            channel.write(client.pending);
            client.pending.compact();
            int wanted = client.pending.position() > 0 ? SelectionKey.OP_WRITE : 0;
            if (!client.ended && client.pending.hasRemaining()) {
                wanted |= SelectionKey.OP_READ;
            }
            if (wanted == 0) {
                channel.close();
            } else {
                key.interestOps(wanted);
            }
        } catch (IOException e) {
            System.err.println(e);
            close(channel);
        }
    }

    static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            System.err.println(e);
        }
    }
}
