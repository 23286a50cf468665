import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;

/** An echo server with a thread for each client. */
class EchoThreads {
    public static void main(String[] args) throws Exception {
        int colon = args[1].lastIndexOf(':');
        InetAddress host = InetAddress.getByName(args[1].substring(0, colon));
        try (ServerSocket listener = new ServerSocket(Integer.parseInt(args[1].substring(colon + 1)), 4096, host)) {
            String shown = args[1].substring(0, colon); // brackets and all
            System.out.println("listening on " + shown + ":" + listener.getLocalPort());
            while (true) {
                try {
                    Socket client = listener.accept();
                    new Thread(() -> handle(client)).start();
                } catch (IOException e) { // no descriptor left, or the client has gone
                    System.err.println(e);
                    Thread.sleep(50);
                }
            }
        }
    }

    /** Serves one client to its end of stream. */
    static void handle(Socket client) {
        try (client) {
            InputStream in = client.getInputStream();
            byte[] buffer = new byte[4096];
            for (int n; (n = in.read(buffer)) > 0;) {
                client.getOutputStream().write(buffer, 0, n);
            }
        } catch (IOException e) {
            System.err.println(e);
        }
    }
}
