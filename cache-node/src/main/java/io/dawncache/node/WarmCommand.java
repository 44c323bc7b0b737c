package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The command {@code dawncache warm}: has a node get the keys of a file, some at a time, so that no
 * request takes longer than ten seconds or so. Says on standard error how far it is.
 */
@Command(
    name = "warm",
    description = "Gets the keys that a file lists, one a line, so that they are held.",
    footer = "")
final class WarmCommand implements Callable<Integer> {
  private static final int SECONDS_A_REQUEST = 10;
  private static final int MOST_KEYS = 500;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it, as well as the parameters
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private OperationsClient node = new OperationsClient();

  @Mixin
  @SuppressWarnings("FieldCanBeFinal")
  private OperateMain.OneGroup one = new OperateMain.OneGroup();

  @Parameters(
      index = "1",
      paramLabel = "FILE",
      description = "The file, a key on each line; - is standard input.")
  @SuppressWarnings("NullAway.Init")
  private String file;

  @Option(
      names = "--rate",
      paramLabel = "N",
      description = "Keys a second, ${DEFAULT-VALUE} by default.")
  private int rate = 1_000;

  /** Made by picocli. */
  WarmCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (rate < 1) {
      throw new ParameterException(
          spec.commandLine(), "--rate: " + rate + " (expected: >= 1 key a second)");
    }
    long keysAtATime = Math.min((long) SECONDS_A_REQUEST * rate, MOST_KEYS);
    int exitCode = 0;
    List<String> keys = new ArrayList<>();
    long number = 0;
    try (BufferedReader lines = reader()) {
      for (String key = lines.readLine(); key != null; key = lines.readLine()) {
        number++;
        if (key.isBlank()) {
          exitCode = complain(file + ":" + number + ": empty (expected: a key)");
        } else {
          keys.add(key);
        }
        if (keys.size() == keysAtATime) {
          exitCode = Math.max(exitCode, warm(keys, number));
          keys.clear();
        }
      }
    }
    return keys.isEmpty() ? exitCode : Math.max(exitCode, warm(keys, number));
  }

  private int warm(List<String> keys, long number) throws IOException, InterruptedException {
    spec.commandLine().getErr().println("warm: to line " + number);
    return node.post("/warm", Map.of("group", one.group, "keys", keys, "keysPerSecond", rate));
  }

  private int complain(String mistake) {
    return Program.complain(spec.commandLine(), mistake, Program.FAILED);
  }

  private BufferedReader reader() throws IOException {
    return file.equals("-")
        ? new BufferedReader(new InputStreamReader(System.in, UTF_8))
        : Files.newBufferedReader(Path.of(file), UTF_8);
  }
}
