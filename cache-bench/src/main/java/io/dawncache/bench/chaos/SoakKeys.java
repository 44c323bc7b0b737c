package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.bench.workload.Zipf;
import java.util.SplittableRandom;

/**
 * The keys of a soak by number: first those that never change, drawn by Zipf's law; then those that
 * change; then those that nobody has asked for before. {@link #draw} belongs to one thread.
 */
final class SoakKeys implements KeySpace {
  static final int CHANGING = 200;

  private static final long SEED = 42;
  private static final double FRESH = 0.1;
  private static final double CHANGED = 0.05;
  private static final int LARGE = 20_000;
  private static final int LARGEST = 100_000;

  private final int steady;
  private final OriginValues values;
  private final Zipf zipf;
  private final SplittableRandom random = new SplittableRandom(SEED);
  private int nextFresh;

  SoakKeys(int steady, OriginValues values) {
    this.steady = steady;
    this.values = values;
    this.zipf = new Zipf(steady, SoakPlan.SKEW);
    this.nextFresh = steady + CHANGING;
  }

  /** Returns how long a key's value is: 200 to 2,000 bytes, and some much more. */
  static int length(String key) {
    int hash = (key.hashCode() * 0x9E3779B9) >>> 8;
    return hash % 200 == 0 ? LARGEST : hash % 20 == 0 ? LARGE : 200 + hash % 1800;
  }

  /** Returns the number of the next key that a client asks for. */
  int draw() {
    double kind = random.nextDouble();
    return kind < FRESH
        ? nextFresh++
        : kind < FRESH + CHANGED ? steady + random.nextInt(CHANGING) : zipf.draw(random);
  }

  /** Returns one of the keys that change. */
  static String changing(int number) {
    return "changing" + number % CHANGING;
  }

  @Override
  public String name(int number) {
    return number < steady
        ? "steady" + number
        : number < steady + CHANGING ? changing(number - steady) : "fresh" + number;
  }

  /** Returns whether the key has this value or has had it; {@link SoakCalls} is stricter. */
  @Override
  public boolean isValue(int number, byte[] bytes) {
    return values.hasHad(name(number), new String(bytes, UTF_8));
  }
}
