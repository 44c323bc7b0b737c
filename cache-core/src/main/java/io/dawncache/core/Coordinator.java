package io.dawncache.core;

import io.dawncache.core.Debts.Paid;
import io.dawncache.core.OperationResult.Status;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Makes the changes of one group: finds who is to coordinate, or does it here. */
final class Coordinator {
  /*
   * What is promised stands in ARCHITECTURE.md: on reached members that hold the same member list,
   * a get begun after the answer sees no value whose load began before the change. A node that has
   * forgotten a key brings no such value back by itself (Memory). But it may fetch one from a node
   * that has not forgotten yet, and keep it:
   *   1. this member is told, and forgets;
   *   2. a get here fetches the key from another member, which still holds the old value;
   *   3. that one is told.
   * So those are told first whom a fetch may ask: the key's owner, then the next owner, each before
   * the next; then all others at once. Of a whole group everybody owns a part; so all are told
   * twice, and what was fetched between goes with the second time.
   *
   * The owner coordinates, one change of a key at a time; if it cannot be asked the next owner does,
   * and finds that it cannot tell the owner, either.
   */
  static final Duration TELL_TIMEOUT = Duration.ofSeconds(1);
  private static final Duration COORDINATE_TIMEOUT = Duration.ofSeconds(10);
  private static final int MAX_OWNERS = 2;

  private static final OperationResult UNTOLD =
      OperationResult.of(Status.NOT_ASKED, "it could not be told");
  private static final OperationResult WITHOUT_TEXT =
      OperationResult.of(Status.UNKNOWN, "failed, and the reason could not be put into words");

  private final Group group;
  private final CacheNode node;
  private final Debts debts;
  private final Absences absences;

  private final Turns turns = new Turns();

  private long nextTryNanos; // read and written by ticks alone

  Coordinator(Group group, CacheNode node) {
    this.group = group;
    this.node = node;
    this.debts = new Debts(group.name(), TELL_TIMEOUT);
    this.absences = new Absences(group.name());
  }

  /** Has the key's owner make the change, or the next owner, or at last this node. */
  void submit(Operation operation, Consumer<? super OperationResult> callback) {
    Once<OperationResult> told = new Once<>(callback, Uncaught::report);
    guarded(told, () -> ask(operation, node.owners(operation.key()), 0, told));
  }

  private void ask(
      Operation operation, Iterator<Peer> owners, int asked, Once<OperationResult> callback) {
    Peer owner = asked < MAX_OWNERS && owners.hasNext() ? owners.next() : null;
    PeerGetter getter = owner == null ? null : owner.getter();
    if (owner == null || getter == null) {
      coordinate(operation, callback);
      return;
    }
    Once<OperationResult> answer =
        new Once<>(
            result -> {
              switch (result.status()) {
                case DONE -> callback.accept(hearHere(operation, result));
                case DONE_ALONE -> inTurn(operation, owner.url(), callback);
                case NOT_ASKED, NOT_UNDERSTOOD -> ask(operation, owners, asked + 1, callback);
                case UNKNOWN ->
                    callback.accept(unknown("change at " + owner.url() + ": " + result.detail()));
              }
            },
            thrown -> callback.accept(unknown(thrown)));
    whenHeard(
        owner.url(),
        getter,
        heard -> {
          if (heard) {
            guarded(answer, () -> getter.coordinate(operation, COORDINATE_TIMEOUT, answer));
          } else {
            answer.accept(UNTOLD);
          }
        });
  }

  /**
   * Runs {@code step}. If it throws, as a picker or a peer getter of the user's may, the change
   * ends all the same: nobody waits for its answer for ever, and the key's next change has its
   * turn.
   */
  private static void guarded(Consumer<OperationResult> ending, Runnable step) {
    try {
      step.run();
    } catch (Throwable t) {
      ending.accept(unknown(t));
    }
  }

  private static OperationResult unknown(String detail) {
    return OperationResult.of(Status.UNKNOWN, detail);
  }

  /** Returns the result of a change that ran into an exception; never throws. */
  private static OperationResult unknown(Throwable thrown) {
    try {
      return unknown(thrown.toString());
    } catch (Throwable t) { // no memory, or an exception of a user's whose text cannot be had
      return WITHOUT_TEXT;
    }
  }

