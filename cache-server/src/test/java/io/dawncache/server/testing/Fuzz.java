package io.dawncache.server.testing;

import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.lang.management.ThreadMXBean;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The entry point of the fuzzer that {@code scripts/fuzz} runs, for one {@link FuzzedReader}. An
 * input is a finding if its reader does anything but read it or refuse it as it should, if that
 * takes more stack than a quarter of a megabyte, or more than two seconds of a processor.
 */
public final class Fuzz {
  private static final long STACK_BYTES = 256 << 10;
  private static final long MOST_CPU_NANOS = TimeUnit.SECONDS.toNanos(2);
  private static final long ENDLESS_MILLIS = TimeUnit.MINUTES.toMillis(2);

  private static final ThreadMXBean THREADS = ManagementFactory.getThreadMXBean();

  private static @Nullable FuzzedReader chosen;

  /**
   * An input on which a reader fails.
   *
   * @param seed of the random numbers that it was made of
   */
  @SuppressWarnings("ArrayRecordComponent") // never compared
  public record Finding(long seed, byte[] input, Throwable failure) {}

  private Fuzz() {}

  /** Chooses the reader by its name; called once by jazzer. */
  public static void fuzzerInitialize(String[] args) {
    chosen = reader(args[0]);
  }

  /** Reads one input; called by jazzer, which watches the time itself. */
  public static void fuzzerTestOneInput(byte[] input) {
    FuzzedReader reader = chosen;
    if (reader != null) {
      reader.read(input);
    }
  }

  /** What scripts/fuzz calls: {@code list}, {@code seeds}, {@code replay} or {@code random}. */
  public static void main(String[] args) throws Exception {
    switch (args[0]) {
      case "list" -> FuzzedReader.all().forEach(reader -> System.out.println(reader.name()));
      case "seeds" -> writeSeeds(reader(args[1]), Path.of(args[2]));
      case "replay" -> replay(reader(args[1]), Files.readAllBytes(Path.of(args[2])));
      case "random" -> {
        boolean timed = args[3].equals("seconds");
        long budget = Long.parseLong(args[4]);
        long end = timed ? System.nanoTime() + TimeUnit.SECONDS.toNanos(budget) : Long.MAX_VALUE;
        long first = System.currentTimeMillis() << 20; // other seeds at each call
        tell(
            new Run(reader(args[1]), first, timed ? Long.MAX_VALUE : budget, end),
            Path.of(args[2]));
      }
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static FuzzedReader reader(String name) {
    return FuzzedReader.all().stream()
        .filter(reader -> reader.name().equals(name))
        .findFirst()
        .orElseThrow(() -> new IllegalArgumentException("reader: " + name));
  }

  private static void writeSeeds(FuzzedReader reader, Path folder) throws IOException {
    int i = 0;
    for (byte[] seed : reader.seeds()) {
      Files.write(folder.resolve("seed-" + i++), seed);
    }
  }

  private static void replay(FuzzedReader reader, byte[] input) throws InterruptedException {
    Finding finding = new Run(reader, input).finding();
    if (finding != null) {
      finding.failure().printStackTrace();
      System.exit(1);
    }
  }

  private static void tell(Run run, Path findings) throws Exception {
    long begun = System.nanoTime();
    Finding finding = run.finding();
    long nanos = Math.max(1, System.nanoTime() - begun);
    String executions =
        String.format(
            Locale.ROOT,
            "%s: %d executions in %d s, %.0f/s",
            run.reader.name(),
            run.done,
            TimeUnit.NANOSECONDS.toSeconds(nanos),
            1e9 * run.done / nanos);
    if (finding == null) {
      System.out.println(executions);
      return;
    }
    Path kept = Files.write(findings.resolve("random-" + finding.seed()), finding.input());
    finding.failure().printStackTrace();
    System.out.println(executions + "; a FINDING: " + kept);
    System.exit(1); // also if its thread does not end
  }

  /**
   * Gives a reader {@code runs} inputs, which depend on {@code firstSeed} alone; returns the first
   * on which it fails, or null if there is none. Blocks.
   */
  public static @Nullable Finding find(FuzzedReader reader, long firstSeed, long runs)
      throws InterruptedException {
    return new Run(reader, firstSeed, runs, Long.MAX_VALUE).finding();
  }

  /** Gives a reader one input; returns it if it fails, or else null. Blocks. */
  public static @Nullable Finding find(FuzzedReader reader, byte[] input)
      throws InterruptedException {
    return new Run(reader, input).finding();
  }

  /** Some executions, on a thread of their own with a small stack. */
  private static final class Run {
    private final FuzzedReader reader;
    private final byte @Nullable [] only;
    private final long firstSeed;
    private final long runs;
    private final long endNanos;
    private final AtomicReference<@Nullable Finding> found = new AtomicReference<>();
    private volatile long done;
    private volatile byte[] present = new byte[0];

    Run(FuzzedReader reader, long firstSeed, long runs, long endNanos) {
      this.reader = reader;
      this.only = null;
      this.firstSeed = firstSeed;
      this.runs = runs;
      this.endNanos = endNanos;
    }

    Run(FuzzedReader reader, byte[] only) {
      this.reader = reader;
      this.only = only;
      this.firstSeed = 0;
      this.runs = 1;
      this.endNanos = Long.MAX_VALUE;
    }

    @Nullable Finding finding() throws InterruptedException {
      Thread thread = new Thread(null, this::readAll, "fuzz " + reader.name(), STACK_BYTES);
      thread.setDaemon(true);
      thread.start();
      long before = -1;
      while (thread.isAlive()) {
        thread.join(ENDLESS_MILLIS);
        if (thread.isAlive() && done == before) {
          AssertionError endless = new AssertionError("does not end");
          endless.setStackTrace(thread.getStackTrace());
          return new Finding(firstSeed + done, present, endless);
        }
        before = done;
      }
      return found.get();
    }

    private void readAll() {
      long count = 0;
      while (found.get() == null && count < runs && System.nanoTime() < endNanos) {
        long seed = firstSeed + count;
        byte[] input = only == null ? reader.sample(new Random(seed)) : only;
        present = input;
        long begun = THREADS.getCurrentThreadCpuTime();
        try {
          reader.read(input);
          long nanos = THREADS.getCurrentThreadCpuTime() - begun;
          if (nanos > MOST_CPU_NANOS) {
            throw new AssertionError(
                "CPU time: " + nanos + " ns (expected: <= " + MOST_CPU_NANOS + ")");
          }
          done = ++count;
        } catch (Throwable t) {
          found.set(new Finding(seed, input, t));
        }
      }
    }
  }
}
