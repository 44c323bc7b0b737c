package io.dawncache.core;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A user's future, and how it ends: completed on the callback executor, once.
 *
 * <p>Made before the operation starts. From the operation's end to the future's completion it makes
 * no object but the future's own record of a failure; if there is no memory even for that, the
 * node's next tick completes the future.
 *
 * @param <A> what the operation answers
 * @param <T> what the future answers
 */
final class Completion<A, T> extends Task {
  private final NodeThreads threads;
  private final Function<? super A, ? extends T> form;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final AtomicBoolean ended = new AtomicBoolean();

  // Written by the first call of end, before this is handed over.
  private @Nullable A answer;
  private @Nullable Throwable error;

  /**
   * Makes one.
   *
   * @param form turns the answer into the future's; what it throws is the future's failure
   */
  Completion(NodeThreads threads, Function<? super A, ? extends T> form) {
    this.threads = threads;
    this.form = form;
  }

  CompletableFuture<T> future() {
    return future;
  }

  /** Ends the future by the answer or, if that is null, by the error; later calls do nothing. */
  void end(@Nullable A answer, @Nullable Throwable error) {
    if (ended.compareAndSet(false, true)) {
      this.answer = answer;
      this.error = error;
      threads.callBack(this);
    }
  }

  @Override
  void steps() {
    try {
      A present = answer;
      if (present != null) {
        future.complete(form.apply(present));
      } else {
        future.completeExceptionally(Objects.requireNonNull(error, "error"));
      }
    } catch (Throwable t) {
      fail(t);
    }
  }

  private void fail(Throwable why) {
    try {
      future.completeExceptionally(why);
    } catch (Throwable t) { // no memory
      rewind();
      threads.callBackLater(this);
    }
  }
}
