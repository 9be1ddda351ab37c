// Asks a test endpoint as a Java client does, and prints what comes of it.
//
// Client.java PORT SERVER_NAME ROOT PROTOCOL..., where SERVER_NAME is `-` for a client that
// names none, ROOT is `-` for one that knows no root of ours, and protocols are written as
// TLSv1.2; SSLv2Hello among them frames the hello as SSL 2.0 did.

import java.io.FileInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.security.KeyStore;
import java.security.Security;
import java.security.cert.CertificateFactory;
import java.util.Arrays;
import java.util.List;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;

class Client {
    public static void main(String[] arguments) throws Exception {
        // As it was before Java gave up old versions by itself.
        Security.setProperty("jdk.tls.disabledAlgorithms", "");
        String name = arguments[1];
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust(arguments[2]).getTrustManagers(), null);
        String[] protocols = Arrays.copyOfRange(arguments, 3, arguments.length);
        int port = Integer.parseInt(arguments[0]);
        try (SSLSocket socket = (SSLSocket) context.getSocketFactory().createSocket("127.0.0.1", port)) {
            socket.setSoTimeout(20000);
            socket.setEnabledProtocols(protocols);
            if (!name.equals("-")) {
                SSLParameters parameters = socket.getSSLParameters();
                parameters.setServerNames(List.of(new SNIHostName(name)));
                parameters.setEndpointIdentificationAlgorithm("HTTPS");
                socket.setSSLParameters(parameters);
            }
            String request = "GET / HTTP/1.1\r\nHost: " + name + "\r\nConnection: close\r\n\r\n";
            socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
            InputStream answer = socket.getInputStream();
            System.out.println(new String(answer.readAllBytes(), StandardCharsets.UTF_8));
        } catch (java.io.IOException failure) {
            System.out.println(failure);
            System.exit(1);
        }
    }

    static TrustManagerFactory trust(String root) throws Exception {
        TrustManagerFactory factory =
            TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        KeyStore store = null;
        if (!root.equals("-")) {
            store = KeyStore.getInstance(KeyStore.getDefaultType());
            store.load(null, null);
            try (InputStream file = new FileInputStream(root)) {
                CertificateFactory certificates = CertificateFactory.getInstance("X.509");
                store.setCertificateEntry("root", certificates.generateCertificate(file));
            }
        }
        factory.init(store);
        return factory;
    }
}
