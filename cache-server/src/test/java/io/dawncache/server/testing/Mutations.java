package io.dawncache.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.Arrays;
import java.util.List;
import java.util.Random;

/** Changes inputs at random, in ways that readers are known to stumble over. */
public final class Mutations {
  private static final int MOST_CHANGES = 6;
  private static final int MOST_BYTES = 64 << 10;
  private static final int LONG_EACH = 256; // one of that many is repeated until it is long

  private static final List<byte[]> WORDS =
      FuzzedReader.bytes(
          List.of(
              "\n",
              "\r\n",
              "\t",
              " ",
              ",",
              ":",
              ";",
              "=",
              "/",
              "\\",
              "\"",
              "'",
              "#",
              "%",
              "@",
              "-",
              "_",
              ".",
              "..",
              "{",
              "}",
              "[",
              "]",
              "(",
              ")",
              "*",
              "&",
              "?",
              "%00",
              "%2e",
              "%zz",
              "0",
              "-1",
              "00",
              "1e9",
              "0x1",
              "255",
              "256",
              "65535",
              "65536",
              "2147483647",
              "2147483648",
              "9223372036854775807",
              "9223372036854775808",
              "99999999999999999999",
              "\0",
              "\u0085",
              "\u2028",
              "\ufeff",
              "é",
              "\ud83d\ude00",
              "İ",
              "~",
              "null",
              "true",
              "!!",
              "<<",
              "---"));

  private final Random random;
  private byte[] bytes;

  private Mutations(byte[] bytes, Random random) {
    this.bytes = bytes;
    this.random = random;
  }

  /** Returns one of the inputs, changed. */
  public static byte[] mutated(List<byte[]> inputs, Random random) {
    Mutations mutations = new Mutations(any(inputs, random), random);
    for (int i = 1 + random.nextInt(MOST_CHANGES); i > 0; i--) {
      mutations.change(any(inputs, random));
    }
    if (random.nextInt(LONG_EACH) == 0) {
      mutations.repeat(MOST_BYTES);
    }
    return mutations.bytes;
  }

  private static byte[] any(List<byte[]> of, Random random) {
    return of.get(random.nextInt(of.size()));
  }

  private void change(byte[] other) {
    int at = random.nextInt(bytes.length + 1);
    int end = Math.min(bytes.length, at + 1 + random.nextInt(1 << random.nextInt(8)));
    switch (random.nextInt(10)) {
      case 0, 1 -> replace(at, end, new byte[0]);
      case 2 -> replace(at, end, flipped(Arrays.copyOfRange(bytes, at, end)));
      case 3 -> replace(at, end, anything(end - at));
      case 4 -> replace(at, at, anything(1 + random.nextInt(8)));
      case 5, 6 -> replace(at, random.nextBoolean() ? at : end, any(WORDS, random));
      case 7 -> repeat(4 * (1 + random.nextInt(64)));
      case 8 -> {
        int from = random.nextInt(other.length + 1);
        int to = from + random.nextInt(other.length - from + 1);
        replace(at, random.nextBoolean() ? at : end, Arrays.copyOfRange(other, from, to));
      }
      default -> {
        int to = random.nextInt(bytes.length + 1);
        replace(to, to, Arrays.copyOfRange(bytes, at, end));
      }
    }
  }

  /** Writes a short part of the input again behind itself, until that makes about so many bytes. */
  private void repeat(int most) {
    int at = random.nextInt(bytes.length + 1);
    byte[] part =
        random.nextInt(4) == 0
            ? any(WORDS, random)
            : Arrays.copyOfRange(bytes, at, Math.min(bytes.length, at + 1 + random.nextInt(4)));
    if (part.length > 0) {
      byte[] repeated = new byte[most / part.length * part.length];
      for (int i = 0; i < repeated.length; i++) {
        repeated[i] = part[i % part.length];
      }
      replace(at, at, repeated);
    }
  }

  private byte[] flipped(byte[] part) {
    if (part.length > 0) {
      part[random.nextInt(part.length)] ^= (byte) (1 << random.nextInt(Byte.SIZE));
    }
    return part;
  }

  private byte[] anything(int length) {
    byte[] part = new byte[length];
    random.nextBytes(part);
    return random.nextBoolean() ? part : new String(part, UTF_8).getBytes(UTF_8);
  }

  private void replace(int from, int to, byte[] part) {
    int length = bytes.length - (to - from) + part.length;
    if (length <= 2 * MOST_BYTES) {
      byte[] changed = Arrays.copyOf(bytes, length);
      System.arraycopy(part, 0, changed, from, part.length);
      System.arraycopy(bytes, to, changed, from + part.length, bytes.length - to);
      bytes = changed;
    }
  }
}
