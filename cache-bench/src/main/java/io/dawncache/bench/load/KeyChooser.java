package io.dawncache.bench.load;

import io.dawncache.bench.memory.Trace;
import io.dawncache.bench.workload.Zipf;
import java.util.SplittableRandom;

/** Chooses the number of the next key; endless, and confined to one thread. */
interface KeyChooser {
  int next();

  /** Draws by Zipf's law; the sequence of a seed is always the same. */
  static KeyChooser drawn(Zipf zipf, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return () -> zipf.draw(random);
  }

  /**
   * Goes through every {@code step}th access of a trace from {@code first} on, and then from its
   * beginning again, so that {@code step} threads together replay it.
   */
  static KeyChooser replayed(Trace trace, int first, int step) {
    return new KeyChooser() {
      private int position = first % trace.accesses();

      @Override
      public int next() {
        int key = trace.keyOf(position);
        position = (int) (((long) position + step) % trace.accesses());
        return key;
      }
    };
  }
}
