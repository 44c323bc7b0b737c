package io.dawncache.node;

import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What picocli found wrong with a command line, in our form: the value, then the expectation. */
final class WrongCommandLine {
  private WrongCommandLine() {}

  /** Returns the message. */
  static String message(ParameterException e) {
    CommandSpec command = e.getCommandLine().getCommandSpec();
    List<String> unmatched = unmatched(e);
    if (!unmatched.isEmpty()) {
      return unmatched(command, unmatched.get(0));
    }
    if (e instanceof MissingParameterException missing) {
      return missing(command, missing.getMissing());
    }
    if (e instanceof OverwrittenOptionException twice) {
      return name(twice.getOverwritten()) + ": given twice (expected: once)";
    }
    ArgSpec argument = e.getArgSpec();
    return argument != null && e.getCause() instanceof TypeConversionException
        ? name(argument) + ": " + Program.reason(e.getCause())
        : Program.reason(e);
  }

  /** A misspelt option leaves the correct one missing; the message must name the misspelling. */
  private static List<String> unmatched(ParameterException e) {
    if (e instanceof UnmatchedArgumentException unmatched) {
      return unmatched.getUnmatched();
    }
    return e instanceof MissingParameterException
        ? e.getCommandLine().getUnmatchedArguments()
        : List.of();
  }

  private static String unmatched(CommandSpec command, String text) {
    if (!command.subcommands().isEmpty() && !text.startsWith("-")) {
      return text
          + ": no such command (expected: one of "
          + String.join(", ", command.subcommands().keySet())
          + ")";
    }
    return text.startsWith("-")
        ? text + ": no such option (expected: one of " + names(command.options()) + ")"
        : text + ": one argument too many (expected: " + synopsis(command) + ")";
  }

  private static String missing(CommandSpec command, Collection<ArgSpec> missing) {
    String expected =
        missing.stream().allMatch(ArgSpec::isOption)
            ? missing.stream()
                .map(option -> name(option) + " " + option.paramLabel())
                .collect(Collectors.joining(" "))
            : synopsis(command);
    return names(missing) + ": missing (expected: " + expected + ")";
  }

  private static String synopsis(CommandSpec command) {
    String[] custom = command.usageMessage().customSynopsis();
    if (custom.length == 0) {
      return new CommandLine.Help(command).synopsis(0).strip();
    }
    return Arrays.stream(custom)
        .map(line -> line.replace("%n", "").strip())
        .collect(Collectors.joining(" or "));
  }

  private static String names(Collection<? extends ArgSpec> arguments) {
    return arguments.stream().map(WrongCommandLine::name).collect(Collectors.joining(", "));
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
