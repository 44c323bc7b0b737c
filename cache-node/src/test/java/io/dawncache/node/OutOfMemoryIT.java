package io.dawncache.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.node.origin.Origin;
import io.dawncache.server.wire.NodeUrl;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Real nodes that run out of memory end, soon, with their own exit code, and say why. */
@Timeout(60)
class OutOfMemoryIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();
  private static final int SOON_SECONDS = 5;
  private static final int VALUE_BYTES = 1 << 20;

  private final List<Process> nodes = new ArrayList<>();

  @TempDir private Path temp;

  @AfterEach
  void leaveNoProcess() throws Exception {
    for (Process node : nodes) {
      node.destroyForcibly().waitFor();
    }
  }

  @Test
  void aNodeWhoseHeapIsExhaustedEnds() throws Exception {
    assertEnds("Java heap space", "hoard:heap", "-Xmx48m");
  }

  @Test
  void aNodeWhoseGetterExhaustsTheDirectBuffersEnds() throws Exception {
    assertEnds("direct buffer memory", "hoard:direct", "-XX:MaxDirectMemorySize=16m");
  }

  @Test
  void aNodeWhoseEventLoopExhaustsTheDirectBuffersEnds() throws Exception {
    Files.write(temp.resolve("key"), new byte[VALUE_BYTES]);
    assertEnds("direct", "files:" + temp, "-XX:MaxDirectMemorySize=32k");
  }

  /** Asks a node for one key, which takes more memory than there is. */
  private void assertEnds(String why, String origin, String jvmOption) throws Exception {
    Path said = temp.resolve("said.txt");
    Process node = start(origin, jvmOption, said);
    String serving = node.inputReader().readLine();
    assertNotNull(serving, () -> text(said));
    NodeUrl url = NodeUrl.parse(serving.replaceAll(".* at |, alone", ""));

    try (Socket client = new Socket(url.host(), url.port())) {
      String get = "GET /_dawncache/g/key HTTP/1.1\r\nHost: node\r\n\r\n";
      client.getOutputStream().write(get.getBytes(US_ASCII));
      assertTrue(node.waitFor(SOON_SECONDS, TimeUnit.SECONDS), () -> "goes on: " + text(said));
    }
    assertEquals(OutOfMemory.EXIT_CODE, node.exitValue(), () -> text(said));
    assertTrue(text(said).contains(why), () -> text(said));
  }

  private Process start(String origin, String jvmOption, Path said) throws Exception {
    Path services = Files.createDirectories(temp.resolve("jar/META-INF/services"));
    Files.writeString(services.resolve(Origin.class.getName()), HoardOrigin.class.getName());
    Path testClasses =
        Path.of(HoardOrigin.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    ProcessBuilder builder =
        new ProcessBuilder(
                ROOT.resolve("scripts/node").toString(),
                "--listen",
                "127.0.0.1:0",
                "--group",
                "g=" + origin)
            .redirectError(said.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("DAWNCACHE_JAVA_OPTS", jvmOption);
    builder
        .environment()
        .put("DAWNCACHE_CLASSPATH", temp.resolve("jar") + File.pathSeparator + testClasses);
    Process node = builder.start();
    nodes.add(node);
    return node;
  }

  private static String text(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      return e.toString();
    }
  }
}
