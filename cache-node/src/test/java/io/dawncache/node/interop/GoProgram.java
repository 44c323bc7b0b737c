package io.dawncache.node.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The program of a Go node, built from {@code src/test/go/node.go} once a JVM. The build is offline
 * and touches nothing outside {@code target}: the libraries are Debian's.
 */
final class GoProgram {
  private static final String PACKAGES =
      "golang-go golang-github-golang-groupcache-dev"
          + " golang-github-golang-protobuf-1-5-dev golang-google-protobuf-dev";

  /** Where Debian's Go packages lie. */
  private static final String GOPATH = "/usr/share/gocode";

  private static final Object BUILDING = new Object();

  @GuardedBy("BUILDING")
  private static @Nullable Path built;

  private GoProgram() {}

  /**
   * Returns the program, building it first if this JVM has not.
   *
   * @throws IllegalStateException if Go or its packages are missing, or the build fails
   */
  static Path path() {
    synchronized (BUILDING) {
      if (built == null) {
        built = build();
      }
      return built;
    }
  }

  private static Path build() {
    Path module = NodeProcess.ROOT.resolve("cache-node");
    Path target = module.resolve("target/go");
    Path program = target.resolve("node");
    Path source = module.resolve("src/test/go/node.go");
    Path log = target.resolve("build.log");

    ProcessBuilder go = new ProcessBuilder("go", "build", "-o", "" + program, "" + source);
    go.environment()
        .putAll(
            Map.of(
                "GO111MODULE", "off",
                "GOPATH", GOPATH,
                "GOFLAGS", "",
                "CGO_ENABLED", "0", // so that no C compiler is needed
                "GOCACHE", "" + target.resolve("cache")));
    go.redirectErrorStream(true).redirectOutput(log.toFile());
    try {
      Files.createDirectories(target);
      int status = go.start().waitFor();
      if (status != 0) {
        throw unbuilt("go build ended with " + status + ":\n" + Files.readString(log, UTF_8), null);
      }
      return program;
    } catch (IOException e) {
      throw unbuilt(e.getMessage(), e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw unbuilt("interrupted", e);
    }
  }

  private static IllegalStateException unbuilt(String why, @Nullable Exception cause) {
    return new IllegalStateException(
        "no Go node to test with (expected: apt-get install " + PACKAGES + "): " + why, cause);
  }
}
