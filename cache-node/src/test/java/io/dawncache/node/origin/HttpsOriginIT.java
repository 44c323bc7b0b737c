package io.dawncache.node.origin;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import io.dawncache.core.Getter;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The http origin in front of a server that speaks TLS, its certificate made for the name items.
 */
@Timeout(60)
class HttpsOriginIT {
  private static final String PASSWORD = "password";

  private static SSLContext trusting;

  private final ExecutorService handlers = Executors.newCachedThreadPool();
  private final AtomicInteger requests = new AtomicInteger();
  private SSLContext defaultBefore;
  private HttpsServer server;

  @BeforeAll
  static void makeCertificate(@TempDir Path temp) throws Exception {
    Path file = temp.resolve("store");
    Process keytool =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-genkeypair",
                "-alias",
                "items",
                "-keyalg",
                "EC",
                "-dname",
                "CN=items",
                "-ext",
                "SAN=dns:items",
                "-keystore",
                file.toString(),
                "-storepass",
                PASSWORD)
            .redirectErrorStream(true)
            .start();
    keytool.getInputStream().transferTo(System.out);
    assertEquals(0, keytool.waitFor());
    KeyStore store = KeyStore.getInstance("PKCS12");
    try (InputStream in = Files.newInputStream(file)) {
      store.load(in, PASSWORD.toCharArray());
    }
    KeyManagerFactory keys = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    keys.init(store, PASSWORD.toCharArray());
    TrustManagerFactory trusted =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    KeyStore certificates = KeyStore.getInstance("PKCS12");
    certificates.load(null, null);
    certificates.setCertificateEntry("items", store.getCertificate("items"));
    trusted.init(certificates);
    trusting = SSLContext.getInstance("TLS");
    trusting.init(keys.getKeyManagers(), trusted.getTrustManagers(), null);
  }

  @BeforeEach
  void startServer() throws Exception {
    defaultBefore = SSLContext.getDefault();

    server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setHttpsConfigurator(new HttpsConfigurator(trusting));
    server.setExecutor(handlers);
    server.createContext(
        "/",
        exchange -> {
          requests.incrementAndGet();
          byte[] body = exchange.getRequestURI().toString().getBytes(UTF_8);
          exchange.sendResponseHeaders(200, body.length);
          exchange.getResponseBody().write(body);
          exchange.close();
        });
    server.start();
  }

  @AfterEach
  void stopServer() {
    SSLContext.setDefault(defaultBefore);
    server.stop(0);
    handlers.shutdownNow();
  }

  private static Getter getter(String host, int port, Duration timeout) {
    return Opened.at(
        new HttpOrigin(timeout, 1000, name -> InetAddress.getAllByName("127.0.0.1")),
        "https://" + host + ":" + port + "/{key}");
  }

  private Getter getter(String host) {
    return getter(host, server.getAddress().getPort(), Duration.ofSeconds(30));
  }

  private static String failureOf(Getter getter) {
    return assertThrows(IOException.class, () -> getter.load("Tom")).getMessage();
  }

  @Test
  void aServerThatTheJdkTrustsIsAsked() throws Exception {
    SSLContext.setDefault(trusting);
    Getter getter = getter("items");

    assertEquals("/Tom", getter.load("Tom").value().toUtf8());
    assertEquals("/Jack", getter.load("Jack").value().toUtf8());
  }

  @Test
  void aServerThatTheJdkDoesNotTrustIsNotAsked() {
    assertEquals("origin: TLS failed", failureOf(getter("items")));
    assertEquals(0, requests.get());
  }

  @Test
  void aServerOfAnotherNameIsNotAsked() {
    SSLContext.setDefault(trusting);

    assertEquals("origin: TLS failed", failureOf(getter("other")));
    assertEquals(0, requests.get());
  }

  @Test
  void aRedirectFromHttpsToHttpIsNotFollowed() {
    SSLContext.setDefault(trusting);
    server.createContext(
        "/Tom",
        exchange -> {
          exchange.getResponseHeaders().set("Location", "http://items/Tom");
          exchange.sendResponseHeaders(302, -1);
          exchange.close();
        });
    Getter getter =
        Origins.of(List.of(new HttpOrigin(null, 1000, name -> loopback())))
            .open(
                "items",
                "http",
                Map.of(
                    "url",
                    "https://items:" + server.getAddress().getPort() + "/{key}",
                    "redirects",
                    "follow"))
            .getter();

    assertEquals("origin: status 302, a redirect from https to http", failureOf(getter));
  }

  private static InetAddress[] loopback() {
    return new InetAddress[] {InetAddress.getLoopbackAddress()};
  }

  @Test
  void aServerThatIsSilentInTheHandshakeIsAFailureWithinTheTimeOut() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      Getter getter = getter("items", silent.getLocalPort(), Duration.ofSeconds(2));

      assertEquals("origin: no connection in 1000 ms", failureOf(getter));
    }
  }

  @Test
  void aBodyUpToTheCloseThatStallsIsNotTakenForAWholeOne() throws Exception {
    SSLContext.setDefault(trusting);
    try (ServerSocket stalling =
        trusting
            .getServerSocketFactory()
            .createServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      handlers.execute(() -> stall(stalling));
      String outcome;
      Duration timeout = Duration.ofMillis(500);
      do { // a busy machine gets more time until the body has begun
        timeout = timeout.multipliedBy(2);
        outcome = failureOf(getter("items", stalling.getLocalPort(), timeout));
      } while (outcome.startsWith("origin: no answer") && timeout.toSeconds() < 30);

      assertEquals("origin: no whole answer in " + timeout.toMillis() + " ms", outcome);
    }
  }

  private static void stall(ServerSocket server) {
    while (!server.isClosed()) {
      try (Socket connection = server.accept()) {
        connection.getInputStream().read();
        connection.getOutputStream().write("HTTP/1.1 200 OK\r\n\r\nhalf".getBytes(UTF_8));
        connection.getInputStream().transferTo(OutputStream.nullOutputStream());
      } catch (IOException e) {
        // The origin has closed the connection, or the test the server.
      }
    }
  }
}
