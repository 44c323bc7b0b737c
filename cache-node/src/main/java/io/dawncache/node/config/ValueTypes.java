package io.dawncache.node.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.gson.JsonArray;
import com.google.gson.JsonObject;
import io.dawncache.core.CachePolicy;
import io.dawncache.core.consistenthash.Scheme;
import io.dawncache.node.text.ByteSize;
import io.dawncache.node.text.Choice;
import io.dawncache.node.text.Fraction;
import io.dawncache.node.text.HostPort;
import io.dawncache.node.text.TimeSpan;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.Dialect;
import io.dawncache.server.Discoveries;
import io.dawncache.server.Discovery;
import io.dawncache.server.RemoteChanges;
import io.dawncache.server.TlsConfig.ClientCertificates;
import io.dawncache.server.wire.NodeUrl;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The types of the values in a configuration. */
final class ValueTypes {
  private static final String SIZE_FORM = "[0-9]+(?: ?[kKmMgG](?:[iI]?[bB])?| ?[bB])?";
  private static final String SHARE_FORM = "[0-9]{1,2}(?:\\.[0-9]+)?%";
  private static final Pattern SHARE = Pattern.compile("([0-9]{1,2}(?:\\.[0-9]+)?)%");

  static final ValueType<String> TEXT =
      ValueType.ofText("TEXT", types("string", "number", "boolean"), text -> text);

  static final ValueType<Path> FILE = ValueType.ofText("FILE", types("string"), ValueTypes::file);

  static final ValueType<HostPort> ADDRESS =
      ValueType.ofText("HOST:PORT", matching(".+:[0-9]{1,5}"), HostPort::parse);

  static final ValueType<NodeUrl> URL =
      ValueType.ofText("URL", matching("https?://.+:[0-9]{1,5}"), NodeUrl::parse);

  static final ValueType<List<NodeUrl>> URLS = urls();

  static final ValueType<Discovery> DISCOVERY =
      ValueType.ofText("SOURCE", matching("[a-z0-9-]+:.*"), Discoveries::parse);

  static final ValueType<TimeSpan> TIME =
      ValueType.ofText("TIME", matching("[0-9]+(?:[mM][sS]|[sSmMhHdD])"), TimeSpan::parse);

  static final ValueType<ByteSize> SIZE =
      ValueType.ofText("SIZE", sizes(SIZE_FORM), ByteSize::parse);

  /** A size that an int holds. */
  static final ValueType<ByteSize> LENGTH =
      ValueType.ofText("SIZE", sizes(SIZE_FORM), ValueTypes::length);

  /** A size, or a share of the largest heap. */
  static final ValueType<ByteSize> BUDGET =
      ValueType.ofText("SIZE|PERCENT", sizes(SIZE_FORM + "|" + SHARE_FORM), ValueTypes::budget);

  static final ValueType<Fraction> FRACTION =
      ValueType.ofText("FRACTION", range("number", 0, 1), Fraction::parse);

  static final ValueType<Boolean> SWITCH =
      ValueType.ofText("on|off", oneOf("on", "off", true, false), ValueTypes::isOn);

  /** A secret on each line; blank lines and the blanks around a secret do not count. */
  static final ValueType<List<byte[]>> SECRETS =
      ValueType.ofText("TEXT", types("string"), ValueTypes::secrets);

  static final ValueType<AccessTokens> TOKENS =
      ValueType.ofText("TEXT", types("string"), AccessTokens::parse);

  static final ValueType<Dialect> DIALECT = choice(Dialect.class);

  static final ValueType<Clients> CLIENTS = choice(Clients.class);

  static final ValueType<LogFormat> LOG_FORMAT = choice(LogFormat.class);

  /** Where lines are written to, if anywhere. */
  static final ValueType<String> LINES =
      ValueType.ofText("off|stderr|FILE", matching(".+"), text -> text);

  static final ValueType<CachePolicy> POLICY = choice(CachePolicy.class);

  static final ValueType<ClientCertificates> CLIENT_CERTIFICATES = choice(ClientCertificates.class);

