package io.dawncache.core;

import io.dawncache.core.Hints.Delivery;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;

/**
 * Hinted hand-off of one group's changes: a member receives the changes that it missed before this
 * node asks it anything again. Safe for use by any thread.
 */
final class HandOff {
  /** How long a member may take to answer a message. */
  static final Duration TIMEOUT = Duration.ofSeconds(1);

  private final Owners owners;
  private final CoarseClock clock;
  private final Hints hints;
  private final ChangeJournal journal;

  private long nextTryNanos; // read and written only by ticks

  HandOff(String group, Owners owners, CoarseClock clock) {
    this.owners = owners;
    this.clock = clock;
    this.hints = new Hints(group, TIMEOUT);
    this.journal = new ChangeJournal(group);
  }

  /** Notes a change that another member has sent. */
  void note(Forget what) {
    note(what, owners.members());
  }

  /**
   * Notes a change that is about to be sent to {@code members}; a member that has joined since that
   * list was read receives it as a hint.
   */
  void note(Forget what, Collection<Owner> members) {
    if (journal.note(what, urlsOf(members))) {
      membersChanged();
    }
  }

  /** Sends a change and all hints to a member; calls {@code then} with whether it received them. */
  void send(Owner.Remote member, Forget what, Consumer<Boolean> then) {
    hints.add(member.url(), what);
    hints.deliver(member, delivery -> then.accept(delivery == Delivery.RECEIVED));
  }

  /**
   * Calls {@code then} with true when the member has received all its hints, or takes none, so that
   * this node may ask it; with false if it could not be reached.
   */
  void before(Owner.Remote member, Consumer<Boolean> then) {
    if (!journal.isPresent(member.url())) {
      membersChanged(); // it is in the list already, and the picker calls its listeners soon
    }
    if (hints.areFor(member.url())) {
      hints.deliver(member, delivery -> then.accept(delivery != Delivery.LOST));
    } else {
      then.accept(true);
    }
  }

  /**
   * Adds hints for members that joined since the last look, so that they receive the changes they
   * missed. Drops the hints for members that have left: if they come back, they get hints for the
   * changes since they left, or for everything if hints of theirs were dropped.
   */
  void membersChanged() {
    long look = journal.beginLook();
    Set<String> members = urlsOf(owners.members());
    synchronized (journal) {
      if (journal.listIs(look, members, hints::add)) {
        journal.leftLacking(hints.retain(members));
      }
    }
  }

  /** Returns the changes that another member must receive when this node leaves. */
  List<PastChanges> pastChanges() {
    List<PastChanges> all = new ArrayList<>();
    hints.all().forEach((url, what) -> all.add(new PastChanges(what, url)));
    Forget known = journal.known();
    if (known != null) {
      all.add(new PastChanges(known, null));
    }
    return all;
  }

  /** Takes over the changes that a member that leaves has recorded. */
  void adopt(PastChanges changes) {
    String url = changes.missedBy();
    if (url == null) {
      journal.adopt(changes.what());
    } else if (journal.isPresent(url)) {
      hints.add(url, changes.what());
    } else {
      journal.leftLacking(Set.of(url));
    }
  }

  /** Returns whether there are hints for the member. */
  boolean hasHintsFor(String url) {
    return hints.areFor(url);
  }

  /** Returns the members that there are hints for. */
  Set<String> membersWithHints() {
    return hints.members();
  }

  /** Sends the hints again at intervals. Runs on the timer thread. */
  void tick() {
    long now = clock.now();
    if (hints.isEmpty() || now < nextTryNanos) {
      return;
    }
    nextTryNanos = now + TIMEOUT.toNanos();
    for (Owner member : owners.members()) {
      if (member instanceof Owner.Remote remote) {
        before(remote, received -> {});
      }
    }
  }

  private static Set<String> urlsOf(Collection<Owner> members) {
    Set<String> urls = new HashSet<>();
    for (Owner member : members) {
      if (member instanceof Owner.Remote) {
        urls.add(member.url());
      }
    }
    return urls;
  }
}
