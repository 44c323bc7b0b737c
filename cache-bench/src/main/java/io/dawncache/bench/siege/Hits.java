package io.dawncache.bench.siege;

import java.io.IOException;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;

/** The client that behaves: it gets keys that the node holds, at a rate, over 64 connections. */
final class Hits implements AutoCloseable {
  private static final int CONNECTIONS = 64;
  private static final int KEYS = 500;
  private static final double FILL_RATE = 250;
  private static final int ROUNDS = 20;
  private static final long SEED = 42;

  private final OpenGets gets;
  private final int rate;
  private final List<String> keys =
      IntStream.range(0, KEYS).mapToObj(number -> "resident-" + number).toList();
  private final SplittableRandom random = new SplittableRandom(SEED);

  Hits(Plan plan, SiegeNode node, String group, int valueBytes) {
    this.rate = plan.hitRate();
    this.gets = new OpenGets(node.data(), group, valueBytes, CONNECTIONS, plan.timeoutNanos());
  }

  /**
   * Opens all the connections, so that the node's count of them changes by what others do alone,
   * and makes the node load all keys.
   */
  void fill() throws IOException, InterruptedException {
    gets.connectAll();
    Outcome outcome = gets.sweep(FILL_RATE, keys);
    for (int round = 1; round < ROUNDS && outcome.useful() < KEYS; round++) {
      outcome = gets.sweep(FILL_RATE, keys); // a cold node may have refused some
    }
    if (outcome.useful() < KEYS) {
      throw new IOException(
          "the node answered "
              + outcome.useful()
              + " of "
              + KEYS
              + " keys: "
              + outcome.reasons()
              + " (expected: all)");
    }
  }

  /** Gets at the rate from now on, and returns what those come to that are due from now on. */
  Outcome begin() {
    return gets.send(rate, () -> keys.get(random.nextInt(KEYS)));
  }

  /** Gets no more, and waits until all of these have ended. */
  void end(Outcome last) throws InterruptedException {
    gets.pause();
    gets.await(last);
  }

  /** Waits until all of these have ended; later ones go on. */
  void await(Outcome outcome) throws InterruptedException {
    gets.await(outcome);
  }

  @Override
  public void close() {
    gets.close();
  }
}
