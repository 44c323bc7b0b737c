package io.dawncache.bench.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A process with golang/groupcache's ring, which looks keys up on request. */
final class GoRing implements AutoCloseable {
  private static final String SOURCE = "ring.go";
  private static final String DEBIAN_GOPATH = "/usr/share/gocode";

  private final Process process;
  private final PrintWriter in;
  private final BufferedReader out;
  private final List<String> owners;

  /**
   * Compiles the program into {@code folder}.
   *
   * @throws IOException if there is no Go compiler, or no golang/groupcache in {@code GOPATH} or in
   *     Debian's folder
   */
  static Path compile(Path folder) throws IOException {
    Path source = folder.resolve(SOURCE);
    try (InputStream text = GoRing.class.getResourceAsStream(SOURCE)) {
      Files.write(source, text.readAllBytes());
    }
    Path program = folder.resolve("ring");
    ProcessBuilder compiler =
        new ProcessBuilder("go", "build", "-o", program.toString(), source.toString())
            .redirectErrorStream(true);
    Map<String, String> environment = compiler.environment();
    environment.put("GO111MODULE", "off");
    environment.putIfAbsent("GOPATH", DEBIAN_GOPATH);
    environment.put("GOCACHE", folder.resolve("cache").toString());
    Process compiling = compiler.start();
    String said = new String(compiling.getInputStream().readAllBytes(), UTF_8);
    if (exitCode(compiling) != 0) {
      throw new IOException("go build: " + said + " (expected: golang/groupcache in GOPATH)");
    }
    return program;
  }

  /** Starts {@code program} on a ring of {@code members}, to look up {@code keys} in turn. */
  GoRing(Path program, List<String> members, List<String> keys) throws IOException {
    process =
        new ProcessBuilder(program.toString())
            .redirectError(ProcessBuilder.Redirect.DISCARD)
            .start();
    in = new PrintWriter(process.outputWriter(UTF_8), true);
    out = process.inputReader(UTF_8);
    in.println(String.join(" ", members));
    in.println(String.join(" ", keys));
    owners = List.of(line().split(" "));
  }

  /** Returns the owner of each key. */
  List<String> owners() {
    return owners;
  }

  /** Looks up {@code lookUps} keys and returns the nanoseconds of CPU that they took. */
  long cpuNanos(int lookUps) throws IOException {
    in.println(lookUps);
    return Long.parseLong(line());
  }

  @Override
  public void close() {
    in.close();
    process.destroy();
  }

  private String line() throws IOException {
    @Nullable String line = out.readLine();
    if (line == null) {
      throw new IOException("ring.go: ended (expected: an answer)");
    }
    return line;
  }

  private static int exitCode(Process process) throws IOException {
    try {
      return process.waitFor();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException("go build: interrupted", e);
    }
  }
}
