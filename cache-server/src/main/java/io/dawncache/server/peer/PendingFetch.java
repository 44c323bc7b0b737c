package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.netty.channel.EventLoop;
import io.netty.util.concurrent.Future;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One fetch from its start to its end, which comes once; lives on one event loop. */
final class PendingFetch {
  private final EventLoop loop;
  private final PeerRequest request;
  private final Consumer<? super PeerResult> callback;
  private final List<Future<?>> timers = new ArrayList<>(2);

  private @Nullable Connection connection; // that the fetch was sent on and is unanswered on
  private Consumer<PendingFetch> whenEnded = fetch -> {};
  private boolean retried;
  private boolean ended;

  PendingFetch(EventLoop loop, PeerRequest request, Consumer<? super PeerResult> callback) {
    this.loop = loop;
    this.request = request;
    this.callback = callback;
  }

  PeerRequest request() {
    return request;
  }

  boolean isEnded() {
    return ended;
  }

  void sentOn(Connection connection) {
    this.connection = connection;
  }

  /** Returns whether the fetch is on a connection and unanswered. */
  boolean isSent() {
    return connection != null;
  }

  /** The connection has given its answer, or is lost. */
  void released() {
    this.connection = null;
  }

  /** Returns whether the fetch may be sent once more; true once. */
  boolean takeRetry() {
    boolean first = !retried;
    retried = true;
    return first;
  }

  /** Has {@code listener} told once when the fetch ends, before its callback. */
  void whenEnded(Consumer<PendingFetch> listener) {
    whenEnded = listener;
  }

  /** Runs {@code task} after {@code nanos} unless the fetch has ended by then. */
  void after(long nanos, Runnable task) {
    assert loop.inEventLoop();
    timers.add(loop.schedule(() -> runUnlessEnded(task), nanos, TimeUnit.NANOSECONDS));
  }

  private void runUnlessEnded(Runnable task) {
    if (!ended) {
      task.run();
    }
  }

  /** Ends the fetch unless it has ended; a connection that still owes its answer is closed. */
  void end(PeerResult result) {
    assert loop.inEventLoop();
    if (ended) {
      return;
    }
    ended = true;
    timers.forEach(timer -> timer.cancel(false));
    whenEnded.accept(this);
    if (connection != null) {
      connection.giveUp();
    }
    callback.accept(result);
  }

  void end(PeerResult.Status status, String detail) {
    end(PeerResult.of(status, detail));
  }
}