  /**
   * The owner may not have reached the very node where the change was made, or have told the
   * members alone when that is none; it hears it now.
   */
  private OperationResult hearHere(Operation operation, OperationResult result) {
    Peer self = self();
    Set<String> otherLists = new TreeSet<>(result.otherLists());
    otherLists.addAll(node.otherLists());
    if (self != null && !result.unreached().contains(self.url())) {
      return OperationResult.done(result.unreached(), List.copyOf(otherLists));
    }
    group.forget(Forget.key(group.name(), operation.key()));
    List<String> others = new ArrayList<>(result.unreached());
    others.removeIf(url -> self != null && url.equals(self.url()));
    return OperationResult.done(others, List.copyOf(otherLists));
  }

  /** Coordinates a change here, in its turn. */
  void coordinate(Operation operation, Consumer<? super OperationResult> callback) {
    Once<OperationResult> ending = new Once<>(callback, Uncaught::report);
    guarded(ending, () -> inTurn(operation, null, ending));
  }

  /** A change begins in its turn, or not at all if by then nobody can be waiting for it. */
  private void inTurn(
      Operation operation, @Nullable String doneBy, Consumer<? super OperationResult> callback) {
    Consumer<OperationResult> ending =
        new Once<>(
            result -> {
              try {
                callback.accept(result);
              } finally {
                turnIsOver(operation.key());
              }
            },
            Uncaught::report);
    long cameNanos = node.clock().exact();
    Runnable steps =
        () -> {
          if (node.clock().exact() - cameNanos > COORDINATE_TIMEOUT.toNanos()) {
            ending.accept(
                unknown("its turn did not come in " + COORDINATE_TIMEOUT.toSeconds() + " s"));
          } else {
            carryOut(operation, doneBy, ending);
          }
        };
    Task turn = Task.of(() -> guarded(ending, steps));
    ByteView value = operation.value();
    switch (turns.take(operation.key(), value == null ? 0 : value.length(), turn)) {
      case FIRST -> turn.run();
      case WAITING -> {}
      case NONE -> callback.accept(unknown("too many changes are waiting"));
    }
  }

  /** Starts the key's next change on a thread of its own: a chain of them must not nest. */
  private void turnIsOver(String key) {
    Task next = turns.over(key);
    if (next != null) {
      node.startSoon(next);
    }
  }

  /**
   * Changes the owners, one after the other, then all others at once; this node when its turn is.
   *
   * @param doneBy the member that has made the change already, if one has
   */
  private void carryOut(
      Operation operation, @Nullable String doneBy, Consumer<OperationResult> ending) {
    List<Peer> others = new ArrayList<>(node.peers());
    note(Forget.key(group.name(), operation.key()), others);
    boolean isMember = self() != null;
    Set<String> notReached = new LinkedHashSet<>();
    others.removeIf(peer -> peer.url().equals(doneBy));
    List<List<Peer>> stages = new ArrayList<>();
    Iterator<Peer> owners = node.owners(operation.key());
    for (int i = 0; i < MAX_OWNERS && owners.hasNext(); i++) {
      Peer owner = owners.next();
      if (i == 0 && operation.value() != null && doneBy == null && !owner.isSelf()) {
        notReached.add(owner.url()); // it may hear what to forget, but not what to hold
      }
      if (others.remove(owner)) {
        stages.add(List.of(owner));
      }
    }
    stages.add(others);
    tellInStages(
        stages.iterator(),
        operation,
        notReached,
        unreached -> endHere(isMember, () -> group.apply(operation), unreached, ending),
        ending);
  }

  /** Has every member forget the whole group, twice. */
  void clear(Consumer<? super OperationResult> callback) {
    Once<OperationResult> ending = new Once<>(callback, Uncaught::report);
    guarded(ending, () -> carryOutClear(ending));
  }

  private void carryOutClear(Consumer<OperationResult> ending) {
    Forget all = Forget.all(group.name());
    List<Peer> members = new ArrayList<>(node.peers());
    note(all, members);
    boolean isMember = self() != null;
    tellAtOnce(
        members,
        all,
        this::forgetAll,
        unreached -> {
          members.removeIf(peer -> unreached.contains(peer.url()));
          tellAtOnce(
              members,
              all,
              this::forgetAll,
              lost -> {
                unreached.addAll(lost);
                endHere(isMember, this::forgetAll, unreached, ending);
              },
              ending);
        },
        ending);
  }

