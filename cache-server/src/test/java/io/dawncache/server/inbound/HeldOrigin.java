package io.dawncache.server.inbound;

import io.dawncache.core.AsyncGetter;
import io.dawncache.core.Loaded;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

/** An origin whose every load lasts until a test ends it, on the test's own thread. */
final class HeldOrigin implements AsyncGetter {
  private final Map<String, HeldLoad> loads = new ConcurrentHashMap<>();

  @Override
  public CompletionStage<Loaded> load(String key) {
    return held(key);
  }

  /** Ends the load of {@code key} with that value; all that follows has happened on return. */
  void answer(String key, String value) throws InterruptedException {
    HeldLoad load = held(key);
    load.followed.await();
    load.complete(Loaded.ofUtf8(value));
  }

  /** As {@link #answer}, if the load has begun; a get may have been refused before it. */
  void answerIfAsked(String key, String value) throws InterruptedException {
    if (loads.containsKey(key)) {
      answer(key, value);
    }
  }

  void fail(String key, String why) throws InterruptedException {
    HeldLoad load = held(key);
    load.followed.await();
    load.completeExceptionally(new IllegalStateException(why));
  }

  private HeldLoad held(String key) {
    return loads.computeIfAbsent(key, k -> new HeldLoad());
  }

  /** Tells when the core listens, for only then does completing it run what the core does next. */
  private static final class HeldLoad extends CompletableFuture<Loaded> {
    private final CountDownLatch followed = new CountDownLatch(1);

    @Override
    public CompletableFuture<Loaded> whenComplete(
        BiConsumer<? super Loaded, ? super Throwable> action) {
      CompletableFuture<Loaded> dependent = super.whenComplete(action);
      followed.countDown();
      return dependent;
    }
  }
}
