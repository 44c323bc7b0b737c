package io.dawncache.server.peer;

import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;

/**
 * The throttles of one peer, one for each group that it has refused a fetch of: another group's
 * origin may keep up. Safe for use by any thread.
 */
final class Throttles {
  private final Map<String, Throttle> byGroup = new ConcurrentHashMap<>();

  /** Returns whether a fetch of this group may be sent now. */
  boolean allow(String group) {
    Throttle throttle = byGroup.get(group);
    return throttle == null || throttle.allows();
  }

  /** A fetch that was sent has ended: refused by the peer as overloaded, or otherwise. */
  void ended(String group, boolean overloaded) {
    Throttle throttle =
        overloaded ? byGroup.computeIfAbsent(group, name -> newThrottle()) : byGroup.get(group);
    if (throttle != null) {
      throttle.ended(overloaded);
    }
  }

  private static Throttle newThrottle() {
    return new Throttle(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
  }
}
