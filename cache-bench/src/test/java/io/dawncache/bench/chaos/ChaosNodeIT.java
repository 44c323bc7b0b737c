package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is done to the process of a node, which is a shell here. */
final class ChaosNodeIT {
  private final Path log;
  private final ChaosNode node;
  private List<String> command = List.of();

  ChaosNodeIT(@TempDir Path folder) {
    log = folder.resolve("node.log");
    node =
        new ChaosNode(
            1, new Shell(), folder.resolve("members"), "http://127.0.0.1:80/1/{key}", log);
  }

  @AfterEach
  void close() {
    node.close();
  }

  @Test
  void aNodeIsStartedWithItsOptionsWhereTheNetworkSays() {
    String line = String.join(" ", command);
    for (String part :
        List.of(
            "NodeMain",
            " -Xmx256m ",
            " --listen 127.0.0.1:8001 ",
            " --discovery file:" + log.resolveSibling("members"),
            " --group chaos=http://127.0.0.1:80/1/{key}")) {
      assertTrue(line.contains(part), line);
    }
    assertEquals("http://127.0.0.1:8001", node.url());
  }

  @Test
  void aNodeThatIsNotStartedIsNotAliveAndCannotBeKilled() {
    assertFalse(node.isAlive());
    IllegalStateException thrown = assertThrows(IllegalStateException.class, node::kill);
    assertEquals("http://127.0.0.1:8001: not started", thrown.getMessage());
    node.close(); // nothing to do
  }

  @Test
  void aKilledNodeIsStartedAgainAsAnotherProcess() throws Exception {
    node.start();
    ProcessHandle first = ProcessHandle.of(node.pid()).orElseThrow();
    assertTrue(node.isAlive());

    node.kill();
    assertFalse(node.isAlive());
    assertFalse(first.isAlive());

    node.start();
    assertTrue(node.isAlive());
    assertTrue(node.pid() != first.pid());
  }

  @Test
  void aTerminatedNodeEndsByItselfAndItsLogIsKept() throws Exception {
    node.start();
    awaitLine("started");

    node.terminate();

    assertFalse(node.isAlive());
    assertEquals(List.of("started", "terminated"), Files.readAllLines(log));
  }

  @Test
  void aStoppedNodeIsEndedToo() throws Exception {
    node.start();
    CompletableFuture<ProcessHandle> ended = ProcessHandle.of(node.pid()).orElseThrow().onExit();
    node.signal("STOP");

    node.close();

    ended.get(10, TimeUnit.SECONDS);
    assertFalse(node.isAlive());
  }

  @Test
  void aSignalThatNobodyReceivesIsAFault() throws Exception {
    node.start();
    IOException thrown = assertThrows(IOException.class, () -> node.signal("NOSUCH"));
    assertTrue(thrown.getMessage().startsWith("kill -NOSUCH: failed"), thrown::getMessage);
  }

  private void awaitLine(String line) throws IOException {
    while (!Files.readAllLines(log).contains(line)) {
      assertTrue(node.isAlive(), "it lives until it is terminated");
      Thread.onSpinWait();
    }
  }

  /** Runs a shell in place of a node. */
  private final class Shell implements Network {
    @Override
    public String originHost() {
      return "127.0.0.1";
    }

    @Override
    public InetSocketAddress address(int number) {
      return InetSocketAddress.createUnresolved("127.0.0.1", 8000 + number);
    }

    @Override
    public List<String> command(int number, List<String> wanted) {
      command = wanted;
      return List.of(
          "sh",
          "-c",
          "trap 'echo terminated; exit' TERM; echo started; while :; do sleep 0.1; done");
    }

    @Override
    public void close() {}
  }
}
