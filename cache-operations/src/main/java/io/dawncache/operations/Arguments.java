package io.dawncache.operations;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.google.gson.JsonParseException;
import com.google.gson.JsonParser;
import com.google.gson.JsonPrimitive;
import com.google.gson.Strictness;
import com.google.gson.stream.JsonReader;
import com.google.gson.stream.JsonToken;
import io.dawncache.core.ByteView;
import java.io.IOException;
import java.io.StringReader;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** The JSON object that an acting request has as its body. Its readers name what is wrong. */
final class Arguments {
  private final JsonObject object;

  private Arguments(JsonObject object) {
    this.object = object;
  }

  /**
   * Reads a body.
   *
   * @param allowed the names that it may have
   * @throws Problem if it is no JSON object, or has other names
   */
  static Arguments of(String body, String... allowed) throws Problem {
    if (body.isBlank()) {
      throw Problem.badRequest("body: none (expected: a JSON object)");
    }
    JsonElement read;
    try (JsonReader reader = new JsonReader(new StringReader(body))) {
      reader.setStrictness(Strictness.STRICT);
      read = JsonParser.parseReader(reader);
      if (reader.peek() != JsonToken.END_DOCUMENT) {
        throw new JsonParseException("more than one value");
      }
    } catch (IOException | JsonParseException | IllegalStateException e) {
      throw Problem.badRequest("body: no JSON (expected: an object): " + e.getMessage());
    }
    if (!(read instanceof JsonObject object)) {
      throw Problem.badRequest("body: " + read + " (expected: a JSON object)");
    }
    TreeSet<String> unknown = new TreeSet<>(object.keySet());
    List.of(allowed).forEach(unknown::remove);
    if (!unknown.isEmpty()) {
      throw Problem.badRequest(
          String.join(", ", unknown)
              + ": unknown (expected: "
              + (allowed.length == 0 ? "{}" : String.join(", ", allowed))
              + ")");
    }
    return new Arguments(object);
  }

  String text(String name) throws Problem {
    JsonElement value = object.get(name);
    if (!(value instanceof JsonPrimitive primitive && primitive.isString())) {
      throw wrong(name, value, "a text");
    }
    return primitive.getAsString();
  }

  List<String> texts(String name) throws Problem {
    JsonElement value = object.get(name);
    if (value == null || !value.isJsonArray()) {
      throw wrong(name, value, "a list of texts");
    }
    List<String> texts = new ArrayList<>();
    for (JsonElement element : value.getAsJsonArray()) {
      if (!(element instanceof JsonPrimitive primitive && primitive.isString())) {
        throw wrong(name, element, "a list of texts");
      }
      texts.add(primitive.getAsString());
    }
    return texts;
  }

  /** Returns the bytes of a text, given as it is or in Base64, by one of two names. */
  ByteView bytes(String asText, String asBase64) throws Problem {
    if (object.has(asText) == object.has(asBase64)) {
      throw Problem.badRequest(
          asText
              + ", "
              + asBase64
              + ": "
              + (object.has(asText) ? "both" : "missing")
              + " (expected: one of them)");
    }
    if (object.has(asText)) {
      return ByteView.ofUtf8(text(asText));
    }
    try {
      return ByteView.copyOf(Base64.getDecoder().decode(text(asBase64)));
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest(asBase64 + ": " + e.getMessage() + " (expected: Base64)");
    }
  }

  /** Returns a number of seconds more than 0, or null if none is given. */
  @Nullable Duration seconds(String name) throws Problem {
    if (!object.has(name)) {
      return null;
    }
    double nanos = number(name) * 1e9;
    return Duration.ofNanos(Math.max(1, (long) nanos)); // 292 years if it is more
  }

  /** Returns a number more than 0. */
  double number(String name) throws Problem {
    JsonElement value = object.get(name);
    if (!(value instanceof JsonPrimitive primitive && primitive.isNumber())
        || !(primitive.getAsDouble() > 0)) {
      throw wrong(name, value, "a number > 0");
    }
    return primitive.getAsDouble();
  }

  double number(String name, double otherwise) throws Problem {
    return object.has(name) ? number(name) : otherwise;
  }

  private static Problem wrong(String name, JsonElement value, String expected) {
    String shown = value == null ? "missing" : shown(value.toString());
    return Problem.badRequest(name + ": " + shown + " (expected: " + expected + ")");
  }

  private static String shown(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "…";
  }
}
