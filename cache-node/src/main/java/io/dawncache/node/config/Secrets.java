package io.dawncache.node.config;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Replaces {@code {file: PATH}} and {@code {env: NAME}}, which may stand in place of any text, by
 * the text that the file or the variable holds. A line break at the end of the file does not count.
 */
final class Secrets {
  private static final String FILE = "file";
  private static final String VARIABLE = "env";
  private static final int MOST_BYTES = 64 << 10;

  private final Map<String, String> environment;
  private final Mistakes mistakes;
  private final Map<Path, ConfigWatch> files;

  /**
   * Makes a resolver.
   *
   * @param files receives the files that are read, watched from before that
   */
  Secrets(Map<String, String> environment, Mistakes mistakes, Map<Path, ConfigWatch> files) {
    this.environment = environment;
    this.mistakes = mistakes;
    this.files = files;
  }

  /** Returns the map with all secrets in it replaced; fields whose secret is wrong are left out. */
  Yaml.Fields resolveAll(Yaml.Fields root) {
    return fields(root, "");
  }

  private Yaml.Fields fields(Yaml.Fields fields, String path) {
    Map<String, Yaml.Field> resolved = new LinkedHashMap<>();
    fields
        .byName()
        .forEach(
            (name, field) -> {
              Yaml value = value(field.value(), path.isEmpty() ? name : path + "." + name);
              if (value != null) {
                resolved.put(name, new Yaml.Field(field.nameAt(), value));
              }
            });
    return new Yaml.Fields(resolved, fields.at());
  }

  /** Returns the value with all secrets in it replaced, or null if it is a wrong one itself. */
  private @Nullable Yaml value(Yaml value, String path) {
    if (value instanceof Yaml.Items items) {
      return new Yaml.Items(
          items.items().stream().flatMap(item -> Stream.ofNullable(value(item, path))).toList(),
          items.at());
    }
    if (value instanceof Yaml.Fields fields) {
      return isReference(fields) ? secret(fields, path) : fields(fields, path);
    }
    return value;
  }

  /** Returns the text to which the map refers, or null after adding a mistake. */
  private Yaml.@Nullable Text secret(Yaml.Fields reference, String path) {
    Map.Entry<String, Yaml.Field> only = reference.byName().entrySet().iterator().next();
    Yaml.Text where = (Yaml.Text) only.getValue().value();
    String inner = path + "." + only.getKey();
    String text = only.getKey().equals(FILE) ? contentOf(where, inner) : variable(where, inner);
    return text == null ? null : Yaml.Text.secret(text, reference.at());
  }

  /** Returns what the file of this path holds, or null after adding a mistake. */
  Yaml.@Nullable Text ofFile(String path, Source at) {
    String text = contentOf(Yaml.Text.of(path, at), "");
    return text == null ? null : Yaml.Text.secret(text, at);
  }

  private static boolean isReference(Yaml.Fields fields) {
    return fields.byName().size() == 1
        && (fields.byName().containsKey(FILE) || fields.byName().containsKey(VARIABLE))
        && fields.byName().values().iterator().next().value() instanceof Yaml.Text where
        && !where.isNull();
  }

  private @Nullable String variable(Yaml.Text where, String path) {
    String text = environment.get(where.text());
    if (text == null) {
      mistakes.add(where.at(), path, where.shown() + " is not set (expected: a variable)");
    }
    return text;
  }

  private @Nullable String contentOf(Yaml.Text where, String path) {
    String expected = " (expected: a file in UTF-8 of at most " + MOST_BYTES + " bytes)";
    try {
      files.computeIfAbsent(Path.of(where.text()), ConfigWatch::new);
    } catch (InvalidPathException e) {
      mistakes.add(where.at(), path, where.shown() + " cannot be read" + expected);
      return null;
    }
    try (InputStream in = Files.newInputStream(Path.of(where.text()))) {
      byte[] content = in.readNBytes(MOST_BYTES + 1);
      if (content.length <= MOST_BYTES) {
        String text = UTF_8.newDecoder().decode(ByteBuffer.wrap(content)).toString();
        return text.replaceFirst("\\R\\z", "");
      }
      mistakes.add(where.at(), path, where.shown() + " is longer" + expected);
    } catch (CharacterCodingException e) {
      mistakes.add(where.at(), path, where.shown() + " is not UTF-8" + expected);
    } catch (IOException e) {
      mistakes.add(where.at(), path, where.shown() + " cannot be read" + expected);
    }
    return null;
  }
}
