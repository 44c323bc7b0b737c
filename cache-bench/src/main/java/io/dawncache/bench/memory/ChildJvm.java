package io.dawncache.bench.memory;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.JavaCommand;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;

/** A program that prints numbers, in a separate JVM on this JVM's JDK and class path. */
final class ChildJvm {
  private ChildJvm() {}

  /**
   * Runs {@code main} to its end; its standard error goes to ours.
   *
   * @param options of the JVM
   * @param arguments of the program
   * @return the numbers that it printed
   * @throws IOException if it fails, or prints something else
   */
  static long[] run(Class<?> main, List<String> options, Object... arguments) throws IOException {
    List<String> command = JavaCommand.of(main, options, arguments);
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    Thread ending = new Thread(process::destroyForcibly);
    Runtime.getRuntime().addShutdownHook(ending);
    try {
      String printed = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      int exitCode = process.waitFor();
      if (exitCode != 0) {
        throw new IOException(String.join(" ", command) + ": exit code " + exitCode);
      }
      return Arrays.stream(printed.split("\\s+")).mapToLong(Long::parseLong).toArray();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IOException(main.getName() + ": interrupted", e);
    } catch (NumberFormatException e) {
      throw new IOException(main.getName() + ": no numbers: " + e.getMessage(), e);
    } finally {
      process.destroyForcibly();
      Runtime.getRuntime().removeShutdownHook(ending);
    }
  }
}
