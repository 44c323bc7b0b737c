package io.dawncache.core;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * A callback for code that may call it twice, or whose handling may fail. The first result counts.
 * If its handling throws, callers could wait for ever, so {@code orElse} ends their wait.
 *
 * <p>Made before its operation starts, so that its end allocates nothing.
 */
final class Once<T> implements Consumer<T> {
  private final Consumer<? super T> callback;
  private final Consumer<? super Throwable> orElse;
  private final AtomicBoolean called = new AtomicBoolean();

  /**
   * Makes a callback.
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
