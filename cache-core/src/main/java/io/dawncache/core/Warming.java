package io.dawncache.core;

import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/** One {@link Group#warm}: gets a list of keys at a limited rate. */
final class Warming {
  /*
   * Every STEP, this starts the gets that are due at the rate, while fewer than MOST_AT_ONCE are in
   * flight; so a slow origin is not flooded. Steps run one at a time: each schedules the next when
   * it ends.
   */
  private static final Duration STEP = Duration.ofMillis(10);
  private static final int MOST_AT_ONCE = 256;

  private final String name;
  private final Gets gets;
  private final NodeResources node;
  private final double keysPerNano;
  private final Consumer<? super WarmProgress> listener;
  private final Completion<WarmProgress, WarmProgress> completion;
  private final long keys;
  private final Iterator<String> rest; // used by one step at a time
  private final long startNanos;
  private long begun; // used by one step at a time
  private long reported = -1; // used by one step at a time

  private final AtomicLong found = new AtomicLong();
  private final AtomicLong notFound = new AtomicLong();
  private final AtomicLong failed = new AtomicLong();
  private final AtomicBoolean reporting = new AtomicBoolean();

  Warming(
      Gets gets,
      NodeResources node,
      Collection<String> keys,
      double keysPerSecond,
      Consumer<? super WarmProgress> listener) {
    LinkedHashSet<String> distinct = new LinkedHashSet<>(keys);
    this.name = "warm " + gets.group();
    this.gets = gets;
    this.node = node;
    this.keysPerNano = keysPerSecond / 1e9;
    this.listener = listener;
    this.keys = distinct.size();
    this.rest = distinct.iterator();
    this.startNanos = node.clock().exact();
    this.completion = new Completion<>(node.threads(), this::reportLast);
  }

  CompletableFuture<WarmProgress> start() {
    CompletableFuture<WarmProgress> future = completion.future();
    Runnable ending =
        () -> completion.end(null, new IllegalStateException(name + ": the node was closed"));
    node.threads().atClose(ending);
    var unused = future.whenComplete((progress, error) -> node.threads().forgetAtClose(ending));
    node.threads().startSoon(Task.of(this::step));
    return future;
  }

  /** Runs on a load thread. */
  private void step() {
    try {
      stepOrThrow();
    } catch (Throwable t) { // otherwise the future would never end
      completion.end(null, t);
    }
  }

  private void stepOrThrow() {
    WarmProgress progress = progress();
    if (completion.future().isDone()) {
      return; // cancelled
    }
    if (progress.done() == keys) {
      completion.end(progress, null);
      return;
    }
    long due = 1 + (long) ((node.clock().exact() - startNanos) * keysPerNano);
    while (rest.hasNext() && begun < due && begun - progress().done() < MOST_AT_ONCE) {
      begun++;
      begin(rest.next());
    }
    report(progress);
    var unused = node.threads().startAfter(STEP, Task.of(this::step));
  }

  private void begin(String key) {
    gets.get(
        key,
        null,
        new GetCallback() {
          @Override
          public void value(Entry entry, double minuteQps) {
            found.incrementAndGet();
          }

          @Override
          public void error(GetException error) {
            (error instanceof NotFoundException ? notFound : failed).incrementAndGet();
          }
        });
  }

  /** Calls the listener with the progress, unless an earlier call is still running. */
  private void report(WarmProgress progress) {
    if (progress.done() > reported && reporting.compareAndSet(false, true)) {
      reported = progress.done();
      Runnable listening =
          () -> {
            try {
              listener.accept(progress);
            } finally {
              reporting.set(false);
            }
          };
      node.threads().callBack(Task.of(listening));
    }
  }

  /** Calls the listener with the last progress, before the future completes. */
  private WarmProgress reportLast(WarmProgress progress) {
    try {
      listener.accept(progress);
    } catch (Throwable t) {
      Uncaught.report(t);
    }
    return progress;
  }

  private WarmProgress progress() {
    return new WarmProgress(keys, found.get(), notFound.get(), failed.get());
  }
}
