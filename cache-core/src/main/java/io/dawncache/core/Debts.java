package io.dawncache.core;

import com.google.errorprone.annotations.concurrent.GuardedBy;
import io.dawncache.core.OperationResult.Status;
import io.dawncache.core.singleflight.Singleflight;
import io.dawncache.core.singleflight.Singleflight.Waiter;
import java.time.Duration;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
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
   * One message to a member at a time. Who wants to ask the member waits for what is owed when he
   * comes, so for the message that is on its way and perhaps for one more; not until nothing is
   * owed, for under steady changes something always is. What he waits for is a number: of all that
   * was ever added, here to anybody, how much the member must have heard of.
   *
   * A debt does not outlive its member's leaving: should he come back, he counts as one who has heard
   * of nothing (Absences). A message that is on its way to him then is answered for what it said.
   */
  /** How a payment ended. */
  enum Paid {
    /** The member has heard. */
    HEARD,
    /** It may not have; it is told again. */
    LOST,
    /** It takes no such message. */
    NEVER
  }

  private static final OperationResult THREW =
      OperationResult.of(Status.UNKNOWN, "its peer getter threw");

  static final int MOST_KEYS = 10_000;
  static final int MOST_CHARS = 1 << 20;

  private final String group;
  private final Duration timeout;
  private final Singleflight<String, Paid> payments = new Singleflight<>();

  @GuardedBy("this")
  private final Map<String, Debt> debts = new HashMap<>();

  /** How often something was added, to whomever. */
  @GuardedBy("this")
  private long added;

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
    debts.computeIfAbsent(url, any -> new Debt(added)).owed.add(what);
    added++;
    none = false;
  }

  /** Returns whether the member has yet to be told something. */
  boolean owes(String url) {
    return !none && isOwed(url, Long.MAX_VALUE);
  }

  /** Returns whether the member has yet to be told something of the first so many. */
  private synchronized boolean isOwed(String url, long ofAdded) {
    Debt debt = debts.get(url);
    return debt != null && debt.heardOf < ofAdded;
  }

  private synchronized long added() {
    return added;
  }

  /** Forgets what is owed to anybody but {@code members}, and returns to whom that was. */
  synchronized Set<String> dropAllBut(Set<String> members) {
    Set<String> others = new HashSet<>(debts.keySet());
    others.removeAll(members);
    debts.keySet().removeAll(others);
    none = debts.isEmpty();
    return others;
  }

  /** Returns whether no member is owed anything. */
  boolean isEmpty() {
    return none;
  }

  /** Tells the member all it is owed by now, then {@code told} how that ended; never blocks. */
  void pay(String url, PeerGetter getter, Consumer<Paid> told) {
    pay(url, getter, added(), told);
  }

  private void pay(String url, PeerGetter getter, long ofAdded, Consumer<Paid> told) {
    payments.join(
        url,
        (member, flight) -> tell(member, getter, flight),
        (paid, error) -> {
          if (paid != Paid.HEARD || !isOwed(url, ofAdded)) {
            told.accept(paid == null ? Paid.LOST : paid);
            return;
          }
          try {
            pay(url, getter, ofAdded, told); // the message had left before he came
          } catch (Throwable t) { // no memory to join
            told.accept(Paid.LOST);
          }
        });
  }

  private void tell(String url, PeerGetter getter, Waiter<Paid> flight) {
    Forget message = take(url);
    if (message == null) {
      flight.ended(Paid.HEARD, null);
      return;
    }
    Once<OperationResult> answer =
        new Once<>(
            result -> {
              Paid paid = result == null ? Paid.LOST : paid(result.status());
              switch (paid) {
                case HEARD -> heard(url);
                case LOST -> lost(url);
                case NEVER -> forgive(url);
              }
              flight.ended(paid, null);
            },
            thrown -> flight.ended(Paid.LOST, null));
    try {
      getter.forget(message, timeout, answer);
    } catch (Throwable t) {
      answer.accept(THREW);
    }
  }

  private static Paid paid(Status status) {
    return switch (status) {
      case DONE, DONE_ALONE -> Paid.HEARD;
      case NOT_ASKED, UNKNOWN -> Paid.LOST;
      case NOT_UNDERSTOOD -> Paid.NEVER;
    };
  }

  /** The member cannot be told anything: nothing is promised through it, and it may be asked. */
  private synchronized void forgive(String url) {
    debts.remove(url);
    none = debts.isEmpty();
  }

  /** Takes what is owed out of the debt. */
  private synchronized @Nullable Forget take(String url) {
    Debt debt = debts.get(url);
    return debt == null ? null : debt.take(group, added);
  }

  /** The message that was taken last has been heard; if nothing was added since, all is paid. */
  private synchronized void heard(String url) {
    Debt debt = debts.get(url);
    if (debt != null && debt.heard()) {
      debts.remove(url);
      none = debts.isEmpty();
    }
  }

  /** The message that was taken last was lost; what it said is owed on. */
  private synchronized void lost(String url) {
    Debt debt = debts.get(url);
    if (debt != null) {
      debt.lost();
    }
  }

  /** What one member has to be told. */
  private static final class Debt {
    private Keys owed = new Keys();
    private Keys onItsWay = new Keys();

    /** Of all that was ever added, the member has heard of the first so many. */
    private long heardOf;

    /** When the message on its way, if there is one, has been heard it will be so many. */
    private long hearsOf;

    Debt(long heardOf) {
      this.heardOf = heardOf;
    }

    /** Moves all keys that are owed into a message; if that throws, they stay owed. */
    Forget take(String group, long added) {
      Forget message = owed.message(group);
      Keys none = new Keys();
      onItsWay = owed;
      owed = none;
      hearsOf = added;
      return message;
    }

    /** Returns whether nothing was added since. */
    boolean heard() {
      heardOf = hearsOf;
      return owed.isEmpty();
    }

    void lost() {
      try {
        onItsWay.addAll(owed); // the greater, mostly, of a member that has been away for long
        owed = onItsWay;
      } catch (OutOfMemoryError e) {
        owed.addEverything(); // which takes no memory, and is more than was owed
      }
    }
  }

  /** Keys to forget, or the whole group if they are too many. */
  private static final class Keys {
    private final Set<String> keys = new LinkedHashSet<>();
    private long chars;
    private boolean all;

    void add(Forget what) {
      add(what.keys(), what.isAll());
    }

    void addAll(Keys others) {
      add(others.keys, others.all);
    }

    private void add(Collection<String> others, boolean allOthers) {
      for (String key : others) {
        if (!all && keys.add(key)) {
          chars += key.length();
        }
      }
      if (allOthers || keys.size() > MOST_KEYS || chars > MOST_CHARS) {
        addEverything();
      }
    }

    void addEverything() {
      all = true;
      keys.clear();
      chars = 0;
    }

    boolean isEmpty() {
      return !all && keys.isEmpty();
    }

    Forget message(String group) {
      return all ? Forget.all(group) : new Forget(group, List.copyOf(keys));
    }
  }
}
