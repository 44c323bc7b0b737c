package io.dawncache.bench.load;

import io.dawncache.bench.memory.Trace;
import io.dawncache.bench.workload.Zipf;
import java.util.SplittableRandom;

/** Says which key is asked for next, by its number; endless, and one thread's own. */
interface KeyChooser {
  int next();

  /** Draws by Zipf's law; the sequence of a seed is always the same. */
  static KeyChooser drawn(Zipf zipf, long seed) {
    SplittableRandom random = new SplittableRandom(seed);
    return () -> zipf.draw(random);
  }

  /**
   * Goes through every {@code step}th access of a trace from {@code first} on, and then on from its
   * beginning, so that as many threads as a step is long replay it between them.
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
