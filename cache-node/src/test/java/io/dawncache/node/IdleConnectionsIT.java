package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.wire.NodeUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real node with a small heap, and ten thousand connections that ask for nothing. */
@Timeout(120)
class IdleConnectionsIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();
  private static final int CONNECTIONS = 10_000;
  private static final long MOST_BYTES_EACH = 8 << 10; // what the default limit counts with

  private final List<SocketChannel> idle = new ArrayList<>();

  @TempDir private Path temp;
  private Process node;

  @AfterEach
  void leaveNoProcess() throws Exception {
    closeAll();
    if (node != null) {
      node.destroyForcibly().waitFor();
    }
  }

  private void closeAll() throws IOException {
    for (SocketChannel channel : idle) {
      channel.close();
    }
    idle.clear();
  }

  @Test
  void tenThousandIdleConnectionsTakeAsMuchHeapAsTheLimitCountsWithAndHitsGoOn() throws Exception {
    Files.writeString(temp.resolve("key"), "value");
    NodeUrl url = start(2 * CONNECTIONS);
    try (Socket client = new Socket(url.host(), url.port())) {
      assertEquals("HTTP/1.1 200 OK", get(client)); // a hit from now on
      open(url, CONNECTIONS);
      closeAll();
      awaitOpen(client, 1); // what a first connection loads is loaded
      long before = liveBytes();

      open(url, CONNECTIONS);
      awaitOpen(client, CONNECTIONS + 1);
      long each = (liveBytes() - before) / CONNECTIONS;

      assertTrue(each <= MOST_BYTES_EACH, "bytes of heap a connection: " + each);
      for (int i = 0; i < 100; i++) {
        assertEquals("HTTP/1.1 200 OK", get(client));
      }
      try (Socket another = new Socket(url.host(), url.port())) {
        assertEquals("HTTP/1.1 200 OK", get(another));
      }
      closeAll();
      awaitOpen(client, 1);
    }
  }

  private NodeUrl start(int mostConnections) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -n $(ulimit -Hn) && exec \"$0\" \"$@\"",
                ROOT.resolve("scripts/node").toString(),
                "--listen",
                "127.0.0.1:0",
                "--group",
                "g=files:" + temp)
            .redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("DAWNCACHE_JAVA_OPTS", "-Xmx256m");
    builder.environment().put("DAWNCACHE_LIMITS_MAX_CONNECTIONS", "" + mostConnections);
    node = builder.start();
    BufferedReader said = node.inputReader(UTF_8);
    String line = said.readLine();
    while (line != null && !line.startsWith("serving ")) {
      line = said.readLine();
    }
    assertTrue(line != null, "the node has ended");
    return NodeUrl.parse(line.replaceAll(".* at |, alone", ""));
  }

  /** Opens connections from several addresses, each of which has less than 30,000 ports. */
  private void open(NodeUrl url, int count) throws IOException {
    InetSocketAddress server = new InetSocketAddress(url.host(), url.port());
    for (int i = 0; i < count; i++) {
      InetAddress from = InetAddress.getByAddress(new byte[] {127, 0, 0, (byte) (2 + i % 8)});
      idle.add(SocketChannel.open().bind(new InetSocketAddress(from, 0)));
      idle.get(i).connect(server);
    }
  }

  private void awaitOpen(Socket client, int count) throws IOException {
    String expected = "\"connections\": " + count + ",";
    while (!page(client, "/stats").contains(expected)) {
      Thread.onSpinWait();
    }
  }

  /** Returns the bytes of all objects that are reachable. */
  private long liveBytes() throws Exception {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                Long.toString(node.pid()),
                "GC.class_histogram")
            .redirectErrorStream(true)
            .start();
    String histogram = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    String total =
        histogram.lines().filter(line -> line.startsWith("Total")).findFirst().orElse(histogram);
    return Long.parseLong(total.strip().split("\\s+", -1)[2]);
  }

  private static String get(Socket connection) throws IOException {
    send(connection, "/_dawncache/g/key");
    BufferedReader answer =
        new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
    return answer.readLine();
  }

  private static String page(Socket connection, String path) throws IOException {
    send(connection, path);
    byte[] bytes = new byte[64 << 10];
    StringBuilder page = new StringBuilder();
    while (!page.toString().endsWith("}\n")) {
      int read = connection.getInputStream().read(bytes);
      assertTrue(read > 0, "the node has closed the connection");
      page.append(new String(bytes, 0, read, UTF_8));
    }
    return page.toString();
  }

  private static void send(Socket connection, String path) throws IOException {
    connection
        .getOutputStream()
        .write(("GET " + path + " HTTP/1.1\r\nHost: node\r\n\r\n").getBytes(UTF_8));
  }
}
