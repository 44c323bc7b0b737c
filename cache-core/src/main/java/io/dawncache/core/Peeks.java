package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Which keys of one group may be peeked at their former owners before they are loaded, and which
 * may be fetched. Safe for use by any thread.
 */
final class Peeks {
  /*
   * A node that has come to own a key looks into the memory of the member that owned it before: its
   * value is as good as a load, and costs the origin nothing. But that member may have missed a
   * change:
   *   1. a change of the key reaches this node, which forgets, and not the former owner;
   *   2. this node peeks the old value there, and would keep it as its own.
   * So a key is not peeked if this node received a recent change of it. A change that it did not
   * receive, because it was away, is still a hint for it; the coordinator sends the hint before it
   * asks this node anything. Until then only the coordinator knows that the former owner missed the
   * change. So what is peeked is kept as an own value only if every other member has reported,
   * a short time ago, that it holds no hints for the former owner. Else it is kept for the hot TTL,
   * as a copy would be. A change after that report either reaches this node, or is a hint for it.
   *
   * A node that leaves fetches its keys from their next owners. But a change reaches the owners in
   * the order of the ring (Change), in which this node still comes before them:
   *   1. a change of the key reaches this node, which forgets;
   *   2. this node fetches the old value from the next owner, and keeps a copy of it;
   *   3. the change reaches the next owner, and ends.
   * So such a node loads a key of its own of which it received a recent change.
   *
   * "Lately" is longer than such a report counts and a change takes, and than a member is peeked
   * after a change of owners.
   * The keys are in two sets; when the younger is old enough, it replaces the other.
   */
  private static final long LATELY_NANOS = TimeUnit.SECONDS.toNanos(90);

  private final Owners owners;
  private final HandOff handOff;
  private final CoarseClock clock;

  @GuardedBy("this")
  private ChangedKeys younger = new ChangedKeys();

  @GuardedBy("this")
  private ChangedKeys older = new ChangedKeys();

  @GuardedBy("this")
  private long youngerSinceNanos;

  Peeks(Owners owners, HandOff handOff, CoarseClock clock) {
    this.owners = owners;
    this.handOff = handOff;
    this.clock = clock;
  }

  /** Notes a change; call it before the change is made here. */
  synchronized void changed(Forget what) {
    forgetOld();
    younger.add(what);
  }

  private synchronized boolean wasChangedLately(String key) {
    forgetOld();
    return younger.contains(key) || older.contains(key);
  }

  @GuardedBy("this")
  private void forgetOld() {
    long now = clock.now();
    if (now - youngerSinceNanos > LATELY_NANOS) {
      boolean stillLately = now - youngerSinceNanos <= 2 * LATELY_NANOS;
      older = stillLately ? younger : new ChangedKeys();
      younger = new ChangedKeys();
      youngerSinceNanos = now;
    }
  }

  /** Returns the member to peek for the key, or null if the key is to be loaded. */
  Owner.@Nullable Remote source(String key) {
    Owner.Remote former = owners.former(key);
    return former == null || handOff.hasHintsFor(former.url()) || wasChangedLately(key)
        ? null
        : former;
  }

  /**
   * Returns whether the key may be fetched from its owners, or else is to be loaded. A fetch whose
   * flight is registered, and which has noted the key's generation, before this returns true, is
   * detached by a later change.
   */
  boolean mayFetch(String key) {
    return !wasChangedLately(key) || !owners.isChangedBeforeFetched(key);
  }

  /** Returns whether what the member holds under the key is as good as a load now. */
  boolean isCertain(String key, Owner.Remote former) {
    return owners.isUpToDate(former.url())
        && !handOff.hasHintsFor(former.url())
        && !wasChangedLately(key);
  }
}
