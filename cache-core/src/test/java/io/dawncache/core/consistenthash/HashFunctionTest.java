package io.dawncache.core.consistenthash;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

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
}
