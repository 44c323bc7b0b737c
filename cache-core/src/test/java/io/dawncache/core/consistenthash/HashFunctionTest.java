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

  /** The short way and the long: the odd character first, inside and last. */
  @Test
  void crc32OfTextIsThatOfItsUtf8() {
    assertEquals(0, HashFunction.CRC32.hash(""));
    assertEquals(0xCBF43926L, HashFunction.CRC32.hash("123456789"));
    for (char c = 0; c < 0x80; c++) {
      assertSameAsUtf8(String.valueOf(c));
    }
    for (String odd :
        List.of("\u007f", "\u0080", "\u00e9", "\u20ac", "\ud83d\ude00", "\ud83d", "\ude00")) {
      for (int before = 0; before < 40; before++) {
        for (int after : new int[] {0, 1, 7}) {
          assertSameAsUtf8("k".repeat(before) + odd + "z".repeat(after));
        }
      }
    }
  }

  private static void assertSameAsUtf8(String text) {
    long expected = HashFunction.CRC32.hash(text.getBytes(UTF_8));
    assertEquals(expected, HashFunction.CRC32.hash(text), text);
  }

  @Test
  void textIsHashedAsItsUtf8ByAFunctionOfBytes() {
    HashFunction last = bytes -> bytes[bytes.length - 1];
    assertEquals((byte) 0xac, last.hash("\u20ac")); // e2 82 ac
  }
}
