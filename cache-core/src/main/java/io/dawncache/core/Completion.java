package io.dawncache.core;

import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A user's future and its end: completed once, on the callback executor.
 *
 * <p>Made before the operation starts. From the operation's end to the future's completion it
 * allocates only the future's own record of a failure. If there is no memory for that, the node's
 * next tick completes the future.
 *
 * @param <A> the type of the operation's answer
 * @param <T> the type of the future's value
 */
final class Completion<A, T> extends Task {
  private final NodeThreads threads;
  private final Function<? super A, ? extends T> form;
  private final CompletableFuture<T> future = new CompletableFuture<>();
  private final AtomicBoolean ended = new AtomicBoolean();

  // Written by the first call of end, before this is passed to an executor.
  private @Nullable A answer;
  private @Nullable Throwable error;

  /**
   * Makes a completion.
   *
   * @param form converts the answer to the future's value; if it throws, the future fails
   */
  Completion(NodeThreads threads, Function<? super A, ? extends T> form) {
    this.threads = threads;
    this.form = form;
  }

  CompletableFuture<T> future() {
    return future;
  }

  /**
   * Ends the future with the answer or, if that is null, with the error; later calls do nothing.
   */
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
    } catch (Throwable t) { // out of memory
      rewind();
      threads.callBackLater(this);
    }
  }
}
