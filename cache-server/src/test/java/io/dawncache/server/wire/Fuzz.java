package io.dawncache.server.wire;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.TimeUnit;

/**
 * The entry point of the fuzzer that {@code scripts/fuzz} runs, for one {@link WireReader}.
 *
 * <p>The first byte of an input decides what the others are: the input of the reader, or the
 * decisions by which {@link MessageCases} makes one. So a mutation of the fuzzer's changes a byte
 * of a message, or its structure.
 */
public final class Fuzz {
  private static final byte AS_IT_IS = 0;
  private static final byte DECISIONS = 1;
  private static final int SEEDS = 200;
  private static final int DECISION_BYTES = 400;

  private static WireReader reader = WireReader.FETCH_REQUEST;

  private Fuzz() {}

  /** Chooses the reader by its name; called once by the fuzzer. */
  public static void fuzzerInitialize(String[] args) {
    reader = reader(args[0]);
  }

  /** Checks one input; called by the fuzzer. */
  public static void fuzzerTestOneInput(byte[] input) {
    check(reader, input);
  }

  /** Has {@code reader} check what {@code input} stands for. */
  static void check(WireReader reader, byte[] input) {
    if (input.length > 0) {
      byte[] rest = Arrays.copyOfRange(input, 1, input.length);
      boolean decisions = (input[0] & 1) == DECISIONS;
      reader.check(decisions ? reader.sample(new MessageCases(new Decisions(rest))) : rest);
    }
  }

  /** Returns an input to begin with. */
  static byte[] seed(WireReader reader, Random random) {
    byte[] rest;
    boolean decisions = random.nextInt(4) == 0;
    if (decisions) {
      rest = new byte[1 + random.nextInt(DECISION_BYTES)];
      random.nextBytes(rest);
    } else {
      rest = reader.sample(new MessageCases(random));
    }
    byte[] input = new byte[1 + rest.length];
    input[0] = decisions ? DECISIONS : AS_IT_IS;
    System.arraycopy(rest, 0, input, 1, rest.length);
    return input;
  }

  /** What scripts/fuzz calls: {@code list}, {@code seeds}, {@code replay} or {@code random}. */
  public static void main(String[] args) throws IOException {
    switch (args[0]) {
      case "list" -> {
        for (WireReader each : WireReader.values()) {
          System.out.println(name(each));
        }
      }
      case "seeds" -> writeSeeds(reader(args[1]), Path.of(args[2]));
      case "replay" -> check(reader(args[1]), Files.readAllBytes(Path.of(args[2])));
      case "random" -> {
        boolean timed = args[3].equals("seconds");
        long budget = Long.parseLong(args[4]);
        long end = timed ? System.nanoTime() + TimeUnit.SECONDS.toNanos(budget) : Long.MAX_VALUE;
        if (finds(reader(args[1]), Path.of(args[2]), timed ? Long.MAX_VALUE : budget, end)) {
          System.exit(1);
        }
      }
      default -> throw new IllegalArgumentException(args[0]);
    }
  }

  private static void writeSeeds(WireReader reader, Path folder) throws IOException {
    for (int i = 0; i < SEEDS; i++) {
      Files.write(folder.resolve("seed-" + i), seed(reader, new Random(i)));
    }
  }

  /** Tries inputs made at random; returns whether the reader failed on one, which is then kept. */
  private static boolean finds(WireReader reader, Path findings, long runs, long endNanos)
      throws IOException {
    long first = System.currentTimeMillis() << 20; // another part of the seeds at each call
    long run = 0;
    while (run < runs && System.nanoTime() < endNanos) {
      byte[] sample = reader.sample(new MessageCases(new Random(first + run)));
      try {
        reader.check(sample);
      } catch (Throwable t) {
        byte[] input = new byte[1 + sample.length];
        input[0] = AS_IT_IS;
        System.arraycopy(sample, 0, input, 1, sample.length);
        Path kept = Files.write(findings.resolve("random-" + (first + run)), input);
        t.printStackTrace();
        System.out.println(name(reader) + ": a FINDING after " + run + " executions: " + kept);
        return true;
      }
      run++;
    }
    System.out.println(name(reader) + ": " + run + " executions");
    return false;
  }

  private static String name(WireReader reader) {
    return reader.name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  private static WireReader reader(String name) {
    return WireReader.valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Decisions that were made before; zeros when they are all used. */
  private static final class Decisions extends Random {
    private static final long serialVersionUID = 1;

    private final byte[] made;
    private int used;

    Decisions(byte[] made) {
      this.made = made;
    }

    @Override
    protected int next(int bits) {
      int next = 0;
      for (int i = 0; i < bits; i += Byte.SIZE) {
        next = (next << Byte.SIZE) | (used < made.length ? made[used++] & 0xff : 0);
      }
      return next & (int) ((1L << bits) - 1);
    }
  }
}
