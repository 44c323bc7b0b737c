package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import org.junit.jupiter.api.Test;

final class FootprintTest {
  @Test
  void theHeapOfG1IsOneLine() throws IOException {
    assertEquals(
        9_730 << 10,
        Footprint.heapBytes(
            """
            4242:
             garbage-first heap   total 266240K, used 9730K [0x00000000f0000000, 0x0000000100000000)
              region size 1024K, 2 young (2048K), 1 survivors (1024K)
             Metaspace       used 30725K, committed 31168K, reserved 1114112K
              class space    used 3478K, committed 3712K, reserved 1048576K
            """));
  }

  @Test
  void generationsAreAdded() throws IOException {
    assertEquals(
        (1_398 + 8_000) << 10,
        Footprint.heapBytes(
            """
            4242:
             def new generation   total 78656K, used 1398K [0xf0000000, 0xf5550000, 0xf5550000)
              eden space 69952K,   2% used [0xf0000000, 0xf015d8d8, 0xf4450000)
              from space 8704K,   0% used [0xf4450000, 0xf4450000, 0xf4cd0000)
             tenured generation   total 174784K, used 8000K [0xf5550000, 0x100000000, 0x100000000)
               the space 174784K,   4% used [0xf5550000, 0xf5d20000, 0x100000000)
             Metaspace       used 799K, committed 960K, reserved 1114112K
              class space    used 70K, committed 128K, reserved 1048576K
            """));
  }

  @Test
  void aHeapThatIsNotToldIsNoEmptyOne() {
    IOException thrown =
        assertThrows(IOException.class, () -> Footprint.heapBytes("4242:\n Metaspace used 799K\n"));
    assertTrue(thrown.getMessage().contains("no used heap"), thrown::getMessage);
  }

  @Test
  void directMemoryIsWhatIsCommittedOfTheOther() throws IOException {
    assertEquals(
        8_232 << 10,
        Footprint.directBytes(
            """
            4242:

            Native Memory Tracking:

            -                     Compiler (reserved=200KB, committed=200KB)
            -                        Other (reserved=8392KB, committed=8232KB)
                                        (malloc=8232KB #17) (at peak)
            """));
  }

  @Test
  void whatIsLiveIsTheTotalOfTheHistogram() throws IOException {
    assertEquals(
        9_123_456,
        Footprint.liveBytes(
            """
            4242:
             num     #instances         #bytes  class name (module)
            -------------------------------------------------------
               1:         41204        3410456  [B (java.base@25)
            Total        123456        9123456
            """));
    assertThrows(IOException.class, () -> Footprint.liveBytes("4242:\n"));
  }

  @Test
  void memoryThatIsNotTrackedIsNamed() {
    IOException thrown =
        assertThrows(
            IOException.class,
            () -> Footprint.directBytes("4242:\nNative memory tracking is not enabled\n"));
    assertTrue(thrown.getMessage().contains("-XX:NativeMemoryTracking"), thrown::getMessage);
  }
}
