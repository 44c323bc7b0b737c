package io.dawncache.node;

import io.dawncache.node.text.ByteSize;
import io.dawncache.node.text.Choice;
import io.dawncache.node.text.TimeSpan;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.io.PrintWriter;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.TypeConversionException;

/**
 * What our command lines have in common. A wrong one prints one line on standard error, the value
 * first and then the expectation, and exits with 2. A failure outside the program prints one line,
 * too, and exits with 1.
 */
final class Program {
  static final int FAILED = 1;
  static final int WRONG_COMMAND_LINE = 2;

  private Program() {}

  /**
   * Makes output and log the same in every locale: programs read them, and some locales have other
   * digits.
   */
  static void useOneLocale() {
    Locale.setDefault(Locale.ROOT);
  }

  /** Returns the command line of {@code command}, ready to execute. */
  static CommandLine commandLine(Object command, PrintWriter out, PrintWriter err) {
    CommandLine line = new CommandLine(command);
    line.setOut(out);
    line.setErr(err);
    line.setExpandAtFiles(false); // a key may begin with @
    line.registerConverter(NodeUrl.class, reading(NodeUrl::parse));
    line.registerConverter(Dialect.class, reading(text -> Choice.parse(Dialect.class, text)));
    line.registerConverter(TopColumn.class, reading(text -> Choice.parse(TopColumn.class, text)));
    line.registerConverter(ByteSize.class, reading(ByteSize::parse));
    line.registerConverter(TimeSpan.class, reading(TimeSpan::parse));
    line.setParameterExceptionHandler(
        (e, arguments) -> complain(line, WrongCommandLine.message(e), WRONG_COMMAND_LINE));
    line.setExecutionExceptionHandler(
        (e, failed, parsed) -> {
          if (e instanceof IOException) {
            return complain(line, reason(e), FAILED);
          }
          throw e; // a bug: picocli prints its stack and exits with 1
        });
    return line;
  }

  /** Returns the message of {@code error}, or its class if it has none. */
  static String reason(Throwable error) {
    String message = error.getMessage();
    return message == null ? error.getClass().getSimpleName() : message;
  }

  private static <T> ITypeConverter<T> reading(Function<String, T> parse) {
    return text -> {
      try {
        return parse.apply(text);
      } catch (IllegalArgumentException e) {
        throw new TypeConversionException(reason(e));
      }
    };
  }

  /** Prints one line on standard error and returns {@code exitCode}. */
  static int complain(CommandLine line, String message, int exitCode) {
    line.getErr().println(line.getCommandName() + ": " + message.replaceAll("\\s*\\R\\s*", " "));
    line.getErr().flush();
    return exitCode;
  }
}
