package io.dawncache.core;

import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/** A callback given to code that may call it twice, or throw after it did: heard once. */
final class Once<T> implements Consumer<T> {
  private final Consumer<? super T> callback;
  private final AtomicBoolean told = new AtomicBoolean();

  Once(Consumer<? super T> callback) {
    this.callback = callback;
  }

  @Override
  public void accept(T result) {
    if (told.compareAndSet(false, true)) {
      callback.accept(result);
    }
  }
}
