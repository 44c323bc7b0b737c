package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.ByteView;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.Escape;
import io.dawncache.server.wire.GroupcacheCodec;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.Kind;
import io.dawncache.server.wire.NodeUrl;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PrintWriter;
import java.net.http.HttpResponse;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * The program {@code scripts/get}: asks a node for one key as a client does, over HTTP and
 * protobuf, and writes the value's bytes to standard output, nothing before or after them.
 *
 * <p>Exits with 1 if the key is not found, with 3 if there is no value for any other reason, and
 * with 2 if the command line is wrong; each after one line on standard error.
 */
@Command(
    name = "get",
    mixinStandardHelpOptions = true,
    versionProvider = Version.class,
    sortOptions = false,
    usageHelpWidth = 96,
    synopsisHeading = "Usage: ",
    customSynopsis = "get [OPTIONS] [--] GROUP KEY%n",
    description = "Asks a node for a key and writes the value's bytes to standard output.%n",
    footer = {
      "",
      "Exit code: 0 the value was written, 1 the key was not found, 2 the command line is wrong,"
          + " 3 no value for any other reason.",
      "",
      "Examples",
      "  get scores Tom",
      "  get --node http://127.0.0.1:8002 scores season-1/Tom"
    })
public final class GetMain implements Callable<Integer> {
  private static final int NOT_FOUND = 1;
  private static final int NO_VALUE = 3;

  /** More than a node's default time-out of a get, so that the node's answer says what happened. */
  private static final Duration TIMEOUT = Duration.ofSeconds(30);

  private final OutputStream values;

  @Spec
  @SuppressWarnings("NullAway.Init") // picocli sets it, as well as the parameters
  private CommandSpec spec;

  @Option(
      names = "--node",
      paramLabel = "URL",
      description = "Any node of the fleet; http://127.0.0.1:8001 by default.")
  private NodeUrl node = NodeUrl.parse("http://127.0.0.1:8001");

  @Option(
      names = "--dialect",
      paramLabel = "dawncache|groupcache|mailgun",
      description = "The fleet's protocol; dawncache by default.")
  private Dialect dialect = Dialect.DAWNCACHE;

  @Mixin
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private ClientOptions options = new ClientOptions();

  @Parameters(index = "0", paramLabel = "GROUP", description = "The group's name.")
  @SuppressWarnings("NullAway.Init")
  private String group;

  @Parameters(
      index = "1",
      paramLabel = "KEY",
      description = "The key; write -- before a key that begins with a dash.")
  @SuppressWarnings("NullAway.Init")
  private String key;

  GetMain(OutputStream values) {
    this.values = values;
  }

  /** Asks once and exits. */
  public static void main(String[] args) {
    Program.useOneLocale();
    OutOfMemory.endsProcess("get");
    PrintWriter out = new PrintWriter(System.out, true, UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, UTF_8);
    // Not System.out, which does not report a failed write.
    OutputStream values = new FileOutputStream(FileDescriptor.out);
    System.exit(commandLine(values, out, err).execute(args));
  }

  /** Returns the command line of a get that writes its value to {@code values}. */
  static CommandLine commandLine(OutputStream values, PrintWriter out, PrintWriter err) {
    return Program.commandLine(new GetMain(values), out, err);
  }

  @Override
  public Integer call() throws InterruptedException {
    if (group.isEmpty() || key.isEmpty()) {
      throw new ParameterException(
          spec.commandLine(), (group.isEmpty() ? "GROUP" : "KEY") + ": \"\" (expected: not empty)");
    }
    String path = dialect.basePath() + Escape.path(group) + "/" + Escape.path(key);
    try {
      HttpResponse<byte[]> answer = options.client(TIMEOUT).get(node, path);
      if (answer.statusCode() == 200) {
        write(GroupcacheCodec.decodeResponse(ByteBuffer.wrap(answer.body())));
        return 0;
      }
      return refused(answer);
    } catch (IOException e) {
      return complain(Program.reason(e), NO_VALUE);
    }
  }

  private void write(ByteView value) throws IOException {
    try {
      value.writeTo(values);
      values.flush();
    } catch (IOException e) {
      throw new IOException("standard output: " + Program.reason(e), e);
    }
  }

  private int refused(HttpResponse<byte[]> answer) {
    String status = answer.headers().firstValue(Headers.STATUS.toString()).orElse("");
    if (status.equals(Kind.NOT_FOUND.label())) {
      return complain("not found", NOT_FOUND);
    }
    String text = new String(answer.body(), UTF_8).strip();
    return complain(
        "status " + answer.statusCode() + (text.isEmpty() ? "" : ": " + text), NO_VALUE);
  }

  private int complain(String message, int exitCode) {
    return Program.complain(
        spec.commandLine(), group + "/" + key + " from " + node.text() + ": " + message, exitCode);
  }
}
