package io.dawncache.core;

import java.util.AbstractMap;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * A {@link TypedGetter} as a {@link Getter}: what a group calls, which knows its keys as texts and
 * its values as bytes. A text that is no key, as clients over HTTP may ask for, is rejected.
 */
class TypedOrigin<K, V> implements Getter {
  private final String group;
  private final KeyCodec<K> keys;
  private final ValueCodec<V> values;
  private final TypedGetter<K, V> getter;

  private TypedOrigin(
      String group, KeyCodec<K> keys, ValueCodec<V> values, TypedGetter<K, V> getter) {
    this.group = group;
    this.keys = keys;
    this.values = values;
    this.getter = getter;
  }

  static <K, V> Getter of(
      String group, KeyCodec<K> keys, ValueCodec<V> values, TypedGetter<K, V> getter) {
    return getter instanceof TypedGetter.Many<K, V> many
        ? new OfMany<>(group, keys, values, many)
        : new TypedOrigin<>(group, keys, values, getter);
  }

  @Override
  public Loaded load(String text) throws Exception {
    K key;
    try {
      key = keys.decode(text);
    } catch (IllegalArgumentException e) {
      return rejected(e);
    }
    return encoded(text, getter.load(key));
  }

  private static Loaded rejected(IllegalArgumentException noKey) {
    return Loaded.rejected(String.valueOf(noKey.getMessage()));
  }

  /** Returns the answer with a value, or without if that is null. */
  final Loaded encoded(String text, @Nullable V value) {
    if (value == null) {
      return Loaded.notFound();
    }
    try {
      return Loaded.of(values.encode(value));
    } catch (Exception e) {
      throw new CodecException("encode", group, text, e);
    }
  }

  /** Of many keys at once. */
  private static final class OfMany<K, V> extends TypedOrigin<K, V> implements BulkGetter {
    private final KeyCodec<K> keys;
    private final TypedGetter.Many<K, V> getter;

    OfMany(String group, KeyCodec<K> keys, ValueCodec<V> values, TypedGetter.Many<K, V> getter) {
      super(group, keys, values, getter);
      this.keys = keys;
      this.getter = getter;
    }

    @Override
    public Map<String, Loaded> loadAll(Set<String> texts) throws Exception {
      Map<String, K> wanted = new HashMap<>();
      Map<String, Loaded> rejected = new HashMap<>();
      for (String text : texts) {
        try {
          wanted.put(text, keys.decode(text));
        } catch (IllegalArgumentException e) {
          rejected.put(text, rejected(e));
        }
      }
      Set<K> distinct = Collections.unmodifiableSet(new LinkedHashSet<>(wanted.values()));
      Map<K, V> found = distinct.isEmpty() ? Map.of() : getter.loadAll(distinct);
      return new Answers(wanted, rejected, found);
    }

    /** Encodes a value when it is asked for it, so that one which has no form fails alone. */
    private final class Answers extends AbstractMap<String, Loaded> {
      private final Map<String, K> wanted;
      private final Map<String, Loaded> rejected;
      private final Map<K, V> found;

      Answers(Map<String, K> wanted, Map<String, Loaded> rejected, Map<K, V> found) {
        this.wanted = wanted;
        this.rejected = rejected;
        this.found = found;
      }

      @Override
      public @Nullable Loaded get(@Nullable Object text) {
        K key = wanted.get(text);
        return key == null ? rejected.get(text) : encoded(String.valueOf(text), found.get(key));
      }

      @Override
      public Set<Entry<String, Loaded>> entrySet() {
        Map<String, Loaded> all = new HashMap<>(rejected);
        wanted.keySet().forEach(text -> all.put(text, encoded(text, found.get(wanted.get(text)))));
        return all.entrySet();
      }
    }
  }
}
