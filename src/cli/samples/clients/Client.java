import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.security.Security;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

public class Client {
    public static void main(String[] words) throws Exception {
        String host = words[0], path = words[2], version = words[3];
        if (!version.equals("any")) {
            // What Java leaves out by itself it could not be turned away with.
            Security.setProperty("jdk.tls.disabledAlgorithms", "");
        }
        try (SSLSocket socket = (SSLSocket) SSLSocketFactory.getDefault()
                .createSocket(host, Integer.parseInt(words[1]))) {
            socket.setSoTimeout(20_000);
            if (!version.equals("any")) {
                String name = "TLSv" + (version.equals("1.0") ? "1" : version);
                socket.setEnabledProtocols(new String[] {name});
            }
            socket.startHandshake();
            String request = "GET " + path + " HTTP/1.1\r\nHost: " + host + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
            var reader = new BufferedReader(
                    new InputStreamReader(socket.getInputStream(), StandardCharsets.UTF_8));
            String status = reader.readLine();
            System.out.println(status == null ? "" : status.replaceFirst("^HTTP/1.1 ", ""));
        } catch (Exception failure) {
            System.err.println(failure.getClass().getSimpleName() + ": " + failure.getMessage());
            System.exit(1);
        }
    }
}
