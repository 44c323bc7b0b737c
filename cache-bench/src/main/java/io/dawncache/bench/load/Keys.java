package io.dawncache.bench.load;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.memory.Trace;
import io.dawncache.bench.workload.Zipf;
import io.dawncache.server.wire.Escape;
import java.util.List;
import java.util.SplittableRandom;
import java.util.function.IntFunction;
import java.util.function.IntUnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The keys of a run as bytes ready to send, the size of each key's value, and the order of the
 * keys. Immutable, shared by all threads.
 */
final class Keys {
  private static final long SEED = 42;

  private final String[] names;
  private final byte[][] texts;
  private final byte[][] paths;
  private final int[] valueBytes;
  private final KeyOrder order;

  /** Makes the chooser of a thread, {@code thread} of {@code threads}. */
  private interface KeyOrder {
    KeyChooser chooser(int thread, int threads);
  }

  private Keys(int count, IntFunction<String> name, IntUnaryOperator bytesOf, KeyOrder order) {
    names = new String[count];
    texts = new byte[count][];
    paths = new byte[count][];
    valueBytes = new int[count];
    for (int key = 0; key < count; key++) {
      names[key] = name.apply(key);
      String path = Escape.path(names[key]);
      texts[key] = names[key].getBytes(UTF_8);
      paths[key] = path.equals(names[key]) ? texts[key] : path.getBytes(US_ASCII);
      valueBytes[key] = bytesOf.applyAsInt(key);
    }
    this.order = order;
  }

  /**
   * Returns {@code PREFIX1} to {@code PREFIXcount}, drawn by Zipf's law: the number {@code n}
   * occurs {@code n^skew} times less often than the first, so with a skew of 0 all occur equally
   * often.
   */
  static Keys drawn(String prefix, int count, double skew, SizeRange values) {
    return drawn(count, key -> prefix + (key + 1), skew, values);
  }

  /** Returns these keys, drawn by the same law, the first the most often. */
  static Keys drawn(List<String> names, double skew, SizeRange values) {
    return drawn(names.size(), names::get, skew, values);
  }

  private static Keys drawn(int count, IntFunction<String> name, double skew, SizeRange values) {
    Zipf zipf = new Zipf(count, skew);
    return new Keys(
        count, name, sizes(values), (thread, threads) -> KeyChooser.drawn(zipf, SEED + thread));
  }

  /**
   * Returns a trace's keys in its order.
   *
   * @param values the sizes of put values; null for those in the trace
   */
  static Keys of(Trace trace, String prefix, @Nullable SizeRange values) {
    return new Keys(
        trace.distinctKeys(),
        key -> prefix + trace.key(key),
        values == null ? key -> trace.value(key).length() : sizes(values),
        (thread, threads) -> KeyChooser.replayed(trace, thread, threads));
  }

  /** Returns a size for each key, always the same. */
  private static IntUnaryOperator sizes(SizeRange values) {
    SplittableRandom random = new SplittableRandom(SEED);
    return key -> random.nextInt(values.leastBytes(), values.mostBytes() + 1);
  }

  int count() {
    return names.length;
  }

  String name(int key) {
    return names[key];
  }

  /** Returns the key in UTF-8. */
  byte[] text(int key) {
    return texts[key];
  }

  /** Returns the key as the last segment of a path. */
  byte[] path(int key) {
    return paths[key];
  }

  /** Returns how many bytes the key's value is put with. */
  int valueBytes(int key) {
    return valueBytes[key];
  }

  /** Returns the order in which one thread of several asks for them. */
  KeyChooser chooser(int thread, int threads) {
    return order.chooser(thread, threads);
  }
}
