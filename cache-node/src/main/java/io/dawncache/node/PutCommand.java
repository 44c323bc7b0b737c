package io.dawncache.node;

import io.dawncache.node.text.TimeSpan;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** The command {@code dawncache put}: has a node put a value, from the command line or a file. */
@Command(
    name = "put",
    description = "Puts a value, if the group's remote-changes are all.",
    customSynopsis = "dawncache put [OPTIONS] GROUP KEY (VALUE | --file FILE | -)",
    footer = {
      "",
      "Exit code: 0 the key's owner holds the value, and every member has forgotten the former one;",
      "1 refused, not reached, or not everywhere; 2 the command line is wrong."
    })
final class PutCommand implements Callable<Integer> {
  /** What is left in a request when the value is in Base64, with room for key and group. */
  private static final int MOST_BYTES = 3_000_000;

  private static final String STANDARD_INPUT = "-";

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it, as well as the parameters
  private CommandSpec spec;

  @Mixin
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private OperationsClient node = new OperationsClient();

  @Mixin
  @SuppressWarnings("FieldCanBeFinal")
  private OperateMain.OneKey one = new OperateMain.OneKey();

  @Parameters(
      index = "2",
      arity = "0..1",
      paramLabel = "VALUE",
      description =
          "The value as a text, behind -- if it begins with -; - is the bytes of standard input.")
  private @Nullable String value;

  @Option(names = "--file", paramLabel = "FILE", description = "A file with the value's bytes.")
  private @Nullable Path file;

  @Option(
      names = "--ttl",
      paramLabel = "TIME",
      description = "The value's TTL, such as 500ms, 10s or 5m; by default that of the group.")
  private @Nullable TimeSpan ttl;

  /** Made by picocli. */
  PutCommand() {}

  @Override
  public Integer call() throws IOException, InterruptedException {
    Map<String, Object> body = new LinkedHashMap<>(one.names());
    if ((value == null) == (file == null)) {
      throw new ParameterException(
          spec.commandLine(),
          "VALUE, --file: " + (value == null ? "missing" : "both") + " (expected: one of them)");
    } else if (file != null) {
      try (InputStream bytes = Files.newInputStream(file)) {
        body.put("base64", base64(bytes, file.toString()));
      }
    } else if (STANDARD_INPUT.equals(value)) {
      body.put("base64", base64(System.in, "standard input"));
    } else {
      body.put("value", value);
    }
    if (ttl != null) {
      body.put("ttlSeconds", ttl.duration().toMillis() / 1e3);
    }
    return node.post("/put", body);
  }

  private static String base64(InputStream in, String name) throws IOException {
    byte[] bytes = in.readNBytes(MOST_BYTES + 1);
    if (bytes.length > MOST_BYTES) {
      throw new IOException(name + ": too long (expected: <= " + MOST_BYTES + " bytes)");
    }
    return Base64.getEncoder().encodeToString(bytes);
  }
}
