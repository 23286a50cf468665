import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ConcurrentHashMap;

/** A key-value server with a thread for each client; it speaks a part of RESP. */
class KvdThreads {
    static final int MAX_ARGS = 1024, MAX_BULK = 1 << 20, MAX_COMMAND = 2 << 20, MAX_LINE = 64;

    /** What came is not RESP, or larger than it may be. */
    static class ProtocolException extends Exception {
        ProtocolException(String what) { super(what); }
    }

    /** A word is kept as a string with one character for each byte. */
    static final ConcurrentHashMap<String, String> values = new ConcurrentHashMap<>();

    public static void main(String[] args) throws Exception {
        int colon = args[1].lastIndexOf(':');
        InetAddress host = InetAddress.getByName(args[1].substring(0, colon));
        try (ServerSocket listener = new ServerSocket(Integer.parseInt(args[1].substring(colon + 1)), 4096, host)) {
            System.out.println("listening on " + host.getHostAddress() + ":" + listener.getLocalPort());
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

    /** Serves one client to its end of stream, or to a protocol error. */
    static void handle(Socket client) {
        try (client) {
            InputStream in = new BufferedInputStream(client.getInputStream());
            OutputStream out = client.getOutputStream();
            try {
                while (true) {
                    out.write(run(readCommand(in)).getBytes(StandardCharsets.ISO_8859_1));
                }
            } catch (ProtocolException e) {
                System.err.println(e);
                out.write("-ERR Protocol error\r\n".getBytes(StandardCharsets.ISO_8859_1));
            }
        } catch (EOFException e) {
            // the end, in a command or between two: nothing is to be said
        } catch (IOException e) {
            System.err.println(e);
        }
    }

    static List<String> readCommand(InputStream in) throws IOException, ProtocolException {
        int count = readLength(in, '*', 1, MAX_ARGS), room = MAX_COMMAND;
        List<String> words = new ArrayList<>();
        while (words.size() < count) {
            int n = readLength(in, '$', 0, Math.min(MAX_BULK, room));
            room -= n;
            byte[] data = in.readNBytes(n + 2);
            if (data.length < n + 2) {
                throw new EOFException();
            }
            if (data[n] != '\r' || data[n + 1] != '\n') {
                throw new ProtocolException("no end of line after " + n + " bytes");
            }
            words.add(new String(data, 0, n, StandardCharsets.ISO_8859_1));
        }
        return words;
    }

    /** Returns the number in a line such as "$5". */
    static int readLength(InputStream in, char mark, int least, int most) throws IOException, ProtocolException {
        StringBuilder line = new StringBuilder();
        for (int b = 0; b != '\n';) {
            if ((b = in.read()) < 0) {
                throw new EOFException();
            }
            line.append((char) b);
            if (line.length() > MAX_LINE) {
                throw new ProtocolException("a length without an end");
            }
        }
        if (!line.toString().matches("[*$][0-9]{1,9}\r\n") || line.charAt(0) != mark) {
            throw new ProtocolException(line.toString());
        }
        int n = Integer.parseInt(line.substring(1, line.length() - 2));
        if (n < least || n > most) {
            throw new ProtocolException(line.toString());
        }
        return n;
    }

    /** Carries out a command and returns the reply. */
    static String run(List<String> words) {
        int n = words.size();
        switch (words.get(0).toUpperCase() + " " + Math.min(n, 4)) {
        case "PING 1":
            return "+PONG\r\n";
        case "ECHO 2":
            return bulk(words.get(1));
        case "SET 3":
            values.put(words.get(1), words.get(2));
            return "+OK\r\n";
        case "GET 2":
            String value = values.get(words.get(1));
            return value == null ? "$-1\r\n" : bulk(value);
        case "DEL 2", "DEL 3", "DEL 4":
            return ":" + words.subList(1, n).stream().filter(key -> values.remove(key) != null).count() + "\r\n";
        default:
            return "-ERR unknown command or wrong number of arguments\r\n";
        }
    }

    static String bulk(String word) {
        return "$" + word.length() + "\r\n" + word + "\r\n";
    }
}