  /**
   * A node that is no member, for it stands alone or has left the fleet, comes last. By then the
   * members have said, with their answers, which lists they hold.
   */
  private void endHere(
      boolean isMember,
      Runnable here,
      Collection<String> unreached,
      Consumer<OperationResult> ending) {
    boolean isAllDone = isMember || isDone(here);
    ending.accept(
        isAllDone
            ? OperationResult.done(List.copyOf(unreached), node.otherLists())
            : unknown("this node, which is no member, could not make the change"));
  }

  private void forgetAll() {
    group.forget(Forget.all(group.name()));
  }

  private void tellInStages(
      Iterator<List<Peer>> stages,
      Operation operation,
      Collection<String> unreached,
      Consumer<List<String>> whenDone,
      Consumer<OperationResult> ending) {
    if (!stages.hasNext()) {
      whenDone.accept(List.copyOf(unreached));
      return;
    }
    tellAtOnce(
        stages.next(),
        Forget.key(group.name(), operation.key()),
        () -> group.apply(operation),
        lost -> {
          unreached.addAll(lost);
          tellInStages(stages, operation, unreached, whenDone, ending);
        },
        ending);
  }

  /**
   * Tells members side by side, then {@code whenDone} which of them were not reached.
   *
   * @param ending ends the change if what follows from an answer throws, which then nobody else
   *     would notice
   */
  private void tellAtOnce(
      List<Peer> members,
      Forget what,
      Runnable here,
      Consumer<Collection<String>> whenDone,
      Consumer<OperationResult> ending) {
    Collection<String> unreached = new ConcurrentLinkedQueue<>();
    AtomicInteger untold = new AtomicInteger(members.size() + 1); // and this call
    Consumer<@Nullable String> told =
        lost -> {
          try {
            if (lost != null) {
              unreached.add(lost);
            }
            if (untold.decrementAndGet() == 0) {
              whenDone.accept(unreached);
            }
          } catch (Throwable t) {
            ending.accept(unknown(t));
          }
        };
    for (Peer member : members) {
      PeerGetter getter = member.getter();
      if (getter == null) {
        told.accept(isDone(here) ? null : member.url());
      } else {
        debts.add(member.url(), what);
        debts.pay(
            member.url(), getter, paid -> told.accept(paid == Paid.HEARD ? null : member.url()));
      }
    }
    told.accept(null);
  }

  /** A picker of the user's that throws must not keep the change from its end. */
  private static boolean isDone(Runnable here) {
    try {
      here.run();
      return true;
    } catch (Throwable t) {
      return false;
    }
  }

  /** Has a member that is about to be asked something hear first what it is owed. */
  void whenHeard(String url, PeerGetter getter, Consumer<Boolean> then) {
    if (!absences.isPresent(url)) {
      membersChanged(); // it is in the list already, and those who are to tell us have not come yet
    }
    if (debts.owes(url)) {
      debts.pay(url, getter, paid -> then.accept(paid != Paid.LOST));
    } else {
      then.accept(true);
    }
  }

  /** Notes a change that another member has told of. */
  void heard(Forget what) {
    note(what, node.peers());
  }

  private void note(Forget what, Collection<Peer> members) {
    if (absences.note(what, urlsOf(members))) {
      membersChanged();
    }
  }

  /**
   * Looks who has come into the list, and owes him what he has missed. Who has left the list is
   * owed nothing: all of that he will have missed when he comes back.
   */
  void membersChanged() {
    long look = absences.beginLook();
    Set<String> members = urlsOf(node.peers());
    synchronized (absences) {
      if (absences.listIs(look, members, debts::add)) {
        absences.neverSeen(debts.dropAllBut(members));
      }
    }
  }

  /** Returns whether anybody has yet to be told something. */
  boolean owesAnybody() {
    return !debts.isEmpty();
  }

  private static Set<String> urlsOf(Collection<Peer> peers) {
    Set<String> urls = new HashSet<>();
    for (Peer peer : peers) {
      if (!peer.isSelf()) {
        urls.add(peer.url());
      }
    }
    return urls;
  }

  /** Now and then tries again to tell those who could not be told. Runs on the timer thread. */
  void tick() {
    long now = node.clock().now();
    if (!owesAnybody() || now < nextTryNanos) {
      return;
    }
    nextTryNanos = now + TELL_TIMEOUT.toNanos();
    for (Peer peer : node.peers()) {
      PeerGetter getter = peer.getter();
      if (getter != null) {
        whenHeard(peer.url(), getter, heard -> {});
      }
    }
  }

  private @Nullable Peer self() {
    for (Peer peer : node.peers()) {
      if (peer.isSelf()) {
        return peer;
      }
    }
    return null;
  }
}
