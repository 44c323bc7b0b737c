package io.dawncache.core;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;

/** The layouts that HotSpot has, by options and by version. */
class HeapLayoutTest {
  private static final HeapLayout JDK_17 = new HeapLayout(12, 16, 4, 8, true, 0);
  private static final HeapLayout WIDE_REFERENCES = new HeapLayout(12, 16, 8, 8, true, 0);
  private static final HeapLayout COMPACT_HEADERS = new HeapLayout(8, 12, 4, 8, true, 0);
  private static final HeapLayout LARGE_ALIGNMENT = new HeapLayout(12, 16, 4, 16, true, 0);

  @Test
  void anObjectIsItsHeaderAndItsFieldsRoundedUp() {
    assertEquals(16, JDK_17.objectBytes(0, 0, 0));
    assertEquals(16, JDK_17.objectBytes(1, 0, 0));
    assertEquals(24, JDK_17.objectBytes(2, 0, 0));
    assertEquals(8, COMPACT_HEADERS.objectBytes(0, 0, 0));
    assertEquals(16, COMPACT_HEADERS.objectBytes(2, 0, 0));
    assertEquals(16, HeapLayout.LARGEST.objectBytes(0, 0, 0));
    assertEquals(32, LARGE_ALIGNMENT.objectBytes(2, 0, 0));
  }

  @Test
  void aFieldOfEightBytesLeavesAGapBehindTheHeaderThatNarrowFieldsFill() {
    assertEquals(24, JDK_17.objectBytes(0, 1, 0));
    assertEquals(24, JDK_17.objectBytes(1, 1, 0));
    assertEquals(32, JDK_17.objectBytes(2, 1, 0));
    assertEquals(24, WIDE_REFERENCES.objectBytes(1, 0, 4));
    assertEquals(32, WIDE_REFERENCES.objectBytes(1, 0, 5));
    assertEquals(16, COMPACT_HEADERS.objectBytes(0, 1, 0));
  }

  @Test
  void anArrayIsItsHeaderAndItsElementsRoundedUp() {
    assertEquals(16, JDK_17.byteArrayBytes(0));
    assertEquals(24, JDK_17.byteArrayBytes(1));
    assertEquals(24, JDK_17.byteArrayBytes(8));
    assertEquals(16, COMPACT_HEADERS.byteArrayBytes(4));
    assertEquals(24, COMPACT_HEADERS.byteArrayBytes(5));
    assertEquals(24L + (1L << 31), HeapLayout.LARGEST.byteArrayBytes(1L << 31));
  }

  @Test
  void anArrayOfMoreThanHalfARegionTakesWholeRegions() {
    HeapLayout regions = new HeapLayout(12, 16, 4, 8, true, 1 << 20);

    assertEquals(1 << 19, regions.byteArrayBytes((1 << 19) - 16));
    assertEquals(1 << 20, regions.byteArrayBytes((1 << 19) - 15));
    assertEquals(1 << 20, regions.byteArrayBytes((1 << 20) - 16));
    assertEquals(2 << 20, regions.byteArrayBytes(1 << 20));
  }

  @Test
  void aStringTakesOneByteACharOnlyWhereAllFit() {
    assertEquals(24 + 24, JDK_17.stringBytes("Tom"));
    assertEquals(24 + 24, JDK_17.stringBytes("Bäckerei"));
    assertEquals(24 + 32, JDK_17.stringBytes("1234567€"));
    assertEquals(24 + 40, JDK_17.stringBytes("0123456€90"));
    assertEquals(32 + 40, HeapLayout.LARGEST.stringBytes("Tom45678"));
    assertEquals(24 + 16, JDK_17.stringBytes(""));
  }
}
