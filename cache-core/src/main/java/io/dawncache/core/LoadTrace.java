package io.dawncache.core;

import org.jspecify.annotations.Nullable;

/**
 * The trace of the load whose {@link Getter} runs on this thread, so that a getter can pass it on
 * to its origin.
 *
 * <p>A load has the trace of the get that began it, at this node or at the one that asked this
 * node; gets that join the load later have traces of their own, which it does not know. A load that
 * no caller waits for, such as a refresh, has none.
 *
 * @since 0.1.0
 */
public final class LoadTrace {
  private LoadTrace() {}

  /**
   * {@return the trace of the load on this thread; null if it has none, or if no getter runs on
   * this thread} An {@link AsyncGetter} calls it before it returns its stage.
   */
  public static @Nullable TraceContext current() {
    Load<?> load = Load.ofThisThread();
    return load == null ? null : load.trace();
  }
}
