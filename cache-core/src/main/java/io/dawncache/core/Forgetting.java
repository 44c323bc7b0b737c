package io.dawncache.core;

/**
 * Forgets on this node: what one group holds, and its flights. A get that begins after this returns
 * asks again. Safe for use by any thread.
 */
final class Forgetting {
  private final PresentConfig config;
  private final Owners owners;
  private final HandOff handOff;
  private final Peeks peeks;
  private final Memory memory;
  private final Keeper keeper;
  private final Flights flights;
  private final Events events;

  Forgetting(
      PresentConfig config,
      Owners owners,
      HandOff handOff,
      Peeks peeks,
      Memory memory,
      Keeper keeper,
      Flights flights,
      Events events) {
    this.config = config;
    this.owners = owners;
    this.handOff = handOff;
    this.peeks = peeks;
    this.memory = memory;
    this.keeper = keeper;
    this.flights = flights;
    this.events = events;
  }

  /** Forgets values, copies and not-found markers, and detaches flights; notes the change. */
  void forget(Forget what) {
    handOff.note(what);
    peeks.changed(what);
    if (what.isAll()) {
      forgetAll();
    } else {
      what.keys().forEach(this::forget);
    }
  }

  /** Takes over changes from a member that leaves; makes them here if this node has missed them. */
  void handedOver(PastChanges changes) {
    Owner self = owners.self();
    if (self != null && self.url().equals(changes.missedBy())) {
      forget(changes.what());
    } else {
      handOff.adopt(changes);
    }
  }

  private void forget(String key) {
    memory.forget(key, () -> flights.detach(key));
    events.removed(key);
  }

  /** Makes a change on this node only, in one step. */
  void apply(Operation operation) {
    String key = operation.key();
    ByteView value = operation.value();
    peeks.changed(Forget.key(operation.group(), key));
    if (value == null || !owners.isSelf(key)) {
      forget(key);
      return;
    }
    keeper.replace(keeper.own(key, value, operation.ttlNanos()), () -> flights.detach(key));
    events.removed(key);
  }

  /**
   * Forgets the whole group at this node alone, because values come from another origin now. They
   * are not looked for in the memory of other members, which may have values of the former one.
   */
  void originChanged(String group) {
    peeks.changed(Forget.all(group));
    forgetAll();
  }

  /** Forgets the whole group. */
  void forgetAll() {
    memory.forgetAll(flights::detachAll);
    events.removed(null);
  }

  /**
   * Forgets everything if this process was stopped for longer than the TTL of copies: it missed
   * changes meanwhile, and other members have stopped waiting for it.
   */
  void wasStopped(long forNanos) {
    if (forNanos > config.now().hotTtl().toNanos()) {
      forgetAll();
    }
  }
}
