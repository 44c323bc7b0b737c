package io.dawncache.core;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Offers the hottest values of one group to the members that own their keys now. Safe for use by
 * any thread.
 */
final class Offers {
  /*
   * An offer names keys, and the next owner peeks them before it answers. So the pages to one owner
   * are sent one after the other, as fast as it takes the values over, the hottest first. An owner
   * that refuses a page or does not answer gets no more.
   */
  private static final long PAGE_BYTES = 1 << 20;
  private static final Duration PAGE_TIMEOUT = Duration.ofSeconds(2);
  private static final OperationResult THREW =
      OperationResult.of(OperationResult.Status.UNKNOWN, "its peer getter threw");

  private final String group;
  private final CoarseClock clock;
  private final Owners owners;
  private final Memory memory;
  private final Counters counters;

  Offers(String group, CoarseClock clock, Owners owners, Memory memory, Counters counters) {
    this.group = group;
    this.clock = clock;
    this.owners = owners;
    this.memory = memory;
    this.counters = counters;
  }

  /**
   * Starts to offer; call it when this node is not the acting owner of these keys any more.
   *
   * @param receivers the URLs of the members to which values are offered
   * @param maxBytes how much the offered values may weigh
   * @param endNanos when no more pages are sent, by the clock
   * @param done called when all pages are answered or given up
   */
  void start(Set<String> receivers, long maxBytes, long endNanos, Runnable done) {
    Map<Owner.Remote, ArrayDeque<Offer>> pages = pages(receivers, maxBytes);
    Countdown unfinished = new Countdown(pages.size(), done);
    pages.forEach((owner, left) -> sendNext(owner, left, endNanos, unfinished::countDown));
  }

  private void sendNext(
      Owner.Remote owner, ArrayDeque<Offer> pages, long endNanos, Runnable finished) {
    Offer page = pages.poll();
    long leftNanos = endNanos - clock.exact();
    if (page == null || leftNanos <= 0) {
      finished.run();
      return;
    }
    Once<OperationResult> answer =
        new Once<>(
            result -> {
              if (result.status() == OperationResult.Status.DONE) {
                counters.offered.add(page.keys().size());
                sendNext(owner, pages, endNanos, finished);
              } else {
                finished.run();
              }
            },
            Uncaught::report);
    try {
      long timeoutNanos = Math.min(leftNanos, PAGE_TIMEOUT.toNanos());
      owner.getter().offer(page, Duration.ofNanos(timeoutNanos), answer);
    } catch (Throwable t) { // the peer getter may be the user's
      answer.accept(THREW);
    }
  }

  /** Returns the keys of the hottest values by their acting owners, in pages of limited size. */
  private Map<Owner.Remote, ArrayDeque<Offer>> pages(Set<String> receivers, long maxBytes) {
    Map<Owner.Remote, Pages> byOwner = new HashMap<>();
    long now = clock.now();
    for (Entry.Own entry : memory.hottest(maxBytes)) {
      Owner.Remote next = actingOwner(entry.key());
      if (next != null && receivers.contains(next.url()) && !entry.isExpired(now)) {
        byOwner.computeIfAbsent(next, any -> new Pages()).add(entry);
      }
    }
    Map<Owner.Remote, ArrayDeque<Offer>> pages = new HashMap<>();
    byOwner.forEach((owner, its) -> pages.put(owner, its.all()));
    return pages;
  }

  /** Returns the acting owner of a key, or null if it is this node. */
  private Owner.@Nullable Remote actingOwner(String key) {
    Iterator<Owner> acting = owners.of(key);
    return acting.hasNext() && acting.next() instanceof Owner.Remote owner ? owner : null;
  }

  /** The pages for one owner. */
  private final class Pages {
    private final ArrayDeque<Offer> full = new ArrayDeque<>();
    private List<String> keys = new ArrayList<>();
    private long bytes;

    void add(Entry.Own entry) {
      keys.add(entry.key());
      bytes += entry.value().length();
      if (keys.size() == Offer.MOST_KEYS || bytes >= PAGE_BYTES) {
        end();
      }
    }

    private void end() {
      full.add(new Offer(group, keys));
      keys = new ArrayList<>();
      bytes = 0;
    }

    ArrayDeque<Offer> all() {
      if (!keys.isEmpty()) {
        end();
      }
      return full;
    }
  }
}
