package io.dawncache.core;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A key for which a load's getter waits, and which an executor may load. */
final class WantedKey {
  private final LoadExecutor executor;
  private final String key;
  private final Load<?> asker;

  WantedKey(LoadExecutor executor, String key, Load<?> asker) {
    this.executor = executor;
    this.key = key;
    this.asker = asker;
  }

  /** Returns whether {@code load} is to bring this key. */
  boolean isOf(Load<?> load) {
    return load.keys().contains(key);
  }

  /** Returns the load whose getter waits. */
  Load<?> asker() {
    return asker;
  }

  /** Ends the wait. */
  void end() {
    asker.wantsNoMore(this);
    executor.wantsNoMore(this);
  }

  /** Starts a queued load of this key on the asker's permit, if that permit is free to lend. */
  boolean lend() {
    return executor.lend(this);
  }

  /** Returns the keys through which this wait leads to {@code goal}, or null if it does not. */
  @Nullable List<String> wayTo(Load<?> goal, Set<Load<?>> seen) {
    for (Load<?> load : executor.loadsOf(key)) {
      if (load == goal) {
        return new ArrayList<>(List.of(shown()));
      }
      if (seen.add(load)) {
        for (WantedKey next : load.wants()) {
          List<String> way = next.wayTo(goal, seen);
          if (way != null) {
            way.add(0, shown());
            return way;
          }
        }
      }
    }
    return null;
  }

  private String shown() {
    return Keys.shown(executor.group(), key);
  }
}
