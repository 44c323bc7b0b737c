package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The packages of {@code scripts/package}, unpacked and run. */
@Tag("thorough")
@Timeout(value = 5, unit = TimeUnit.MINUTES)
class PackageIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();

  @TempDir private Path temp;

  private String run(Path folder, String... command) throws Exception {
    Path out = Files.createTempFile(temp, "out", "");
    Process process = process(folder, List.of(command)).redirectOutput(out.toFile()).start();
    int exitCode = process.waitFor();
    String text = Files.readString(out);
    assertEquals(0, exitCode, () -> String.join(" ", command) + "\n" + text + log());
    return text;
  }

  private ProcessBuilder process(Path folder, List<String> command) {
    ProcessBuilder builder = new ProcessBuilder(command).directory(folder.toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("XDG_CACHE_HOME", temp.resolve("cache").toString());
    return builder.redirectError(temp.resolve("log").toFile());
  }

  private String log() {
    try {
      return Files.readString(temp.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  private List<Path> packages(String folder) throws Exception {
    Path to = temp.resolve(folder);
    run(temp, ROOT.resolve("scripts/package").toString(), to.toString());
    try (Stream<Path> files = Files.list(to)) {
      return files.sorted().toList();
    }
  }

  /** Runs the sample configuration with a command, and asks for a value of each group. */
  private void serves(Path folder, String dawncache, String config) throws Exception {
    List<String> command = new ArrayList<>(List.of(dawncache, "serve", "--config", config));
    command.addAll(List.of("--listen", "127.0.0.1:0"));
    Process node = process(folder, command).start();
    try {
      String serving = node.inputReader().readLine();
      assertTrue(serving != null && serving.startsWith("serving scores, players at "), this::log);
      String url = serving.replaceAll(".* at (\\S+),.*", "$1");
      assertEquals("630", run(folder, dawncache, "get", "--node", url, "scores", "Tom"));
      assertTrue(
          run(folder, dawncache, "get", "--node", url, "players", "player-7").contains("player-7"));
      assertTrue(run(folder, dawncache, "members", url).contains("players"));

      node.toHandle().destroy(); // keeps what it prints readable
      assertEquals("stopped", node.inputReader().readLine());
    } finally {
      node.destroy();
      assertTrue(node.waitFor(60, TimeUnit.SECONDS));
    }
  }

  @Test
  void theyServeTheSampleAndAreTheSameBytesEachTime() throws Exception {
    List<Path> first = packages("first");
    List<Path> second = packages("second");
    assertEquals(3, first.size(), first::toString);
    for (int i = 0; i < first.size(); i++) {
      assertEquals(-1, Files.mismatch(first.get(i), second.get(i)), first.get(i)::toString);
    }

    Path unpacked = Files.createDirectory(temp.resolve("unpacked"));
    run(unpacked, "tar", "xf", first.get(0).toString());
    Path folder;
    try (Stream<Path> all = Files.list(unpacked)) {
      folder = all.findAny().orElseThrow();
    }
    serves(folder, folder.resolve("bin/dawncache").toString(), "conf/dawncache.yaml");

    Path installed = temp.resolve("installed");
    run(temp, "dpkg-deb", "-x", first.get(2).toString(), installed.toString());
    Path share = installed.resolve("usr/share/dawncache");
    serves(
        share,
        share.resolve("scripts/dawncache").toString(),
        installed.resolve("etc/dawncache/dawncache.yaml").toString());
    String unit = Files.readString(installed.resolve("lib/systemd/system/dawncache.service"));
    assertTrue(
        unit.contains("ExecStart=/usr/bin/dawncache serve --config /etc/dawncache/dawncache.yaml"),
        unit);
  }
}
