package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.OperationResult.Status;
import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * What members of the fleet were to be told to forget and could not be, for one group. They are
 * told it before this node asks them anything again.
 */
final class Debts {
  /*
   * A debt is a set of keys until it grows too large; then it is the whole group. It is paid by one
   * message with all of it. What is added while the message is on its way is not paid by it, not
   * even if the key is in it:
   *   1. the message leaves with the keys owed so far;
   *   2. a change of one of them does not reach the member, and is added;
   *   3. the member answers the message, which it may have read before 2.
   * So a message takes its keys out of the debt, and a lost one puts them back. The debt itself
   * stays, so that everybody sees that it is not paid yet, until a message was answered and nothing
   * has been added since.
   *
   * One payment to a member at a time, and all who want to ask it wait for that one. A debt outlives
   * its member's leaving: the member may come back as it was.
   */
  static final int MOST_KEYS = 10_000;
  static final int MOST_CHARS = 1 << 20;

  private final String group;
  private final Duration timeout;
  private final Singleflight<String, Boolean> payments = new Singleflight<>();

  @GuardedBy("this")
  private final Map<String, Debt> debts = new HashMap<>();

  private volatile boolean none = true;

  /**
   * Makes an empty book.
   *
   * @param timeout how long a member may take to answer a message
   */
  Debts(String group, Duration timeout) {
    this.group = group;
    this.timeout = timeout;
  }

  /** Notes what a member was not told. */
  synchronized void add(String url, Forget what) {
    debts.computeIfAbsent(url, any -> new Debt()).add(what);
    none = false;
  }

  /** Returns whether the member has yet to be told something. */
  boolean owes(String url) {
    return !none && isOwed(url);
  }

  private synchronized boolean isOwed(String url) {
    return debts.containsKey(url);
  }

  /** Returns whether no member is owed anything. */
  boolean isEmpty() {
    return none;
  }

  /** Tells the member all it is owed, then {@code told} whether it has heard; never blocks. */
  void pay(String url, PeerGetter getter, Consumer<Boolean> told) {
    payments.join(
        url,
        (member, flight) -> tell(member, getter, flight),
        (heard, error) -> {
          if (Boolean.TRUE.equals(heard) && isOwed(url)) {
            pay(url, getter, told); // added after the payment found nothing more to tell
          } else {
            told.accept(Boolean.TRUE.equals(heard));
          }
        });
  }

  private void tell(String url, PeerGetter getter, Waiter<Boolean> flight) {
    Forget message = take(url);
    if (message == null) {
      flight.ended(true, null);
      return;
    }
    Once<OperationResult> answer =
        new Once<>(
            result -> {
              if (hasHeard(result)) {
                tell(url, getter, flight); // what has been added meanwhile, if anything
              } else {
                add(url, message);
                flight.ended(false, null);
              }
            });
    try {
      getter.forget(message, timeout, answer);
    } catch (Throwable t) {
      answer.accept(OperationResult.of(Status.UNKNOWN, t.toString()));
    }
  }

  private static boolean hasHeard(OperationResult result) {
    return result.status() == Status.DONE || result.status() == Status.DONE_ALONE;
  }

  /** Takes what is owed out of the debt; if that is nothing, the debt is paid. */
  private synchronized @Nullable Forget take(String url) {
    Debt debt = debts.get(url);
    if (debt == null || debt.isEmpty()) {
      debts.remove(url);
      none = debts.isEmpty();
      return null;
    }
    debts.put(url, new Debt());
    return debt.message(group);
  }

  /** What one member has to be told. */
  private static final class Debt {
    private final Set<String> keys = new LinkedHashSet<>();
    private long chars;
    private boolean all;

    void add(Forget what) {
      for (String key : what.keys()) {
        if (!all && keys.add(key)) {
          chars += key.length();
        }
      }
      if (what.isAll() || keys.size() > MOST_KEYS || chars > MOST_CHARS) {
        all = true;
        keys.clear();
      }
    }

    boolean isEmpty() {
      return !all && keys.isEmpty();
    }

    Forget message(String group) {
      return all ? Forget.all(group) : new Forget(group, List.copyOf(keys));
    }
  }
}
