package io.dawncache.node.config;

import com.google.gson.GsonBuilder;
import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.dawncache.node.origin.Origin;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.origin.Setting;
import org.jspecify.annotations.Nullable;

/** The JSON schema of the configuration file, for editors. */
public final class ConfigSchema {
  private ConfigSchema() {}

  /**
   * Returns the schema as a text with a line break at its end.
   *
   * @param origins those whose settings are described
   */
  public static String text(Origins origins) {
    JsonObject schema = new JsonObject();
    schema.addProperty("$schema", "https://json-schema.org/draft/2020-12/schema");
    schema.addProperty("title", "The configuration of a Dawncache node");
    JsonObject node = map(NodeKeys.TABLE);
    node.getAsJsonObject("properties").add("groups", groups());
    node.entrySet().forEach(entry -> schema.add(entry.getKey(), entry.getValue()));
    JsonObject definitions = new JsonObject();
    definitions.add("secret", secret());
    JsonObject group = map(GroupKeys.TABLE);
    group
        .getAsJsonObject("properties")
        .getAsJsonObject("origin")
        .add("anyOf", originForms(origins));
    definitions.add("group", group);
    schema.add("$defs", definitions);
    return new GsonBuilder().setPrettyPrinting().disableHtmlEscaping().create().toJson(schema)
        + "\n";
  }

  /** Returns the forms of an origin: a location, or one scheme with its settings. */
  private static JsonArray originForms(Origins origins) {
    JsonObject schemes = emptyMap();
    schemes.addProperty("minProperties", 1);
    schemes.addProperty("maxProperties", 1);
    for (Origin origin : origins.all()) {
      JsonObject scheme = ValueTypes.anyOf(type("string"), settings(origin));
      scheme.addProperty("description", origin.description());
      schemes.getAsJsonObject("properties").add(origin.scheme(), scheme);
    }
    JsonArray forms = new JsonArray();
    forms.add(type("string"));
    forms.add(schemes);
    forms.add(reference("secret"));
    return forms;
  }

  private static JsonObject settings(Origin origin) {
    JsonObject settings = emptyMap();
    JsonArray required = new JsonArray();
    for (Setting<?> setting : origin.settings()) {
      JsonObject at = settings;
      String[] names = setting.name().split("\\.", -1);
      for (int i = 0; i < names.length - 1; i++) {
        JsonObject properties = at.getAsJsonObject("properties");
        if (!properties.has(names[i])) {
          properties.add(names[i], emptyMap());
        }
        at = properties.getAsJsonObject(names[i]);
      }
      JsonObject described = ValueTypes.anyOf(form(setting.kind()), reference("secret"));
      described.addProperty("description", setting.description());
      at.getAsJsonObject("properties").add(names[names.length - 1], described);
      if (setting.isRequired() && names.length == 1) {
        required.add(setting.name());
      }
    }
    if (!required.isEmpty()) {
      settings.add("required", required);
    }
    return settings;
  }

  private static JsonObject form(Setting.Kind kind) {
    return switch (kind) {
      case TEXT, SECRET -> ValueTypes.TEXT.schema();
      case INTEGER -> type("integer");
      case DURATION -> ValueTypes.TIME.schema();
      case SIZE -> ValueTypes.SIZE.schema();
      case FLAG -> type("boolean");
      case TEXTS, SECRETS -> {
        JsonObject texts = type("object");
        texts.add(
            "additionalProperties",
            ValueTypes.anyOf(ValueTypes.TEXT.schema(), reference("secret")));
        yield texts;
      }
    };
  }

  private static JsonObject type(String type) {
    JsonObject schema = new JsonObject();
    schema.addProperty("type", type);
    return schema;
  }

  private static JsonObject groups() {
    JsonObject groups = new JsonObject();
    groups.addProperty("description", "The groups that the node serves, by name.");
    groups.addProperty("type", "object");
    groups.add("propertyNames", minLength());
    groups.add("additionalProperties", reference("group"));
    return groups;
  }

  private static JsonObject minLength() {
    JsonObject name = new JsonObject();
    name.addProperty("minLength", 1);
    return name;
  }

  /** Returns the schema of a map with the keys of a table, in their sections. */
  private static <B> JsonObject map(KeyTable<B> table) {
    JsonObject map = emptyMap();
    for (Key<B, ?> key : table.keys()) {
      JsonObject properties = map.getAsJsonObject("properties");
      if (!key.section().isEmpty()) {
        String section = key.section().replace(".", "");
        if (!properties.has(section)) {
          properties.add(section, emptyMap());
        }
        properties = properties.getAsJsonObject(section).getAsJsonObject("properties");
      }
      properties.add(key.name(), schemaOf(key));
    }
    return map;
  }

  private static JsonObject emptyMap() {
    JsonObject map = new JsonObject();
    map.addProperty("type", "object");
    map.addProperty("additionalProperties", false);
    map.add("properties", new JsonObject());
    return map;
  }

  private static JsonObject schemaOf(Key<?, ?> key) {
    JsonObject schema = ValueTypes.anyOf(key.schema(), reference("secret"));
    JsonObject described = new JsonObject();
    described.addProperty("description", key.description());
    addDefault(described, key.fallback());
    schema.entrySet().forEach(entry -> described.add(entry.getKey(), entry.getValue()));
    return described;
  }

  private static void addDefault(JsonObject schema, @Nullable String fallback) {
    if (fallback != null && fallback.matches("[0-9]+")) {
      schema.addProperty("default", Long.parseLong(fallback));
    } else if (fallback != null) {
      schema.addProperty("default", fallback);
    }
  }

  private static JsonObject reference(String definition) {
    JsonObject reference = new JsonObject();
    reference.addProperty("$ref", "#/$defs/" + definition);
    return reference;
  }

  /** Returns the schema of {@code {file: PATH}} and {@code {env: NAME}}. */
  private static JsonObject secret() {
    JsonObject text = type("string");
    JsonObject secret = emptyMap();
    secret.addProperty(
        "description", "The text that a file or a variable of the environment holds; never shown.");
    secret.getAsJsonObject("properties").add("file", text);
    secret.getAsJsonObject("properties").add("env", text.deepCopy());
    secret.addProperty("minProperties", 1);
    secret.addProperty("maxProperties", 1);
    return secret;
  }
}
