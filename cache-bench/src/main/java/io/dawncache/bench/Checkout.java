package io.dawncache.bench;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The state of the sources, by git. */
public final class Checkout {
  private Checkout() {}

  /**
   * Returns the commit checked out in {@code folder}, with {@code +changes} appended if any file
   * has changed since; {@code unknown} if there is no git, or the folder is not in a checkout.
   */
  public static String commit(Path folder) {
    String head = git(folder, "rev-parse", "HEAD");
    String changes = git(folder, "status", "--porcelain");
    if (head == null || changes == null) {
      return "unknown";
    }
    return changes.isEmpty() ? head : head + "+changes";
  }

  /** Returns the output of a git command, or null if it fails. */
  private static @Nullable String git(Path folder, String... arguments) {
    List<String> command = new ArrayList<>(List.of("git", "--no-optional-locks"));
    command.addAll(List.of(arguments));
    try {
      Process git =
          new ProcessBuilder(command)
              .directory(folder.toAbsolutePath().toFile())
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      String said = new String(git.getInputStream().readAllBytes(), UTF_8).strip();
      return git.waitFor() == 0 ? said : null;
    } catch (IOException e) {
      return null;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}
