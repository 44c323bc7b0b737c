package io.dawncache.node.interop;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.NodeMain;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A node of golang/groupcache and one of ours, which ask each other with TLS. */
@Timeout(120)
class TlsInteropIT {
  private static final int REPLICAS = 50;

  @TempDir private Path folder;
  private final List<Process> nodes = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (Process node : nodes) {
      node.destroy();
      if (!node.waitFor(30, TimeUnit.SECONDS)) {
        node.destroyForcibly().waitFor();
      }
    }
  }

  private String run(String... command) throws Exception {
    Process process =
        new ProcessBuilder(command).directory(folder.toFile()).redirectErrorStream(true).start();
    String out = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), out);
    return out;
  }

  /** Starts a node, and waits for its first line. */
  private void start(List<String> command) throws IOException {
    Process node =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectError(ProcessBuilder.Redirect.INHERIT)
            .start();
    nodes.add(node);
    assertNotNull(node.inputReader().readLine(), () -> command + ": said nothing");
  }

  private static List<String> freeUrls() throws IOException {
    try (ServerSocket one = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        ServerSocket other = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return Stream.of(one, other)
          .map(socket -> "https://127.0.0.1:" + socket.getLocalPort())
          .toList();
    }
  }

  @Test
  void eachGetsTheOthersKeysFromIt() throws Exception {
    run(
        ("openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -noenc -days 9 -keyout n.key"
                + " -out n.crt -subj /CN=node -addext subjectAltName=IP:127.0.0.1")
            .split(" "));
    List<String> members = freeUrls();
    String go = members.get(0);
    String ours = members.get(1);
    Ring ring = Ring.of(Scheme.GROUPCACHE, REPLICAS, members);
    try (CountingOrigin origin = new CountingOrigin()) {
      start(
          List.of(
              "" + GoProgram.path(),
              "--listen=" + go.substring("https://".length()),
              "--self=" + go,
              "--peers=" + String.join(",", members),
              "--certificate=n.crt",
              "--key=n.key",
              "--origin=" + origin.template(0)));
      start(
          List.of(
              Path.of(System.getProperty("java.home"), "bin", "java").toString(),
              "-cp",
              System.getProperty("java.class.path"),
              NodeMain.class.getName(),
              "--listen",
              ours.substring("https://".length()),
              "--self",
              ours,
              "--peers",
              String.join(",", members),
              "--dialect",
              "groupcache",
              "--go-peers",
              "--tls-certificate",
              "n.crt",
              "--tls-key",
              "n.key",
              "--tls-ca",
              "n.crt",
              "--group",
              "scores=http:" + origin.template(1)));

      for (int owner = 0; owner < 2; owner++) {
        String key = keyOwnedBy(members.get(owner), ring);
        for (String asked : members) {
          String answer =
              run("curl", "-sS", "--cacert", "n.crt", asked + "/_groupcache/scores/" + key);

          assertTrue(answer.endsWith(CountingOrigin.value(owner, key)), asked + ": " + answer);
        }
        assertEquals(Map.of(key, 1), origin.loadsByKey());
        origin.forgetLoads();
      }
    }
  }

  private static String keyOwnedBy(String member, Ring ring) {
    return Stream.iterate(0, i -> i + 1)
        .map(i -> "key-" + i)
        .filter(key -> ring.owner(key).equals(member))
        .findFirst()
        .orElseThrow();
  }
}
