package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * The operations listeners of nodes, as commands ask them: where they are, and how answers are
 * shown.
 */
final class OperationsClient {
  /** More than the listener takes for an answer. */
  static final Duration TIMEOUT = Duration.ofSeconds(40);

  private static final Gson PRETTY =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--operations",
      paramLabel = "URL",
      description =
          "The operations listener of a node; http://127.0.0.1:9001 by default. May be repeated"
              + " where nodes are only asked.")
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private List<NodeUrl> nodes = List.of(NodeUrl.parse("http://127.0.0.1:9001"));

  @Mixin
  @SuppressWarnings("FieldCanBeFinal") // picocli sets it
  private ClientOptions options = new ClientOptions();

  @Option(
      names = "--json",
      description = "Print the node's answer as it is; of several nodes, by their URLs.")
  private boolean asJson;

  /** Made by picocli. */
  OperationsClient() {}

  /** GETs a page of each node, prints the answers, and returns the exit code. */
  int get(String path, Map<String, String> parameters) throws IOException, InterruptedException {
    String query =
        parameters.entrySet().stream()
            .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
            .collect(Collectors.joining("&", "?", ""));
    NodeClient client = options.client(TIMEOUT);
    if (nodes.size() == 1) {
      print(answered(nodes.get(0), () -> client.get(nodes.get(0), path + query)), "");
      return 0;
    }
    Map<NodeUrl, CompletableFuture<HttpResponse<byte[]>>> asked = new LinkedHashMap<>();
    nodes.forEach(node -> asked.computeIfAbsent(node, url -> client.getAsync(url, path + query)));
    return printAll(asked);
  }

  /** POSTs an object to the only node, prints the answer, and returns the exit code. */
  int post(String path, Map<String, ?> body) throws IOException, InterruptedException {
    if (nodes.size() > 1) {
      throw new ParameterException(line(), "--operations: given twice (expected: once)");
    }
    NodeUrl node = nodes.get(0);
    NodeClient client = options.client(TIMEOUT);
    String text = answered(node, () -> client.post(node, path, new Gson().toJson(body)));
    print(text, "");
    return isEverywhere(text) ? 0 : Program.FAILED;
  }

  /** Prints what each node answers under its URL; a node that does not answer has its line. */
  private int printAll(Map<NodeUrl, CompletableFuture<HttpResponse<byte[]>>> asked)
      throws InterruptedException {
    int exitCode = 0;
    JsonObject all = new JsonObject();
    for (var one : asked.entrySet()) {
      NodeUrl node = one.getKey();
      try {
        String text = answered(node, () -> NodeClient.end(one.getValue()));
        if (asJson) {
          JsonObject object = object(text);
          all.add(node.text(), object == null ? new JsonPrimitive(text) : object);
        } else {
          line().getOut().println(node.text() + ":");
          print(text, "  ");
        }
      } catch (IOException e) {
        exitCode =
            Program.complain(command.root().commandLine(), Program.reason(e), Program.FAILED);
      }
    }
    if (asJson) {
      line().getOut().println(PRETTY.toJson(all));
    }
    return exitCode;
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private interface Request {
    HttpResponse<byte[]> send() throws IOException, InterruptedException;
  }

  /**
   * Returns the body of an answer.
   *
   * @throws IOException if there is none, or the node refuses; says which node, and why
   */
  private static String answered(NodeUrl node, Request request)
      throws IOException, InterruptedException {
    HttpResponse<byte[]> answer;
    try {
      answer = request.send();
    } catch (IOException e) {
      throw new IOException(node.text() + ": " + Program.reason(e), e);
    }
    String text = new String(answer.body(), UTF_8);
    if (answer.statusCode() != 200) {
      throw new IOException(node.text() + ": " + why(answer, text));
    }
    return text;
  }

  private CommandLine line() {
    return command.commandLine();
  }

  private void print(String text, String indent) {
    JsonObject object = asJson ? null : object(text);
    List<String> lines = object == null ? text.stripTrailing().lines().toList() : lines(object);
    lines.forEach(one -> line().getOut().println(indent + one));
  }

  /** Returns an object's members, a line each; those of objects in a list on one line. */
  private static List<String> lines(JsonObject object) {
    List<String> lines = new ArrayList<>();
    for (Map.Entry<String, JsonElement> member : object.entrySet()) {
      JsonElement value = member.getValue();
      if (value.isJsonArray() && !value.getAsJsonArray().isEmpty()) {
        lines.add(member.getKey() + ":");
        value.getAsJsonArray().forEach(item -> lines.add("  " + onOneLine(item)));
      } else {
        lines.add(member.getKey() + ": " + onOneLine(value));
      }
    }
    return lines;
  }

  private static String onOneLine(JsonElement value) {
    if (value.isJsonPrimitive()) {
      return value.getAsString();
    }
    if (value.isJsonObject()) {
      List<String> members = new ArrayList<>();
      value
          .getAsJsonObject()
          .entrySet()
          .forEach(member -> members.add(member.getKey() + " " + onOneLine(member.getValue())));
      return String.join(", ", members);
    }
    return value.isJsonArray() && value.getAsJsonArray().isEmpty() ? "none" : value.toString();
  }

  /** Returns whether a change has reached all members. */
  private static boolean isEverywhere(String text) {
    JsonObject answer = object(text);
    return answer == null
        || !answer.has("unreached")
        || (answer.getAsJsonArray("unreached").isEmpty()
            && answer.getAsJsonArray("otherLists").isEmpty());
  }

  private static String why(HttpResponse<byte[]> answer, String text) {
    JsonObject problem = object(text);
    return problem != null && problem.has("detail")
        ? problem.get("detail").getAsString()
        : "status " + answer.statusCode() + " (expected: 200, from an operations listener)";
  }

  private static @Nullable JsonObject object(String text) {
    try {
      JsonElement parsed = JsonParser.parseString(text);
      return parsed.isJsonObject() ? parsed.getAsJsonObject() : null;
    } catch (JsonParseException e) {
      return null;
    }
  }
}
