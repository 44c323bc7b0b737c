package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;

/**
 * XXH64 with seed 0. A text of ASCII characters is hashed in place, without an array of its UTF-8.
 *
 * @see <a href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md">Collet, xxHash fast
 *     digest algorithm</a>
 */
final class Xx64 {
  private static final long PRIME_1 = 0x9E3779B185EBCA87L;
  private static final long PRIME_2 = 0xC2B2AE3D27D4EB4FL;
  private static final long PRIME_3 = 0x165667B19E3779F9L;
  private static final long PRIME_4 = 0x85EBCA77C2B2AE63L;
  private static final long PRIME_5 = 0x27D4EB2F165667C5L;

  private static final int STRIPE_BYTES = 4 * Long.BYTES;

  private Xx64() {}

  /** Returns the hash of {@code bytes}. */
  static long of(byte[] bytes) {
    return of(Words.OF_BYTES, bytes, bytes.length);
  }

  /** Returns the hash of the UTF-8 encoding of {@code text}. */
  static long of(String text) {
    for (int i = 0; i < text.length(); i++) {
      if (text.charAt(i) >= 0x80) { // more than one byte
        return of(text.getBytes(UTF_8));
      }
    }
    return of(Words.OF_ASCII, text, text.length());
  }

  private static <T> long of(Words<T> words, T source, int length) {
    int at = 0;
    long hash = PRIME_5;
    if (length >= STRIPE_BYTES) {
      long a = 0x60EA27EEADC0B5D6L; // PRIME_1 + PRIME_2
      long b = PRIME_2;
      long c = 0;
      long d = -PRIME_1;
      for (; at <= length - STRIPE_BYTES; at += STRIPE_BYTES) {
        a = round(a, words.longAt(source, at));
        b = round(b, words.longAt(source, at + Long.BYTES));
        c = round(c, words.longAt(source, at + 2 * Long.BYTES));
        d = round(d, words.longAt(source, at + 3 * Long.BYTES));
      }
      hash = merged(a, b, c, d);
    }
    hash += length;
    for (; at <= length - Long.BYTES; at += Long.BYTES) {
      long word = round(0, words.longAt(source, at));
      hash = Long.rotateLeft(hash ^ word, 27) * PRIME_1 + PRIME_4;
    }
    if (at <= length - Integer.BYTES) {
      long word = Integer.toUnsignedLong(words.intAt(source, at));
      hash = Long.rotateLeft(hash ^ word * PRIME_1, 23) * PRIME_2 + PRIME_3;
      at += Integer.BYTES;
    }
    for (; at < length; at++) {
      long word = Byte.toUnsignedLong(words.byteAt(source, at));
      hash = Long.rotateLeft(hash ^ word * PRIME_5, 11) * PRIME_1;
    }
    return avalanche(hash);
  }

  private static long round(long lane, long word) {
    return Long.rotateLeft(lane + word * PRIME_2, 31) * PRIME_1;
  }

  private static long merged(long a, long b, long c, long d) {
    long hash =
        Long.rotateLeft(a, 1)
            + Long.rotateLeft(b, 7)
            + Long.rotateLeft(c, 12)
            + Long.rotateLeft(d, 18);
    hash = (hash ^ round(0, a)) * PRIME_1 + PRIME_4;
    hash = (hash ^ round(0, b)) * PRIME_1 + PRIME_4;
    hash = (hash ^ round(0, c)) * PRIME_1 + PRIME_4;
    return (hash ^ round(0, d)) * PRIME_1 + PRIME_4;
  }

  private static long avalanche(long bits) {
    long hash = (bits ^ bits >>> 33) * PRIME_2;
    hash = (hash ^ hash >>> 29) * PRIME_3;
    return hash ^ hash >>> 32;
  }

  /** Reads little-endian words from one kind of source. */
  private interface Words<T> {

    Words<byte[]> OF_BYTES =
        new Words<>() {
          private static final VarHandle LONGS =
              MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
          private static final VarHandle INTS =
              MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);

          @Override
          public long longAt(byte[] bytes, int at) {
            return (long) LONGS.get(bytes, at);
          }

          @Override
          public int intAt(byte[] bytes, int at) {
            return (int) INTS.get(bytes, at);
          }

          @Override
          public byte byteAt(byte[] bytes, int at) {
            return bytes[at];
          }
        };

    /** A text of which each character is one byte. */
    Words<String> OF_ASCII =
        new Words<>() {
          @Override
          public long longAt(String text, int at) {
            return Integer.toUnsignedLong(intAt(text, at))
                | (long) intAt(text, at + Integer.BYTES) << Integer.SIZE;
          }

          @Override
          public int intAt(String text, int at) {
            return text.charAt(at)
                | text.charAt(at + 1) << 8
                | text.charAt(at + 2) << 16
                | text.charAt(at + 3) << 24;
          }

          @Override
          public byte byteAt(String text, int at) {
            return (byte) text.charAt(at);
          }
        };

    long longAt(T source, int at);

    int intAt(T source, int at);

    byte byteAt(T source, int at);
  }
}
