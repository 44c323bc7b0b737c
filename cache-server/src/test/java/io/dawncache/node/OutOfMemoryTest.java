package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import org.junit.jupiter.api.Test;

class OutOfMemoryTest {
  @Test
  void anErrorOfMemoryIsFoundBehindWhatWasThrownForIt() {
    OutOfMemoryError error =
        new OutOfMemoryError("Cannot reserve 16 bytes of direct buffer memory");

    assertSame(error, OutOfMemory.find(error));
    assertSame(error, OutOfMemory.find(new IllegalStateException(new RuntimeException(error))));
  }

  @Test
  void aThreadThatCannotBeStartedIsNoLackOfMemory() {
    assertNull(OutOfMemory.find(new OutOfMemoryError("unable to create native thread")));
  }

  @Test
  void causesInACircleEnd() {
    Exception one = new Exception("one");
    Exception other = new Exception("other", one);
    one.initCause(other);

    assertNull(OutOfMemory.find(one));
  }
}
