package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.OperationResult.Status;
import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * The hints of one group: for each member, the keys that it must still forget because it did not
 * receive their changes. Safe for use by any thread.
 */
final class Hints {
  /*
   * The hints for a member are a set of keys. If the set grows too large, they become the whole
   * group. One message delivers all of them. A message in flight does not deliver a hint that is
   * added meanwhile, even if it contains the same key:
   *   1. the message leaves with the keys so far;
   *   2. a change of one of them does not reach the member, and is added;
   *   3. the member answers the message, which it may have read before 2.
   * So a message takes its keys out of the set, and a lost message puts them back. The member's
   * record stays until a message was answered and nothing was added meanwhile, so that all threads
   * see that hints are still to be delivered.
   *
   * A member receives one message at a time. A caller that is about to ask the member waits for the
   * hints that existed when it called: for the message in flight and perhaps for one more. It does
   * not wait until there are no hints, because under steady changes there always are some. It waits
   * for a number: how many hints, of all that were ever added for any member, this member must have
   * received.
   *
   * The hints for a member are dropped when it leaves. If it comes back, it has missed all changes
   * (ChangeJournal). A message in flight to it still gets its answer.
   */
  /** How a delivery ended. */
  enum Delivery {
    /** The member has received the hints. */
    RECEIVED,
    /** The member may not have received them; they are sent again. */
    LOST,
    /** The member does not understand such messages. */
    NOT_UNDERSTOOD
  }

  private static final OperationResult THREW =
      OperationResult.of(Status.UNKNOWN, "its peer getter threw");

  private final String group;
  private final Duration timeout;
  private final Singleflight<String, Delivery> deliveries = new Singleflight<>();

  @GuardedBy("this")
  private final Map<String, OfMember> byUrl = new HashMap<>();

  /** How many hints were added, for any member. */
  @GuardedBy("this")
  private long added;

  private volatile boolean none = true;

  /**
   * Makes an instance without hints.
   *
   * @param timeout how long a member may take to answer a message
   */
  Hints(String group, Duration timeout) {
    this.group = group;
    this.timeout = timeout;
  }

  /** Adds a hint for the member at {@code url}. */
  synchronized void add(String url, Forget what) {
    byUrl.computeIfAbsent(url, any -> new OfMember(added)).undelivered.add(what);
    added++;
    none = false;
  }

  /** Returns whether there are hints for the member. */
  boolean areFor(String url) {
    return !none && lacks(url, Long.MAX_VALUE);
  }

  /** Returns whether the member has not received all of the first {@code count} hints. */
  private synchronized boolean lacks(String url, long count) {
    OfMember hints = byUrl.get(url);
    return hints != null && hints.received < count;
  }

  private synchronized long added() {
    return added;
  }

  /** Drops the hints for all but {@code members}, and returns the members whose hints went. */
  synchronized Set<String> retain(Set<String> members) {
    Set<String> others = new HashSet<>(byUrl.keySet());
    others.removeAll(members);
    byUrl.keySet().removeAll(others);
    none = byUrl.isEmpty();
    return others;
  }

  /** Returns the members that there are hints for. */
  synchronized Set<String> members() {
    return Set.copyOf(byUrl.keySet());
  }

  /** Returns the hints by member, also those in messages that are under way. */
  synchronized Map<String, Forget> all() {
    Map<String, Forget> all = new HashMap<>();
    byUrl.forEach((url, hints) -> all.put(url, hints.all(group)));
    return all;
  }

  /** Returns whether there are no hints for any member. */
  boolean isEmpty() {
    return none;
  }

  /**
   * Sends the member all its present hints, then calls {@code then} with the outcome; never blocks.
   */
  void deliver(Owner.Remote member, Consumer<Delivery> then) {
    deliver(member, added(), then);
  }

  private void deliver(Owner.Remote member, long count, Consumer<Delivery> then) {
    deliveries.join(
        member.url(),
        (url, flight) -> send(member, flight),
        (delivery, error) -> {
          if (delivery != Delivery.RECEIVED || !lacks(member.url(), count)) {
            then.accept(delivery == null ? Delivery.LOST : delivery);
            return;
          }
          try {
            deliver(member, count, then); // the message had left before this call
          } catch (Throwable t) { // out of memory
            then.accept(Delivery.LOST);
          }
        });
  }

  private void send(Owner.Remote member, Waiter<Delivery> flight) {
    String url = member.url();
    Forget message = take(url);
    if (message == null) {
      flight.ended(Delivery.RECEIVED, null);
      return;
    }
    Once<OperationResult> answer =
        new Once<>(
            result -> {
              Delivery delivery = result == null ? Delivery.LOST : delivery(result.status());
              switch (delivery) {
                case RECEIVED -> received(url);
                case LOST -> lost(url);
                case NOT_UNDERSTOOD -> drop(url);
              }
              flight.ended(delivery, null);
            },
            thrown -> flight.ended(Delivery.LOST, null));
    try {
      member.getter().forget(message, timeout, answer);
    } catch (Throwable t) {
      answer.accept(THREW);
    }
  }

  private static Delivery delivery(Status status) {
    return switch (status) {
      case DONE, DONE_ALONE -> Delivery.RECEIVED;
      case NOT_ASKED, UNKNOWN -> Delivery.LOST;
      case NOT_UNDERSTOOD -> Delivery.NOT_UNDERSTOOD;
    };
  }

  /**
   * Drops the hints of a member that takes none: it gets no guarantee, and this node may ask it.
   */
  private synchronized void drop(String url) {
    byUrl.remove(url);
    none = byUrl.isEmpty();
  }

  /** Moves the member's hints into a message. */
  private synchronized @Nullable Forget take(String url) {
    OfMember hints = byUrl.get(url);
    return hints == null ? null : hints.take(group, added);
  }

  /** The member has received the last message; drops its record if nothing was added since. */
  private synchronized void received(String url) {
    OfMember hints = byUrl.get(url);
    if (hints != null && hints.received()) {
      byUrl.remove(url);
      none = byUrl.isEmpty();
    }
  }

  /** The last message was lost; its hints must still be delivered. */
  private synchronized void lost(String url) {
    OfMember hints = byUrl.get(url);
    if (hints != null) {
      hints.lost();
    }
  }

  /** The hints for one member. */
  private static final class OfMember {
    private ChangedKeys undelivered = new ChangedKeys();
    private ChangedKeys underWay = new ChangedKeys();

    /** How many hints, of all that were ever added, the member has received. */
    private long received;

    /** How many it will have received once the message in flight is answered. */
    private long receivedThen;

    OfMember(long received) {
      this.received = received;
    }

    /** Moves all keys into a message; if that throws, they stay. */
    Forget take(String group, long added) {
      Forget message = undelivered.message(group);
      ChangedKeys none = new ChangedKeys();
      underWay = undelivered;
      undelivered = none;
      receivedThen = added;
      return message;
    }

    /** Returns all that the member has perhaps not received. */
    Forget all(String group) {
      ChangedKeys all = new ChangedKeys();
      all.addAll(underWay);
      all.addAll(undelivered);
      return all.message(group);
    }

    /** Returns whether nothing was added since. */
    boolean received() {
      received = receivedThen;
      return undelivered.isEmpty();
    }

    void lost() {
      try {
        underWay.addAll(undelivered); // usually the larger set if the member is away for long
        undelivered = underWay;
      } catch (OutOfMemoryError e) {
        undelivered.addEverything(); // allocates nothing, and covers all that was lost
      }
    }
  }
}
