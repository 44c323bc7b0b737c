package io.dawncache.server.peer;

import io.dawncache.core.PeerRequest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;
import java.util.function.LongSupplier;

/**
 * The throttles of one peer, one for each group that it has refused a fetch of: another group's
 * origin may keep up. Safe for use by any thread.
 */
final class Throttles {
  private final Map<String, Throttle> byGroup = new ConcurrentHashMap<>();
  private final LongSupplier nanoTime;
  private final DoubleSupplier random;

  Throttles() {
    this(System::nanoTime, () -> ThreadLocalRandom.current().nextDouble());
  }

  Throttles(LongSupplier nanoTime, DoubleSupplier random) {
    this.nanoTime = nanoTime;
    this.random = random;
  }

  /** Returns whether a fetch of this group may be sent now. */
  boolean allow(String group) {
    Throttle throttle = byGroup.get(group);
    return throttle == null || throttle.allows();
  }

  /**
   * Returns those of many fetches that may be sent now. Each is decided on by itself: a peer that
   * answers some of them is sent some.
   *
   * @param heldBack receives the others
   */
  List<PeerRequest> allowed(List<PeerRequest> fetches, Consumer<PeerRequest> heldBack) {
    List<PeerRequest> allowed = new ArrayList<>(fetches.size());
    for (PeerRequest fetch : fetches) {
      if (allow(fetch.group())) {
        allowed.add(fetch);
      } else {
        heldBack.accept(fetch);
      }
    }
    return allowed;
  }

  /** A fetch that was sent has ended: refused by the peer as overloaded, or otherwise. */
  void ended(String group, boolean overloaded) {
    Throttle throttle =
        overloaded ? byGroup.computeIfAbsent(group, name -> newThrottle()) : byGroup.get(group);
    if (throttle != null) {
      throttle.ended(overloaded);
    }
  }

  private Throttle newThrottle() {
    return new Throttle(nanoTime, random);
  }
}
