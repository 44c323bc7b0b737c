package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Arrays;
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

  /** The sanity test of xxHash's own program: pieces of the text that its generator makes. */
  @Test
  void xx64HasThePublishedValues() {
    var bytes = new byte[222];
    long state = 2654435761L;
    for (int i = 0; i < bytes.length; i++) {
      bytes[i] = (byte) (state >>> 56);
      state *= 0x9E3779B185EBCA8DL;
    }
    assertEquals(0xEF46DB3751D8E999L, HashFunction.XX64.hash(new byte[0]));
    assertEquals(0xE934A84ADB052768L, HashFunction.XX64.hash(Arrays.copyOf(bytes, 1)));
    assertEquals(0x9136A0DCA57457EEL, HashFunction.XX64.hash(Arrays.copyOf(bytes, 4)));
    assertEquals(0x8282DCC4994E35C8L, HashFunction.XX64.hash(Arrays.copyOf(bytes, 14)));
    assertEquals(0xB641AE8CB691C174L, HashFunction.XX64.hash(bytes));
    assertEquals(0xD24EC4F1A98C6E5BL, HashFunction.XX64.hash("a"));
    assertEquals(0x44BC2CF5AD770999L, HashFunction.XX64.hash("abc"));
    assertEquals(
        0xFBCEA83C8A378BF1L, HashFunction.XX64.hash("Nobody inspects the spammish repetition"));
  }

  @Test
  void bytesAboveAsciiAreTakenUnsigned() {
    assertEquals(0xaf63bd4c8601b720L, HashFunction.FNV1_64.hash(new byte[] {(byte) 0xff}));
    assertEquals(0xFF000000L, HashFunction.CRC32.hash(new byte[] {(byte) 0xff}));
  }

  /** The short way and the long: the odd character first, inside and last. */
  @Test
  void theHashOfTextIsThatOfItsUtf8() {
    assertEquals(0, HashFunction.CRC32.hash(""));
    assertEquals(0xCBF43926L, HashFunction.CRC32.hash("123456789"));
    for (char c = 0; c < 0x80; c++) {
      assertSameAsUtf8(String.valueOf(c));
    }
    for (int length = 0; length < 80; length++) {
      assertSameAsUtf8("k".repeat(length));
    }
    for (String odd :
        List.of("\u007f", "\u0080", "\u00e9", "\u20ac", "\ud83d\ude00", "\ud83d", "\ude00")) {
      for (int before = 0; before < 80; before++) {
        for (int after : new int[] {0, 1, 7}) {
          assertSameAsUtf8("k".repeat(before) + odd + "z".repeat(after));
        }
      }
    }
  }

  private static void assertSameAsUtf8(String text) {
    for (HashFunction hash : List.of(HashFunction.CRC32, HashFunction.XX64)) {
      assertEquals(hash.hash(text.getBytes(UTF_8)), hash.hash(text), text);
    }
  }

  @Test
  void textIsHashedAsItsUtf8ByAFunctionOfBytes() {
    HashFunction last = bytes -> bytes[bytes.length - 1];
    assertEquals((byte) 0xac, last.hash("\u20ac")); // e2 82 ac
  }
}
