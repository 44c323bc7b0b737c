package io.dawncache.server.inbound;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.ByteAccount;
import io.dawncache.core.Entry;
import java.util.IdentityHashMap;

/**
 * The values that other threads have brought for connections and whose event loops have not seen
 * them yet. The node's account counts each one that is not small once, however many connections it
 * is on its way to. Safe for use by any thread.
 */
final class ValuesInTransit {
  /*
   * The map allocates nothing for another value unless it grows, nor does a count up to 127: an
   * answer may arrive here when there is no memory. The account may close other connections to make
   * room, and is never called under this monitor.
   *
   * Small values are not counted: they are no larger than the objects of the request that waits for
   * them, and a group bounds how many requests wait. To count a value takes four locks and an
   * identity hash.
   */
  static final int SMALL_BYTES = 512;

  private static final int FIRST_ROOM = 1024;

  private final ByteAccount.Holder holder;

  @GuardedBy("this")
  private final IdentityHashMap<Entry, Integer> connections = new IdentityHashMap<>(FIRST_ROOM);

  /** Starts with none. */
  ValuesInTransit(ByteAccount account) {
    holder = account.open();
  }

  /** Notes that {@code value} is on its way to one more connection; false if there is no room. */
  boolean add(Entry value) {
    int bytes = value.value().length();
    if (bytes <= SMALL_BYTES || addIfKnown(value)) {
      return true;
    }
    if (!holder.add(bytes)) {
      return false;
    }
    if (!addFirst(value)) {
      holder.remove(bytes); // another thread was first
    }
    return true;
  }

  private synchronized boolean addIfKnown(Entry value) {
    return connections.computeIfPresent(value, (key, to) -> to + 1) != null;
  }

  private synchronized boolean addFirst(Entry value) {
    return connections.merge(value, 1, Integer::sum) == 1;
  }

  /** Notes that {@code value} has arrived at one of its connections, or will not. */
  void remove(Entry value) {
    int bytes = value.value().length();
    if (bytes > SMALL_BYTES && removeOne(value)) {
      holder.remove(bytes);
    }
  }

  /** Returns whether no other connection waits for it. */
  private synchronized boolean removeOne(Entry value) {
    return connections.containsKey(value)
        && connections.computeIfPresent(value, (key, to) -> to > 1 ? to - 1 : null) == null;
  }
}
