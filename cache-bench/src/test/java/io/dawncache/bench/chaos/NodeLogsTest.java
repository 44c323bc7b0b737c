package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class NodeLogsTest {
  @Test
  void reportsOfLeaksAndErrorsAreFoundAndNothingElse(@TempDir Path folder) throws IOException {
    Path log = folder.resolve("node-1.log");
    Files.writeString(
        log,
        """
        serving chaos at http://127.0.0.1:80
        2026-11-28 06:20:35 WARNING peer http://127.0.0.1:81: ejected, silent to a probe
        2026-11-28 06:20:36 SEVERE LEAK: ByteBuf.release() was not called
        Recent access records:
        2026-11-28 06:20:37 SEVERE a thread ended
        """);
    ChaosNode node =
        new ChaosNode(1, Network.loopback(new int[] {80}), log, "http://origin/{key}", log);

    NodeLogs logs = NodeLogs.read(List.of(node));

    assertEquals(
        List.of("node 1: 2026-11-28 06:20:36 SEVERE LEAK: ByteBuf.release() was not called"),
        logs.leaks());
    assertEquals(List.of("node 1: 2026-11-28 06:20:37 SEVERE a thread ended"), logs.errors());
  }
}
