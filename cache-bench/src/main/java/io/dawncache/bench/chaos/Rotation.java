package io.dawncache.bench.chaos;

import java.util.List;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The nodes of a load balancer, in turns. Belongs to the event loop of an {@link OpenLoad}. */
final class Rotation {
  private final List<Target> targets;
  private int turn;

  Rotation(List<Target> targets) {
    this.targets = List.copyOf(targets);
  }

  List<Target> targets() {
    return targets;
  }

  /**
   * Returns the next node that is ready and is not to be avoided; if none is ready, the next one
   * that is not to be avoided, and null if there is none at all.
   */
  @Nullable Target next(Predicate<Target> avoided) {
    Target unready = null;
    for (int i = 0; i < targets.size(); i++) {
      Target target = targets.get((turn + i) % targets.size());
      if (avoided.test(target)) {
        continue;
      }
      if (target.isReady()) {
        turn = (turn + i + 1) % targets.size();
        return target;
      }
      unready = unready == null ? target : unready;
    }
    turn = (turn + 1) % targets.size();
    return unready;
  }
}
