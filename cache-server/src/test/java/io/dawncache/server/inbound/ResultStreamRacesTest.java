package io.dawncache.server.inbound;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Results that arrive while the event loop writes others, many times over. */
class ResultStreamRacesTest {
  /*
   * Real threads: a model checker would have to rewrite Netty's buffers, which takes it longer than
   * it allows for one order.
   */
  private static final int ROUNDS = 20_000;
  private static final PeerResult VALUE = PeerResult.value(ByteView.ofUtf8("630"));
  private static final List<PeerRequest> REQUESTS =
      List.of(request("Tom"), request("Jack"), request("Sam"));

  private final CacheNode node = CacheNode.create();
  private final ExecutorService origins = Executors.newFixedThreadPool(REQUESTS.size());

  private static PeerRequest request(String key) {
    return new PeerRequest("scores", key, Duration.ofSeconds(1));
  }

  @AfterEach
  void close() {
    origins.shutdownNow();
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
  void noResultIsLeftBehindWithoutATaskToWriteIt() throws Exception {
    for (int round = 0; round < ROUNDS; round++) {
      Loop loop = new Loop();
      AtomicBoolean go = new AtomicBoolean();
      List<Future<?>> brought = new ArrayList<>();
      for (PeerRequest request : REQUESTS) {
        brought.add(
            origins.submit(
                () -> {
                  while (!go.get()) {
                    Thread.onSpinWait();
                  }
                  loop.stream.accept(request, VALUE);
                }));
      }
      go.set(true);
      while (brought.stream().anyMatch(result -> !result.isDone())) {
        loop.run();
      }
      for (Future<?> result : brought) {
        result.get();
      }
      loop.run();
      assertTrue(loop.stream.isOver(), "a result is left (expected: none)");
      loop.stream.close();
      loop.out.release();
    }
  }
}
