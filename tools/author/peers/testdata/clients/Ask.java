import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** ask, in Java: a blocking socket with its two streams. */
public class Ask {
    public static void main(String[] args) {
        if (args.length == 0) {
            System.err.println("usage: ask ADDR [word...]");
            System.exit(2);
        }
        try {
            ask(args[0], Arrays.copyOfRange(args, 1, args.length));
        } catch (IOException e) {
            System.err.println("ask: " + e.getMessage());
            System.exit(1);
        }
    }

    static void ask(String addr, String[] words) throws IOException {
        int colon = addr.lastIndexOf(':');
        String host = addr.substring(0, colon).replaceAll("^\\[|\\]$", "");
        try (Socket conn = dial(host, Integer.parseInt(addr.substring(colon + 1)))) {
            System.err.println("tcp " + shown(conn.getLocalSocketAddress()) + " -> " + shown(conn.getRemoteSocketAddress()));
            if (words.length > 0) {
                conn.getOutputStream().write((String.join(" ", words) + "\n").getBytes(StandardCharsets.UTF_8));
            }
            conn.shutdownOutput();
            InputStream in = conn.getInputStream();
            // System.out keeps its errors to itself.
            FileOutputStream out = new FileOutputStream(FileDescriptor.out);
            byte[] buf = new byte[8192];
            for (int n; (n = in.read(buf)) >= 0; ) {
                out.write(buf, 0, n);
            }
        }
    }

    /** Tries all addresses of the name. */
    static Socket dial(String host, int port) throws IOException {
        IOException last = null;
        for (InetAddress a : InetAddress.getAllByName(host)) {
            try {
                return new Socket(a, port);
            } catch (IOException e) {
                last = e;
            }
        }
        throw last;
    }

    static String shown(Object end) {
        InetSocketAddress a = (InetSocketAddress) end;
        String host = a.getAddress().getHostAddress();
        if (a.getAddress() instanceof Inet6Address) {
            host = "[" + (a.getAddress().isLoopbackAddress() ? "::1" : host) + "]";
        }
        return host + ":" + a.getPort();
    }
}
