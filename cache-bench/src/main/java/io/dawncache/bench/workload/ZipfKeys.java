package io.dawncache.bench.workload;

import java.util.Arrays;
import java.util.Random;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * One thread's endless sequence of keys, 10,000 in all, asked for by Zipf's law with skew 1.0: key
 * number {@code n} occurs {@code n} times less often than the first.
 *
 * <p>The draw is made before the measurement and is the same in every run; threads start at
 * different places in it. The strings are equal to those of {@link #all()}, which fill a cache, but
 * are other objects, because in production a key comes off the wire. Their hash codes, though, are
 * computed only once.
 */
@State(Scope.Thread)
public class ZipfKeys {
  /** How many keys there are. */
  public static final int COUNT = 10_000;

  private static final double SKEW = 1.0;
  private static final int DRAWS = 1 << 16; // a power of two, for the mask
  private static final long SEED = 42;

  private final String[] keys = all();
  private final int[] draws = draw();
  private int position;

  /** Returns all keys, the most popular first, as new strings of one length. */
  public static String[] all() {
    String[] keys = new String[COUNT];
    Arrays.setAll(keys, i -> "key" + (10_000 + i));
    return keys;
  }

  /** Starts this thread at its own place. */
  @Setup
  public void start(ThreadParams thread) {
    position = (int) ((long) DRAWS * thread.getThreadIndex() / thread.getThreadCount());
  }

  /** Returns the next key. */
  public String next() {
    return keys[draws[position++ & (DRAWS - 1)]];
  }

  /** Draws by looking up uniform numbers in the cumulative weights. */
  private static int[] draw() {
    double[] upTo = new double[COUNT];
    double sum = 0;
    for (int i = 0; i < COUNT; i++) {
      sum += 1 / Math.pow(i + 1, SKEW);
      upTo[i] = sum;
    }
    Random random = new Random(SEED);
    int[] draws = new int[DRAWS];
    for (int i = 0; i < DRAWS; i++) {
      int found = Arrays.binarySearch(upTo, random.nextDouble() * sum);
      draws[i] = Math.min(found >= 0 ? found : -found - 1, COUNT - 1);
    }
    return draws;
  }
}