  static final ValueType<RemoteChanges> REMOTE_CHANGES = choice(RemoteChanges.class);

  static final ValueType<Scheme> RING =
      ValueType.ofText("native|seed", oneOf("native", "seed"), ValueTypes::ring);

  static final ValueType<Map<String, LogLevel>> LEVELS = levels();

  /** {@code SCHEME:LOCATION}, or a map with the scheme and its settings, which the origin reads. */
  static final ValueType<Yaml> ORIGIN = origin();

  private ValueTypes() {}

  /** Returns the type of integers in a range. */
  static ValueType<Integer> count(int least, int most) {
    return ValueType.ofText(
        most == 99 ? "PERCENT" : "COUNT",
        range("integer", least, most),
        text -> {
          if (text.matches("[0-9]{1,10}")) {
            long count = Long.parseLong(text);
            if (count >= least && count <= most) {
              return (int) count;
            }
          }
          throw new IllegalArgumentException(
              text
                  + " (expected: an integer "
                  + (most == Integer.MAX_VALUE ? ">= " + least : "from " + least + " to " + most)
                  + ")");
        });
  }

  private static <E extends Enum<E>> ValueType<E> choice(Class<E> choices) {
    Object[] labels = Arrays.stream(choices.getEnumConstants()).map(Choice::label).toArray();
    return ValueType.ofText(
        String.join("|", Arrays.copyOf(labels, labels.length, String[].class)),
        oneOf(labels),
        text -> Choice.parse(choices, text));
  }

  private static boolean isOn(String text) {
    return switch (text.toLowerCase(Locale.ROOT)) {
      case "on", "true" -> true;
      case "off", "false" -> false;
      default -> throw new IllegalArgumentException(text + " (expected: on or off)");
    };
  }

  private static List<byte[]> secrets(String text) {
    return text.lines()
        .map(String::strip)
        .filter(line -> !line.isEmpty())
        .map(line -> line.getBytes(UTF_8))
        .toList();
  }

  private static Path file(String text) {
    if (text.isEmpty()) {
      throw new IllegalArgumentException("\"\" (expected: a file)");
    }
    try {
      return Path.of(text);
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException(text + " (expected: a file)", e);
    }
  }

  private static Scheme ring(String text) {
    return Stream.of(Scheme.NATIVE, Scheme.DAWNCACHE)
        .filter(ring -> ring.name().equalsIgnoreCase(text))
        .findAny()
        .orElseThrow(() -> new IllegalArgumentException(text + " (expected: native or seed)"));
  }

  private static ByteSize length(String text) {
    ByteSize size = ByteSize.parse(text);
    if (size.bytes() > Integer.MAX_VALUE) {
      throw new IllegalArgumentException(text + " (expected: < 2g)");
    }
    return size;
  }

  private static ByteSize budget(String text) {
    Matcher share = SHARE.matcher(text);
    if (share.matches()) {
      double part = Double.parseDouble(share.group(1)) / 100;
      return new ByteSize(Math.max(1, (long) (Runtime.getRuntime().maxMemory() * part)));
    }
    try {
      return ByteSize.parse(text);
    } catch (IllegalArgumentException e) {
      throw new IllegalArgumentException(
          text
              + " (expected: bytes, such as 500k, 64m, 64MiB, 64MB or 1000000, or a share of the"
              + " heap, such as 10%; 0 for no bound)",
          e);
    }
  }

  private static ValueType<List<NodeUrl>> urls() {
    JsonObject list = types("array");
    list.add("items", matching("https?://.+:[0-9]{1,5}"));
    return new ValueType<>(
        "URL,...",
        anyOf(list, matching("https?://.+:[0-9]{1,5}")),
        (value, path, mistakes) -> {
          List<NodeUrl> urls = new ArrayList<>();
          for (Yaml item : items(value)) {
            NodeUrl url = ValueType.readText(item, path, mistakes, NodeUrl::parse);
            if (url == null) {
              return null;
            }
            urls.add(url);
          }
          return urls;
        });
  }

