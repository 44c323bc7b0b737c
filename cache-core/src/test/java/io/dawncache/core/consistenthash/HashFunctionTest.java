package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import org.junit.jupiter.api.Test;

class HashFunctionTest {

  @Test
  void crc32AnswersItsUnsignedValue() {
    assertEquals(0, HashFunction.CRC32.hash(new byte[0]));
    assertEquals(0xCBF43926L, HashFunction.CRC32.hash("123456789".getBytes(US_ASCII)));
  }

  @Test
  void fnv1MultipliesThenXors() {
    assertEquals(0xcbf29ce484222325L, HashFunction.FNV1_64.hash(new byte[0]));
    assertEquals(0xaf63bd4c8601b7beL, HashFunction.FNV1_64.hash("a".getBytes(US_ASCII)));
    assertEquals(0x340d8765a4dda9c2L, HashFunction.FNV1_64.hash("foobar".getBytes(US_ASCII)));
  }

  @Test
  void bytesAboveAsciiAreTakenUnsigned() {
    assertEquals(0xaf63bd4c8601b720L, HashFunction.FNV1_64.hash(new byte[] {(byte) 0xff}));
    assertEquals(0xFF000000L, HashFunction.CRC32.hash(new byte[] {(byte) 0xff}));
  }

  /** Around the length from which on another way is taken, and with bytes in all places. */
  @Test
  void textIsHashedAsItsUtf8() {
    for (HashFunction hash : List.of(HashFunction.CRC32, HashFunction.FNV1_64)) {
      for (String odd :
          List.of("a", "\u007f", "\u0080", "\u00e9", "\u20ac", "\ud83d\ude00", "\ud83d")) {
        for (int before = 0; before < 40; before++) {
          for (int after : new int[] {0, 1, 7}) {
            String text = "k".repeat(before) + odd + "z".repeat(after);
            assertEquals(hash.hash(text.getBytes(UTF_8)), hash.hash(text), text);
          }
        }
      }
      assertEquals(hash.hash(new byte[0]), hash.hash(""));
    }
  }
}
