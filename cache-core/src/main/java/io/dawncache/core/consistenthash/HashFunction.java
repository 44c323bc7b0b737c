package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.google.errorprone.annotations.Immutable;

/**
 * Maps bytes to a place on the ring.
 *
 * <p>Places are ordered as signed longs. So a 32-bit hash returns its unsigned value, which keeps
 * its unsigned order; a 64-bit hash returns its bits unchanged.
 *
 * <p>An implementation is a pure function, safe from any thread, and does not change the array.
 *
 * @since 0.1.0
 */
@Immutable
@SuppressWarnings("exports") // Immutable is for compilers that know it
@FunctionalInterface
public interface HashFunction {

  /** CRC-32 with the IEEE polynomial, in {@code 0 .. 0xFFFFFFFFL}. */
  HashFunction CRC32 =
      new HashFunction() {
        @Override
        public long hash(byte[] bytes) {
          return Crc32.of(bytes);
        }

        @Override
        public long hash(String text) {
          return Crc32.of(text);
        }
      };

  /**
   * 64-bit FNV-1: for each byte multiply, then xor (FNV-1a xors first).
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

  /**
   * XXH64 with seed 0.
   *
   * @see <a href="https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md">Collet, xxHash
   *     fast digest algorithm</a>
   */
  HashFunction XX64 =
      new HashFunction() {
        @Override
        public long hash(byte[] bytes) {
          return Xx64.of(bytes);
        }

        @Override
        public long hash(String text) {
          return Xx64.of(text);
        }
      };

  /**
   * {@return the place of {@code bytes}, any long}
   *
   * @param bytes what is hashed
   */
  long hash(byte[] bytes);

  /**
   * {@return the place of the UTF-8 encoding of {@code text}, in which lone surrogates become
   * {@code ?}} It always equals {@link #hash(byte[])} of that encoding, so override this only for
   * speed.
   *
   * @param text what is hashed, as its UTF-8 bytes
   */
  default long hash(String text) {
    return hash(text.getBytes(UTF_8));
  }
}
