package io.dawncache.micrometer;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** Prometheus's own checks of what it would scrape. */
final class Promtool {
  private static final Path PROGRAM =
      Stream.of("/usr/bin/promtool", "/usr/local/bin/promtool", "/opt/homebrew/bin/promtool")
          .map(Path::of)
          .filter(Files::isExecutable)
          .findFirst()
          .orElseThrow(
              () -> new AssertionError("no promtool here (expected: apt-get install prometheus)"));

  private Promtool() {}

  /** Fails if promtool finds anything wrong with {@code metrics}, be it only a name. */
  static void check(String metrics) throws IOException, InterruptedException {
    run(metrics, "check", "metrics");
  }

  /** Runs promtool, which reads {@code input}; fails unless it finds everything right. */
  static void run(String input, String... arguments) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(List.of(PROGRAM.toString()));
    command.addAll(List.of(arguments));
    Process promtool = new ProcessBuilder(command).redirectErrorStream(true).start();
    try (OutputStream standardInput = promtool.getOutputStream()) {
      standardInput.write(input.getBytes(UTF_8));
    }
    String output = new String(promtool.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, promtool.waitFor(), output + input);
  }
}
