package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** The node program of an earlier commit, built from the repository's own history. */
final class EarlierVersion {
  private static final Path COMMIT_FILE = Path.of("cache-node/src/test/earlier-commit");
  private static final long BUILD_MINUTES = 5;

  private EarlierVersion() {}

  /**
   * Builds the commit that the file {@code earlier-commit} names, with the Maven on the path and
   * the local repository of this run.
   *
   * @param root the top folder of the repository
   * @param folder an empty folder, which becomes the top folder of the earlier commit
   * @throws IOException if the repository's history is not here, or the build fails
   */
  static void build(Path root, Path folder) throws IOException, InterruptedException {
    String commit = Files.readString(root.resolve(COMMIT_FILE)).strip();
    Path archive = folder.resolve("earlier.tar");
    List<String> git = List.of("git", "archive", "--output=" + archive, commit);
    Ended archived = run(root, git);
    if (archived.exitCode != 0) {
      throw new IOException(
          COMMIT_FILE
              + ": "
              + commit
              + " cannot be read (expected: a clone with the whole history, such as by git fetch"
              + " --unshallow): "
              + archived.said);
    }
    succeed(folder, List.of("tar", "-xf", archive.toString()));
    var maven =
        new ArrayList<>(
            List.of("mvn", "--batch-mode", "-q", "-Dmaven.test.skip=true", "-Denforcer.skip"));
    String repository = System.getProperty("localRepository"); // surefire's word for it
    if (repository != null) {
      maven.add("-Dmaven.repo.local=" + repository);
    }
    maven.addAll(List.of("-pl", "cache-node", "-am", "package"));
    succeed(folder, maven);
  }

  /** Runs a command, which must end with 0. */
  static void succeed(Path folder, List<String> command) throws IOException, InterruptedException {
    Ended ran = run(folder, command);
    if (ran.exitCode != 0) {
      throw new IOException(String.join(" ", command) + ": " + ran.exitCode + ": " + ran.said);
    }
  }

  private record Ended(int exitCode, String said) {}

  private static Ended run(Path folder, List<String> command)
      throws IOException, InterruptedException {
    File said = Files.createTempFile("earlier", ".txt").toFile();
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(said);
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("MAVEN_OPTS", "-XX:TieredStopAtLevel=1"); // a short life
    Process process = builder.start();
    try {
      if (!process.waitFor(BUILD_MINUTES, TimeUnit.MINUTES)) {
        throw new IOException(
            String.join(" ", command) + ": not done in " + BUILD_MINUTES + " minutes");
      }
      return new Ended(process.exitValue(), Files.readString(said.toPath(), UTF_8).strip());
    } finally {
      process.destroyForcibly();
      Files.delete(said.toPath());
    }
  }
}
