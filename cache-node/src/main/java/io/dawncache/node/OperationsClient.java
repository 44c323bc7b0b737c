package io.dawncache.node;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.URLEncoder;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * The operations listener of a node, as commands ask it: where it is, and how answers are shown.
 */
final class OperationsClient {
  /** More than the listener takes for an answer. */
  static final Duration TIMEOUT = Duration.ofSeconds(40);

  @Spec(Spec.Target.MIXEE)
  @SuppressWarnings("NullAway.Init") // picocli sets it
  private CommandSpec command;

  @Option(
      names = "--operations",
      paramLabel = "URL",
      description = "The operations listener of a node; http://127.0.0.1:9001 by default.")
  private NodeUrl operations = NodeUrl.parse("http://127.0.0.1:9001");

  @Option(names = "--json", description = "Print the node's answer as it is.")
  private boolean asJson;

  /** Made by picocli. */
  OperationsClient() {}

  /** GETs a page, prints the answer, and returns the exit code. */
  int get(String path, Map<String, String> parameters) throws IOException, InterruptedException {
    String query =
        parameters.entrySet().stream()
            .map(parameter -> parameter.getKey() + "=" + encoded(parameter.getValue()))
            .collect(Collectors.joining("&", "?", ""));
    return show(client -> client.get(operations, path + query));
  }

  /** POSTs an object, prints the answer, and returns the exit code. */
  int post(String path, Map<String, ?> body) throws IOException, InterruptedException {
    return show(client -> client.post(operations, path, new Gson().toJson(body)));
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, UTF_8).replace("+", "%20");
  }

  private interface Request {
    HttpResponse<byte[]> send(NodeClient client) throws IOException, InterruptedException;
  }

  private int show(Request request) throws IOException, InterruptedException {
    HttpResponse<byte[]> answer;
    try {
      answer = request.send(new NodeClient(TIMEOUT));
    } catch (IOException e) {
      throw new IOException(operations.text() + ": " + Program.reason(e), e);
    }
    String text = new String(answer.body(), UTF_8);
    if (answer.statusCode() != 200) {
      return Program.complain(line(), operations.text() + ": " + why(answer, text), Program.FAILED);
    }
    print(text);
    return isEverywhere(text) ? 0 : Program.FAILED;
  }

  private CommandLine line() {
    return command.commandLine();
  }

  private void print(String text) {
    JsonObject object = asJson ? null : object(text);
    List<String> lines = object == null ? text.stripTrailing().lines().toList() : lines(object);
    lines.forEach(line().getOut()::println);
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
