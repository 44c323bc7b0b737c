package io.dawncache.server.peer;

import io.dawncache.core.Forget;
import io.dawncache.core.OperationResult;
import io.dawncache.core.OperationResult.Status;
import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;

/**
 * Makes a node of mailgun's dialect forget keys one by one, because it has no message for many. The
 * first failure ends all: nothing more is sent. Answers may arrive on any thread.
 */
final class Deletes {
  private static final int AT_ONCE = 32;

  private final PeerClient peer;
  private final String group;
  private final Duration timeout;
  private final Consumer<? super OperationResult> callback;
  private final long startNanos = System.nanoTime();
  private final Queue<String> unsent;
  private final AtomicInteger undone;
  private final AtomicBoolean ended = new AtomicBoolean();

  /**
   * Takes the keys; {@link #start} begins.
   *
   * @param what keys, not the whole group
   * @param callback called once with how it all ended
   */
  Deletes(
      PeerClient peer, Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
    this.peer = peer;
    this.group = what.group();
    this.timeout = timeout;
    this.callback = callback;
    this.unsent = new ConcurrentLinkedQueue<>(what.keys());
    this.undone = new AtomicInteger(what.keys().size());
  }

  void start() {
    for (int i = 0; i < AT_ONCE; i++) {
      sendNext();
    }
  }

  /**
   * Sends the next delete. If that throws, it was not sent and no answer ends this, so the catch
   * does.
   */
  private void sendNext() {
    String key = ended.get() ? null : unsent.poll();
    if (key == null) {
      return;
    }
    try {
      Duration left = timeout.minusNanos(System.nanoTime() - startNanos);
      peer.delete(group, key, left, this::answered);
    } catch (Throwable t) {
      end(OperationQuestion.BROKEN);
    }
  }

  private void answered(OperationResult result) {
    boolean done = result.status() == Status.DONE || result.status() == Status.DONE_ALONE;
    if (!done || undone.decrementAndGet() == 0) {
      end(result);
    } else {
      sendNext();
    }
  }

  private void end(OperationResult result) {
    if (ended.compareAndSet(false, true)) {
      callback.accept(result);
    }
  }
}
