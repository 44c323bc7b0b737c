package io.dawncache.bench.load;

import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine.MissingParameterException;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.OverwrittenOptionException;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;
import picocli.CommandLine.UnmatchedArgumentException;

/** What picocli found wrong with a command line, in our form: the value, then the expectation. */
public final class WrongOption {
  private WrongOption() {}

  /** Returns the message for standard error. */
  public static String message(ParameterException e) {
    List<String> unmatched =
        e instanceof UnmatchedArgumentException wrong
            ? wrong.getUnmatched()
            : e instanceof MissingParameterException
                ? e.getCommandLine().getUnmatchedArguments() // a misspelt option leaves one missing
                : List.of();
    if (!unmatched.isEmpty()) {
      return unmatched.get(0)
          + ": no such option (expected: one of "
          + e.getCommandLine().getCommandSpec().options().stream()
              .map(OptionSpec::longestName)
              .collect(Collectors.joining(", "))
          + ")";
    }
    if (e instanceof MissingParameterException missing) {
      ArgSpec first = missing.getMissing().get(0);
      return name(first) + ": missing (expected: " + name(first) + " " + first.paramLabel() + ")";
    }
    if (e instanceof OverwrittenOptionException twice) {
      return name(twice.getOverwritten()) + ": given twice (expected: once)";
    }
    ArgSpec option = e.getArgSpec();
    if (option == null) {
      return String.valueOf(e.getMessage());
    }
    if (e.getCause() instanceof TypeConversionException told) {
      String message = String.valueOf(told.getMessage());
      if (message.contains(" (expected: ")) { // one of our converters made the message
        return name(option) + ": " + message;
      }
    }
    return name(option) + ": " + e.getValue() + " (expected: a number)";
  }

  private static String name(ArgSpec argument) {
    return argument instanceof OptionSpec option ? option.longestName() : argument.paramLabel();
  }
}