  /** Returns the items of a list, which may be written as a text with commas. */
  private static List<Yaml> items(Yaml value) {
    if (value instanceof Yaml.Items items) {
      return items.items();
    }
    return value instanceof Yaml.Text text && !text.isNull()
        ? Arrays.stream(text.text().split(",", -1))
            .map(part -> (Yaml) Yaml.Text.of(part.strip(), text.at()))
            .toList()
        : List.of(value);
  }

  private static ValueType<Map<String, LogLevel>> levels() {
    JsonObject map = types("object");
    map.add(
        "additionalProperties",
        oneOf(Arrays.stream(LogLevel.values()).map(Choice::label).toArray()));
    return new ValueType<>(
        "LOGGER: LEVEL",
        anyOf(map, types("string")),
        (value, path, mistakes) -> {
          Map<String, LogLevel> levels = new LinkedHashMap<>();
          levelsIn(value)
              .forEach(
                  (logger, level) -> {
                    LogLevel read =
                        ValueType.readText(
                            level,
                            logger.isEmpty() ? path : path + "." + logger,
                            mistakes,
                            text -> Choice.parse(LogLevel.class, text));
                    if (read != null) {
                      levels.put(logger, read);
                    }
                  });
          return levels;
        });
  }

  /** Returns the levels by logger; they may be written as {@code LOGGER=LEVEL,...} on one line. */
  private static Map<String, Yaml> levelsIn(Yaml value) {
    Map<String, Yaml> levels = new LinkedHashMap<>();
    if (value instanceof Yaml.Fields fields) {
      fields.byName().forEach((logger, level) -> levels.put(logger, level.value()));
    } else if (value instanceof Yaml.Text text && !text.isNull()) {
      for (Yaml part : items(value)) {
        String level = ((Yaml.Text) part).text();
        int equals = level.lastIndexOf('=');
        levels.put(
            level.substring(0, Math.max(0, equals)),
            Yaml.Text.of(level.substring(equals + 1), text.at()));
      }
    } else {
      levels.put("", value);
    }
    return levels;
  }

  private static ValueType<Yaml> origin() {
    JsonObject map = types("object");
    map.addProperty("minProperties", 1);
    map.addProperty("maxProperties", 1);
    return new ValueType<>(
        "ORIGIN",
        anyOf(types("string"), map),
        (value, path, mistakes) -> {
          boolean isText = value instanceof Yaml.Text text && !text.isNull();
          if (isText || (value instanceof Yaml.Fields fields && fields.byName().size() == 1)) {
            return value;
          }
          mistakes.addUnexpected(
              value,
              path,
              "SCHEME:LOCATION, such as files:/srv/scores, or a map of one scheme and its settings");
          return null;
        });
  }

  private static JsonObject types(String... types) {
    JsonObject schema = new JsonObject();
    if (types.length == 1) {
      schema.addProperty("type", types[0]);
    } else {
      JsonArray all = new JsonArray();
      Arrays.stream(types).forEach(all::add);
      schema.add("type", all);
    }
    return schema;
  }

  private static JsonObject matching(String form) {
    JsonObject schema = types("string");
    schema.addProperty("pattern", "^(?:" + form + ")$");
    return schema;
  }

  private static JsonObject sizes(String form) {
    JsonObject number = types("integer");
    number.addProperty("minimum", 0);
    return anyOf(matching(form), number);
  }

  private static JsonObject range(String type, int least, int most) {
    JsonObject schema = types(type);
    schema.addProperty("minimum", least);
    schema.addProperty("maximum", most);
    return schema;
  }

  private static JsonObject oneOf(Object... values) {
    JsonArray all = new JsonArray();
    for (Object value : values) {
      if (value instanceof Boolean flag) {
        all.add(flag);
      } else {
        all.add(value.toString());
      }
    }
    JsonObject schema = new JsonObject();
    schema.add("enum", all);
    return schema;
  }

  static JsonObject anyOf(JsonObject... schemas) {
    JsonArray all = new JsonArray();
    Arrays.stream(schemas).forEach(all::add);
    JsonObject schema = new JsonObject();
    schema.add("anyOf", all);
    return schema;
  }
}
