package io.dawncache.server.testing;

import static org.junit.jupiter.api.Assertions.assertDoesNotThrow;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.PooledByteBufAllocator;
import io.netty.util.ResourceLeakDetector;
import org.junit.jupiter.api.Test;

class LeakExtensionTest {
  private final LeakExtension extension = new LeakExtension();

  @Test
  void aBufferThatIsNotReleasedFailsItsTestClass() {
    dropABufferUnreleased();

    AssertionError failure = assertThrows(AssertionError.class, () -> extension.afterAll(null));

    assertTrue(failure.getMessage().startsWith("1 leaks (expected: none)"), failure.getMessage());
    assertTrue(failure.getMessage().contains("dropABufferUnreleased"), failure.getMessage());
  }

  @Test
  void aLeakIsChargedOnce() {
    dropAnotherBufferUnreleased();
    assertThrows(AssertionError.class, () -> extension.afterAll(null));

    assertDoesNotThrow(() -> extension.afterAll(null));
  }

  @Test
  void aReleasedBufferIsNoLeak() {
    PooledByteBufAllocator.DEFAULT.buffer().release();

    assertDoesNotThrow(() -> extension.afterAll(null));
  }

  @Test
  void everyBufferIsTracked() {
    assertEquals(ResourceLeakDetector.Level.PARANOID, ResourceLeakDetector.getLevel());
  }

  private static void dropABufferUnreleased() {
    ByteBuf dropped = PooledByteBufAllocator.DEFAULT.buffer(16);
    dropped.writeByte(1);
  }

  /* Another place in the code than above: Netty reports a leak with the same trace once. */
  private static void dropAnotherBufferUnreleased() {
    ByteBuf dropped = PooledByteBufAllocator.DEFAULT.buffer(16);
    dropped.writeByte(1);
  }
}
