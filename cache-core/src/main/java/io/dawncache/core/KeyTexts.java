package io.dawncache.core;

import java.lang.reflect.Constructor;
import java.lang.reflect.InaccessibleObjectException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A strict {@link KeyCodec} of two functions, and those of the built-in types.
 *
 * <p>Parsers are lenient: {@code Long.valueOf} reads {@code +7} and {@code 007}. If two texts were
 * one key, its value would be held twice, and a removal would leave one of them. So a text counts
 * only if it is the one that its key is written as.
 */
final class KeyTexts<K> implements KeyCodec<K> {
  private static final char SEPARATOR = ':';
  private static final char ESCAPE = '~';
  private static final String NULL = "~-";

  private final String expected; // for messages
  private final Function<? super K, String> encoder;
  private final Function<String, ? extends K> decoder;

  KeyTexts(
      String expected, Function<? super K, String> encoder, Function<String, ? extends K> decoder) {
    this.expected = expected;
    this.encoder = encoder;
    this.decoder = decoder;
  }

  @Override
  public String encode(K key) {
    return encoder.apply(Objects.requireNonNull(key, "key"));
  }

  @Override
  public K decode(String text) {
    K key;
    try {
      key = Objects.requireNonNull(decoder.apply(text), "the decoder returned null");
    } catch (RuntimeException e) {
      throw refused(text, e);
    }
    if (!encode(key).equals(text)) {
      throw refused(text, null);
    }
    return key;
  }

  private IllegalArgumentException refused(String text, @Nullable RuntimeException why) {
    String reason = why == null ? "" : ", " + why.getMessage();
    return new IllegalArgumentException(
        "key: \"" + Keys.shown(text) + "\"" + reason + " (expected: " + expected + ")", why);
  }

  /** Returns the codec of a built-in type. */
  static <K> KeyCodec<K> of(Class<K> type) {
    Class<?> boxed = boxed(type);
    String expected = "the text of " + type.getSimpleName();
    if (type.isRecord()) {
      Components<K> components = new Components<>(type);
      return new KeyTexts<>(expected, components::encode, components::decode);
    }
    if (type.isEnum()) {
      return new KeyTexts<>(
          "one of " + Arrays.toString(type.getEnumConstants()), // their names, unless overridden
          key -> ((Enum<?>) key).name(),
          text -> constant(type, text));
    }
    Function<String, ?> parser = parser(boxed);
    if (parser == null) {
      throw new IllegalArgumentException(
          "type: "
              + type.getName()
              + " (expected: String, Long, Integer, Boolean, UUID, an enum, or a record of them)");
    }
    return new KeyTexts<>(
        expected,
        Object::toString,
        text -> {
          @SuppressWarnings("unchecked") // the parser of this type
          K key = (K) parser.apply(text);
          return key;
        });
  }

  private static Class<?> boxed(Class<?> type) {
    if (type == long.class) {
      return Long.class;
    } else if (type == int.class) {
      return Integer.class;
    }
    return type == boolean.class ? Boolean.class : type;
  }

  private static @Nullable Function<String, ?> parser(Class<?> type) {
    if (type == String.class) {
      return text -> text;
    } else if (type == Long.class) {
      return Long::valueOf;
    } else if (type == Integer.class) {
      return Integer::valueOf;
    } else if (type == Boolean.class) {
      return Boolean::valueOf;
    }
    return type == UUID.class ? UUID::fromString : null;
  }

  private static <K> K constant(Class<K> type, String name) {
    for (K constant : type.getEnumConstants()) {
      if (((Enum<?>) constant).name().equals(name)) {
        return constant;
      }
    }
    throw new IllegalArgumentException("no such constant");
  }

  /** The components of a record, as one text. */
  private static final class Components<K> {
    private final RecordComponent[] components;
    private final List<KeyCodec<Object>> codecs = new ArrayList<>();
    private final Constructor<K> constructor;

    Components(Class<K> type) {
      this.components = type.getRecordComponents();
      if (components.length == 0) {
        throw new IllegalArgumentException(
            "type: " + type.getName() + " (expected: a record with a component)");
      }
      Class<?>[] types = new Class<?>[components.length];
      try {
        for (int i = 0; i < components.length; i++) {
          types[i] = components[i].getType();
          codecs.add(codec(types[i]));
          components[i].getAccessor().setAccessible(true);
        }
        this.constructor = type.getDeclaredConstructor(types);
        constructor.setAccessible(true);
      } catch (InaccessibleObjectException | NoSuchMethodException e) {
        throw new IllegalArgumentException(
            "type: " + type.getName() + " (expected: a record that is open to io.dawncache.core)",
            e);
      }
    }

    @SuppressWarnings("unchecked") // it gets the objects of its own component
    private static KeyCodec<Object> codec(Class<?> type) {
      return (KeyCodec<Object>) KeyCodec.of(type);
    }

    String encode(K key) {
      StringBuilder text = new StringBuilder();
      for (int i = 0; i < components.length; i++) {
        if (i > 0) {
          text.append(SEPARATOR);
        }
        Object component = component(key, i);
        if (component == null) {
          text.append(NULL);
        } else {
          appendEscaped(codecs.get(i).encode(component), text);
        }
      }
      return text.toString();
    }

    private @Nullable Object component(K key, int index) {
      try {
        return components[index].getAccessor().invoke(key);
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException(
            "key: its component " + components[index].getName() + " cannot be read", causeOf(e));
      }
    }

    private static void appendEscaped(String component, StringBuilder text) {
      for (int i = 0; i < component.length(); i++) {
        char c = component.charAt(i);
        if (c == SEPARATOR || c == ESCAPE) {
          text.append(ESCAPE);
        }
        text.append(c);
      }
    }

    K decode(String text) {
      List<@Nullable String> texts = split(text);
      if (texts.size() != components.length) {
        throw new IllegalArgumentException(texts.size() + " components");
      }
      @Nullable Object[] values = new @Nullable Object[components.length];
      for (int i = 0; i < components.length; i++) {
        String component = texts.get(i);
        values[i] = component == null ? null : codecs.get(i).decode(component);
      }
      try {
        return constructor.newInstance(values);
      } catch (ReflectiveOperationException e) {
        throw new IllegalArgumentException("refused by the record", causeOf(e));
      }
    }

    /** Returns the texts of the components, null for those that are; strict, as it is undone. */
    private static List<@Nullable String> split(String text) {
      List<@Nullable String> texts = new ArrayList<>();
      StringBuilder component = new StringBuilder();
      int begun = 0;
      for (int i = 0; i <= text.length(); i++) {
        if (i == text.length() || text.charAt(i) == SEPARATOR) {
          boolean isNull = text.substring(begun, i).equals(NULL);
          texts.add(isNull ? null : component.toString());
          component.setLength(0);
          begun = i + 1;
        } else if (text.charAt(i) == ESCAPE && i + 1 < text.length()) {
          i++;
          component.append(text.charAt(i));
        } else {
          component.append(text.charAt(i));
        }
      }
      return texts;
    }

    private static Throwable causeOf(ReflectiveOperationException e) {
      return e instanceof InvocationTargetException && e.getCause() != null ? e.getCause() : e;
    }
  }
}
