package io.dawncache.server.inbound;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.jetbrains.lincheck.Lincheck;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Results that arrive while the event loop writes others, in many orders of their steps. */
class ResultStreamInterleavingsIT {
  private static final int ORDERS = 100;
  private static final PeerResult VALUE = PeerResult.value(ByteView.ofUtf8("630"));
  private static final List<PeerRequest> REQUESTS =
      List.of(
          new PeerRequest("scores", "Tom", Duration.ofSeconds(1)),
          new PeerRequest("scores", "Jack", Duration.ofSeconds(1)));

  private final CacheNode node = CacheNode.create();

  @AfterEach
  void close() {
    node.close();
  }

  /** An event loop with a task for each call of the stream. */
  private final class Loop {
    final AtomicInteger tasks = new AtomicInteger();
    final ResultStream stream =
        new ResultStream(
            REQUESTS,
            1_000,
            tasks::incrementAndGet,
            cause -> {
              throw new AssertionError(cause);
            },
            (requests, callback) -> {},
            node.bytesInFlight().open(() -> {}));
    final ByteBuf out = Unpooled.buffer();

    void run() {
      while (tasks.get() > 0) {
        tasks.decrementAndGet();
        while (stream.hasNext()) {
          stream.write(out);
        }
      }
    }
  }

  @Test
  void noResultIsLeftBehindWithoutATaskToWriteIt() {
    Lincheck.runConcurrentTest(
        ORDERS,
        () -> {
          Loop loop = new Loop();
          loop.stream.accept(REQUESTS.get(0), VALUE);
          Thread origin = new Thread(() -> loop.stream.accept(REQUESTS.get(1), VALUE));
          origin.start();
          loop.run();
          join(origin);
          loop.run();
          assertTrue(loop.stream.isOver(), "a result is left (expected: none)");
          loop.stream.close();
        });
  }

  private static void join(Thread thread) {
    try {
      thread.join();
    } catch (InterruptedException e) {
      throw new AssertionError(e);
    }
  }
}
