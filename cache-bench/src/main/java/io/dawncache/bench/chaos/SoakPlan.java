package io.dawncache.bench.chaos;

import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * How long a soak is, and what it does; the command line has checked it.
 *
 * @param length of the whole run, with its warm-up
 * @param rate gets a second over all nodes
 * @param keys how many keys are drawn by Zipf's law
 * @param folder where member lists and logs are kept
 */
record SoakPlan(Duration length, double rate, int keys, Path folder) {
  static final int NODES = 3;
  static final double SKEW = 0.9;

  /** What a node has to do with. Its cache is small, so that it evicts. */
  static final long HEAP_MIB = 96;

  static final long DIRECT_MIB = 64;
  private static final long CACHE_MIB = 8;
  private static final long REST_MIB = 160; // of the JVM: classes, compiled code, threads

  /** All of it. */
  static final long RESIDENT_MIB = HEAP_MIB + DIRECT_MIB + REST_MIB;

  private static final Duration LONGEST_WARM_UP = Duration.ofMinutes(10);
  private static final Duration MOST_BETWEEN_FAULTS = Duration.ofMinutes(2);
  private static final Duration MOST_BETWEEN_SAMPLES = Duration.ofSeconds(10);

  /** After this many samples the heap is collected and measured, too. */
  static final int SAMPLES_A_COLLECTION = 6;

  /** Returns how long it runs before anything is judged. */
  Duration warmUp() {
    return least(length.dividedBy(6), LONGEST_WARM_UP);
  }

  /** Returns the time from the begin of a fault to that of the next. */
  Duration betweenFaults() {
    return least(length.dividedBy(12), MOST_BETWEEN_FAULTS);
  }

  Duration betweenSamples() {
    return least(length.dividedBy(60), MOST_BETWEEN_SAMPLES);
  }

  /** Returns the distance of the points by which slopes are judged. */
  Duration betweenPoints() {
    return betweenSamples().multipliedBy(SAMPLES_A_COLLECTION);
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }

  /** Returns the options of a node with an operations listener there. */
  static ChaosNode.Options options(String operations) {
    return new ChaosNode.Options(
        List.of(
            "-Xms" + HEAP_MIB + "m",
            "-Xmx" + HEAP_MIB + "m",
            "-XX:+AlwaysPreTouch", // so that resident memory does not grow with the heap's use
            "-XX:MaxDirectMemorySize=" + DIRECT_MIB + "m",
            "-XX:NativeMemoryTracking=summary",
            "-Dio.netty.leakDetection.level=paranoid"),
        List.of(
            "--operations",
            operations,
            "--max-bytes",
            CACHE_MIB + "m",
            "--ttl",
            "1m",
            "--remote-changes",
            "all"));
  }
}
