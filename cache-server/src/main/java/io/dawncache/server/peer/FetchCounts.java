package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** Counts how the fetches from one peer end, and notifies its throttles. Safe for any thread. */
final class FetchCounts {
  private final Map<Status, LongAdder> counts = new EnumMap<>(Status.class); // not changed later
  private final Throttles throttles;

  FetchCounts(Throttles throttles) {
    this.throttles = throttles;
    for (Status status : Status.values()) {
      counts.put(status, new LongAdder());
    }
  }

  /** Returns a callback that counts each result before {@code callback} receives it. */
  Consumer<PeerResult> counting(String group, Consumer<? super PeerResult> callback) {
    return result -> {
      count(group, result);
      callback.accept(result);
    };
  }

  /** As {@link #counting(String, Consumer)}, for many fetches. */
  BiConsumer<PeerRequest, PeerResult> counting(
      BiConsumer<PeerRequest, ? super PeerResult> callback) {
    return (fetch, result) -> {
      count(fetch.group(), result);
      callback.accept(fetch, result);
    };
  }

  private void count(String group, PeerResult result) {
    LongAdder count = counts.get(result.status());
    if (count != null) {
      count.increment();
    }
    boolean overloaded =
        result.status() == Status.OVERLOADED && !result.detail().equals(Outbound.NO_ROOM);
    throttles.ended(group, overloaded); // by the peer, and not for lack of room here
  }

  /** Returns the counts that are not 0. */
  Map<Status, Long> snapshot() {
    Map<Status, Long> snapshot = new EnumMap<>(Status.class);
    counts.forEach(
        (status, count) -> {
          if (count.sum() > 0) {
            snapshot.put(status, count.sum());
          }
        });
    return snapshot;
  }
}
