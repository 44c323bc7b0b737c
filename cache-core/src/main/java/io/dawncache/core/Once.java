package io.dawncache.core;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A callback for code that may call it twice, or never get to the end of what follows from it: the
 * first result counts, and if its handling throws, so that those who wait for its outcome would
 * wait for ever, they are notified by {@code orElse}.
 *
 * <p>Made before its operation starts, so that its end allocates nothing.
 */
final class Once<T> implements Consumer<T> {
  private final Consumer<? super T> callback;
  private final Consumer<? super Throwable> orElse;
  private final AtomicBoolean called = new AtomicBoolean();

  /**
   * Makes one.
   *
   * @param callback receives the first result
   * @param orElse receives what {@code callback} threw; ends the same wait, which may have ended
   */
  Once(Consumer<? super T> callback, Consumer<? super Throwable> orElse) {
    this.callback = callback;
    this.orElse = orElse;
  }

  @Override
  public void accept(T result) {
    if (called.compareAndSet(false, true)) {
      try {
        callback.accept(result);
      } catch (Throwable t) {
        orElse.accept(t);
      }
    }
  }
}
