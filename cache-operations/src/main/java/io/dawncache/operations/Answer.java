package io.dawncache.operations;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.Gson;
import com.google.gson.GsonBuilder;
import io.dawncache.core.GetException;
import io.dawncache.core.NotFoundException;
import io.dawncache.core.OutcomeUnknownException;
import io.dawncache.core.OverloadedException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeoutException;

/** What is sent for a request: a status, and a body that is whole. */
final class Answer {
  private static final String JSON = "application/json";
  private static final Gson GSON =
      new GsonBuilder().disableHtmlEscaping().setPrettyPrinting().create();

  private final int status;
  private final String contentType;
  private final byte[] body;

  Answer(int status, String contentType, byte[] body) {
    this.status = status;
    this.contentType = contentType;
    this.body = body;
  }

  static Answer text(int status, String text) {
    return new Answer(status, "text/plain; charset=utf-8", text.getBytes(UTF_8));
  }

  /** Makes an answer of maps, lists, texts and numbers. */
  static Answer json(int status, Object value) {
    return ofJson(status, GSON.toJson(value) + "\n");
  }

  static Answer ofJson(int status, String json) {
    return new Answer(status, JSON, json.getBytes(UTF_8));
  }

  static Answer of(Problem problem) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("title", problem.title());
    fields.put("status", problem.status());
    fields.put("detail", String.valueOf(problem.getMessage()));
    byte[] body = (GSON.toJson(fields) + "\n").getBytes(UTF_8);
    return new Answer(problem.status(), "application/problem+json", body);
  }

  /** Makes the answer of a request whose work has failed. */
  static Answer failed(Throwable thrown) {
    Throwable cause =
        thrown instanceof CompletionException && thrown.getCause() != null
            ? thrown.getCause()
            : thrown;
    String detail = String.valueOf(cause.getMessage());
    if (cause instanceof Problem problem) {
      return of(problem);
    } else if (cause instanceof IllegalArgumentException) {
      return of(Problem.badRequest(detail));
    } else if (cause instanceof NotFoundException) {
      return of(Problem.notFound(detail));
    } else if (cause instanceof OverloadedException || cause instanceof IllegalStateException) {
      return of(new Problem(503, "Not available now", detail));
    } else if (cause instanceof GetException) {
      return of(new Problem(502, "The origin failed", detail));
    } else if (cause instanceof OutcomeUnknownException) {
      return of(new Problem(504, "The outcome is unknown", detail));
    } else if (cause instanceof TimeoutException) {
      return of(new Problem(504, "No end in time", "it goes on, and its end is not known yet"));
    }
    return of(new Problem(500, "Failed", cause.toString()));
  }

  int status() {
    return status;
  }

  String contentType() {
    return contentType;
  }

  /** Returns the body itself; nobody changes it. */
  byte[] body() {
    return body;
  }
}
