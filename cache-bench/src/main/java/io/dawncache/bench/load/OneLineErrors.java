package io.dawncache.bench.load;

import java.io.IOException;
import picocli.CommandLine;

/**
 * What a command prints of a wrong command line and of a failure: one line on standard error. Any
 * other exception is a bug, of which picocli prints the stack.
 */
public final class OneLineErrors {
  private OneLineErrors() {}

  /** Makes a command end with these exit codes. */
  public static void handle(CommandLine line, int wrongCommandLine, int failed) {
    line.setParameterExceptionHandler(
        (e, arguments) -> print(line, WrongOption.message(e), wrongCommandLine));
    line.setExecutionExceptionHandler(
        (e, ended, parsed) -> {
          if (e instanceof IOException) {
            return print(line, String.valueOf(e.getMessage()), failed);
          }
          throw e;
        });
  }

  /** Prints a message, and returns the exit code. */
  static int print(CommandLine line, String message, int exitCode) {
    line.getErr().println(line.getCommandName() + ": " + oneLine(message));
    line.getErr().flush();
    return exitCode;
  }

  /** Returns a text without its line breaks. */
  public static String oneLine(String text) {
    return text.replaceAll("\\s*\\R\\s*", " ");
  }
}
