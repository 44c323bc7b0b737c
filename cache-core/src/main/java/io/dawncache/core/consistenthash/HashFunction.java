package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.Immutable;

/**
 * Maps bytes to a place on the ring.
 *
 * <p>Places are ordered as signed longs. A 32-bit hash therefore answers its unsigned value, which
 * keeps its unsigned order; a 64-bit hash answers its bits as they are.
 *
 * <p>An implementation is a pure function, safe from any thread, and leaves the array as it was.
 */
@Immutable
@FunctionalInterface
public interface HashFunction {

  /** CRC-32 with the IEEE polynomial, in {@code 0 .. 0xFFFFFFFFL}. */
  @SuppressWarnings("ClassInitializationDeadlock") // nobody names that class but this line
  HashFunction CRC32 = new Crc32();

  /**
   * FNV-1 of 64 bits: for each byte multiply, then xor (FNV-1a does it the other way round).
   *
   * @see <a href="https://datatracker.ietf.org/doc/draft-eastlake-fnv/">Fowler, Noll, Vo, Eastlake
   *     and Hansen, The FNV Non-Cryptographic Hash Algorithm</a>
   */
  HashFunction FNV1_64 =
      bytes -> {
        long hash = 0xcbf29ce484222325L; // offset basis
        for (byte b : bytes) {
          hash = hash * 0x100000001b3L ^ (b & 0xff); // prime
        }
        return hash;
      };

  /** Returns the place of {@code bytes}, any long. */
  long hash(byte[] bytes);

  /** Returns the place of the UTF-8 encoding of {@code text}; lone surrogates become {@code ?}. */
  default long hash(String text) {
    return hash(text.getBytes(UTF_8));
  }
}
