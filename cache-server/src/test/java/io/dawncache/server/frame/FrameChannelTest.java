package io.dawncache.server.frame;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.netty.buffer.ByteBuf;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.Future;
import io.netty.util.concurrent.GlobalEventExecutor;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** An end of frames on an event loop that may have no memory for a task. */
class FrameChannelTest {
  private final Loop loop = new Loop();
  private final End end = new End();
  private final EmbeddedChannel channel = new EmbeddedChannel();

  @AfterEach
  void close() {
    channel.finishAndReleaseAll();
    loop.run();
  }

  @Test
  @SuppressWarnings("deprecation") // the loop of an embedded channel always has memory for a task
  void aFlushThatCouldNotBeQueuedHoldsUpNoFurtherOne() {
    channel.pipeline().addLast(loop, end);
    loop.run();
    loop.full = true;
    assertThrows(OutOfMemoryError.class, end::out);
    loop.full = false;
    assertNull(channel.readOutbound());

    Frames.write(Frames.NO_ID, FrameKind.PONG, end.out());
    loop.run();

    ByteBuf sent = channel.readOutbound();
    assertEquals(Frames.HEAD_BYTES, sent.readableBytes());
    sent.release();
  }

  private static final class End extends FrameChannel {
    @Override
    protected void received(FrameKind kind, int id, boolean more, ByteBuf payload) {}

    @Override
    protected void goAwayReceived() {}

    @Override
    protected void writable() {}

    @Override
    protected void ended() {}

    @Override
    protected boolean takesTurns() {
      return true;
    }
  }

  /** Runs its tasks when the test says so. */
  private static final class Loop extends AbstractEventExecutor {
    private final Queue<Runnable> tasks = new ArrayDeque<>();
    private boolean full;

    void run() {
      for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
        task.run();
      }
    }

    @Override
    public boolean inEventLoop(Thread thread) {
      return true;
    }

    @Override
    public void execute(Runnable task) {
      if (full) {
        throw new OutOfMemoryError("no memory for a task");
      }
      tasks.add(task);
    }

    @Override
    public boolean isShuttingDown() {
      return false;
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
      return terminationFuture();
    }

    @Override
    public Future<?> terminationFuture() {
      return GlobalEventExecutor.INSTANCE.newSucceededFuture(null);
    }

    @Override
    @Deprecated
    public void shutdown() {}

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return false;
    }
  }
}
