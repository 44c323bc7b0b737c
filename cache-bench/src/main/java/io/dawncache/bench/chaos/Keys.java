package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.function.UnaryOperator;

/** The keys that clients ask for, by their numbers from 0. Immutable. */
final class Keys implements KeySpace {
  private final String[] names;
  private final byte[][] values;

  /**
   * Makes keys.
   *
   * @param value gives the value of each, which must not change any more
   */
  Keys(int count, UnaryOperator<String> value) {
    names = new String[count];
    Arrays.setAll(names, number -> "key" + (100_000 + number));
    values =
        Arrays.stream(names).map(key -> value.apply(key).getBytes(UTF_8)).toArray(byte[][]::new);
  }

  int count() {
    return names.length;
  }

  @Override
  public String name(int number) {
    return names[number];
  }

  /** Returns whether these are the bytes of the key's value. */
  @Override
  public boolean isValue(int number, byte[] bytes) {
    return Arrays.equals(values[number], bytes);
  }

  List<String> names() {
    return List.of(names);
  }
}
