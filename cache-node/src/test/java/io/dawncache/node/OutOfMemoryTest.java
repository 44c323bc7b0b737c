package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.dawncache.server.testing.LogRecorder;
import java.util.List;
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

  /** What a callback throws is passed to the handler, too, and its thread goes on. */
  @Test
  void theLogDoesNotSayThatAThreadEndedWhichGoesOn() {
    try (LogRecorder log = LogRecorder.of(OutOfMemory.class)) {
      OutOfMemory.uncaught("test", new Thread("t-1"), new IllegalStateException("a callback"));

      assertEquals(List.of("SEVERE uncaught in thread t-1"), log.lines());
    }
  }

  @Test
  void causesInACircleEnd() {
    Exception one = new Exception("one");
    Exception other = new Exception("other", one);
    one.initCause(other);

    assertNull(OutOfMemory.find(one));
  }
}
