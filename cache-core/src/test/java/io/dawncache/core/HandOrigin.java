package io.dawncache.core;

import com.google.errorprone.annotations.CanIgnoreReturnValue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/** An origin that answers when the test says so. */
final class HandOrigin implements AsyncGetter {
  /** One run of the getter; complete {@code answer} to end it. */
  record Question(String key, CompletableFuture<Loaded> answer) {
    @CanIgnoreReturnValue
    Question is(String value) {
      answer.complete(Loaded.ofUtf8(value));
      return this;
    }
  }

  private final BlockingQueue<Question> unanswered = new LinkedBlockingQueue<>();
  private final AtomicInteger runs = new AtomicInteger();

  @Override
  public CompletionStage<Loaded> load(String key) {
    runs.incrementAndGet();
    return new Followed(key);
  }

  /** Waits for the next run of the getter. */
  Question next() throws InterruptedException {
    return unanswered.take();
  }

  /** Returns how many runs began that {@link #next} has not shown. */
  int unseen() {
    return unanswered.size();
  }

  /** Returns how many runs began. */
  int runs() {
    return runs.get();
  }

  /**
   * An answer that is shown to the test once the load executor follows it, so that who completes it
   * is who ends the load.
   */
  private final class Followed extends CompletableFuture<Loaded> {
    private final String key;

    Followed(String key) {
      this.key = key;
    }

    @Override
    public CompletableFuture<Loaded> whenComplete(
        BiConsumer<? super Loaded, ? super Throwable> action) {
      CompletableFuture<Loaded> followed = super.whenComplete(action);
      unanswered.add(new Question(key, this));
      return followed;
    }

    @Override
    public <U> CompletableFuture<U> newIncompleteFuture() {
      return new CompletableFuture<>();
    }
  }
}
