package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.wire.NodeUrl;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A real node under a limit of open files; {@code AcceptsTest} has the end of its log. */
@Timeout(60)
class OpenFilesIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();
  private static final int ALLOWED = 100;
  private static final int CONNECTIONS = 200; // of which the backlog holds those not accepted

  private final List<Socket> connections = new ArrayList<>();
  private final List<String> lines = new ArrayList<>();

  @TempDir private Path temp;
  private Process node;

  @AfterEach
  void leaveNoProcess() throws Exception {
    for (Socket connection : connections) {
      connection.close();
    }
    if (node != null) {
      node.destroyForcibly().waitFor();
    }
  }

  @Test
  void aNodeThatMayOpenNoMoreFilesSaysSoServesOnAndAcceptsAgain() throws Exception {
    Files.writeString(temp.resolve("key"), "value");
    BufferedReader said = start();
    NodeUrl url =
        NodeUrl.parse(
            lineWith(said, line -> line.startsWith("serving ")).replaceAll(".* at |, alone", ""));
    Socket first = connect(url);
    assertEquals("HTTP/1.1 200 OK", get(first)); // a hit from now on

    while (connections.size() < CONNECTIONS) {
      connect(url);
    }
    String warning = lineWith(said, line -> line.contains(" no connection accepted on "));
    assertTrue(
        warning.matches(
            ".* WARNING .*:"
                + url.port()
                + ": Too many open files; connections open: [1-9][0-9]*, open files allowed: "
                + ALLOWED),
        warning);
    assertEquals("HTTP/1.1 200 OK", get(first));

    for (Socket connection : connections) {
      if (connection != first) {
        connection.close();
      }
    }
    assertEquals("HTTP/1.1 200 OK", get(connect(url)));
    node.toHandle().destroy(); // which leaves its output open
    lineWith(said, "stopped"::equals);
    assertEquals(List.of(warning), lines.stream().filter(l -> l.contains("WARNING")).toList());
  }

  private BufferedReader start() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
                "bash",
                "-c",
                "ulimit -n " + ALLOWED + " && exec \"$0\" \"$@\"",
                ROOT.resolve("scripts/node").toString(),
                "--listen",
                "127.0.0.1:0",
                "--group",
                "g=files:" + temp)
            .redirectErrorStream(true);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    node = builder.start();
    return new BufferedReader(new InputStreamReader(node.getInputStream(), UTF_8));
  }

  /** Waits until the node says a line that {@code isIt}. */
  private String lineWith(BufferedReader said, Predicate<String> isIt) throws IOException {
    for (String line = said.readLine(); line != null; line = said.readLine()) {
      lines.add(line);
      if (isIt.test(line)) {
        return line;
      }
    }
    throw new AssertionError("the node ended: " + lines);
  }

  private Socket connect(NodeUrl url) throws IOException {
    Socket connection = new Socket(url.host(), url.port());
    connections.add(connection);
    return connection;
  }

  /** Returns the status line of the answer. */
  private static String get(Socket connection) throws IOException {
    connection
        .getOutputStream()
        .write("GET /_dawncache/g/key HTTP/1.1\r\nHost: node\r\n\r\n".getBytes(UTF_8));
    BufferedReader answer =
        new BufferedReader(new InputStreamReader(connection.getInputStream(), UTF_8));
    return answer.readLine();
  }
}
