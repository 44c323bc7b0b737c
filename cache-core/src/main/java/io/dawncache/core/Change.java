package io.dawncache.core;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.Iterator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** One change of a key, or of a whole group, that this node makes at all members. */
final class Change {
  /*
   * ARCHITECTURE.md states the promise: on reached members that hold the same member list, a get
   * that begins after the answer sees no value whose load began before the change. A node that has
   * forgotten a key does not bring back such a value by itself (Memory). But it may fetch one from
   * a node that has not forgotten yet, and keep it:
   *   1. this member receives the change, and forgets;
   *   2. a get here fetches the key from another member, which still holds the old value;
   *   3. that member receives the change.
   * So a change goes through the members in stages, and each stage ends before the next begins.
   * First come the members that a fetch asks: the key's owner, then the next owner. All others
   * follow together, twice: a fetch asks one of them only while a member before it is ejected, and
   * which member that is, each node decides for itself. The second time removes what one of them
   * has fetched from another between the two. What was fetched answers no other node, so twice is
   * enough. For a whole group every member owns a part, so all members receive the change twice.
   *
   * This node makes the change in the stage that contains it. If it is not a member, because it
   * stands alone or has left the fleet, it makes the change last. It also makes a change of a key
   * before it sends it, because it may act for an owner that leaves or has been ejected, and whose
   * place a new process takes meanwhile:
   *   1. the owner receives the change, forgets, answers, and stops;
   *   2. its new process looks into the memory of this node (Peeks), and keeps what it finds;
   *   3. the answer arrives, and this node makes the change.
   */
  private final Forget what;
  private final Runnable here;
  private final boolean isMember;
  private final Iterator<List<Owner>> stages;
  private final Set<String> unreached = Collections.synchronizedSet(new LinkedHashSet<>());
  private final HandOff handOff;
  private final Owners owners;
  private final Consumer<OperationResult> ending;

  /** Members that did not receive an earlier stage. */
  private final Set<String> lost = ConcurrentHashMap.newKeySet();

  /** The members of the present stage that have not answered, plus one while it is being sent. */
  private final AtomicInteger unanswered = new AtomicInteger();

  private Change(
      Forget what,
      Runnable here,
      List<List<Owner>> stages,
      Collection<String> unreached,
      HandOff handOff,
      Owners owners,
      Consumer<OperationResult> ending) {
    this.what = what;
    this.here = here;
    this.isMember = owners.self() != null;
    this.stages = stages.iterator();
    this.unreached.addAll(unreached);
    this.handOff = handOff;
    this.owners = owners;
    this.ending = ending;
  }

  /**
   * Notes a change of a key in the journal, and returns it; the caller {@linkplain #start starts}
   * it.
   *
   * @param doneBy the member that has made the change already, or null
   * @param mostOwners how many owners a fetch may ask
   * @param here makes the change on this node
   * @param ending called with the result, at least once
   */
  static Change ofKey(
      Operation operation,
      @Nullable String doneBy,
      int mostOwners,
      Runnable here,
      HandOff handOff,
      Owners owners,
      Consumer<OperationResult> ending) {
    Forget what = Forget.key(operation.group(), operation.key());
    List<Owner> others = new ArrayList<>(owners.members());
    handOff.note(what, others);
    others.removeIf(member -> member.url().equals(doneBy));
    List<String> withoutValue = new ArrayList<>();
    List<Owner> self = others.stream().filter(Owner.Self.class::isInstance).toList();
    List<List<Owner>> stages = new ArrayList<>(List.of(self));
    Iterator<Owner> byRank = owners.all(operation.key());
    for (int rank = 0; rank < mostOwners && byRank.hasNext(); rank++) {
      Owner owner = byRank.next();
      if (rank == 0
          && operation.value() != null
          && doneBy == null
          && owner instanceof Owner.Remote) {
        withoutValue.add(owner.url()); // a hint can make it forget the key, but carries no value
      }
      if (others.remove(owner) && (rank > 0 || !self.contains(owner))) {
        stages.add(List.of(owner));
      }
    }
    stages.add(others);
    if (others.size() > 1) {
      stages.add(others);
    }
    return new Change(what, here, stages, withoutValue, handOff, owners, ending);
  }

  /** As {@link #ofKey}, for a whole group. */
  static Change ofGroup(
      String group,
      Runnable here,
      HandOff handOff,
      Owners owners,
      Consumer<OperationResult> ending) {
    Forget what = Forget.all(group);
    List<Owner> members = List.copyOf(owners.members());
    handOff.note(what, members);
    return new Change(what, here, List.of(members, members), Set.of(), handOff, owners, ending);
  }

  /**
   * Sends the change to the members of the first stage; their answers start the next. If this
   * throws, the caller must end the change.
   */
  void start() {
    nextStage();
  }

  private void nextStage() {
    if (!stages.hasNext()) {
      finish();
      return;
    }
    List<Owner> members = new ArrayList<>(stages.next());
    members.removeIf(member -> lost.contains(member.url()));
    unanswered.set(members.size() + 1);
    members.forEach(this::send);
    countAnswer();
  }

  private void send(Owner member) {
    if (member instanceof Owner.Remote remote) {
      handOff.send(remote, what, received -> answered(member, received));
    } else {
      answered(member, makeHere());
    }
  }

  /** Handling an answer may throw, so this reports the exception to the caller of the change. */
  private void answered(Owner member, boolean received) {
    try {
      if (!received) {
        lost.add(member.url());
      }
      countAnswer();
    } catch (Throwable t) {
      ending.accept(OperationResult.unknown(t));
    }
  }

  private void countAnswer() {
    if (unanswered.decrementAndGet() == 0) {
      unreached.addAll(lost);
      nextStage();
    }
  }

  /** Ends the change. By now the answers have reported which lists the members hold. */
  private void finish() {
    if (isMember || makeHere()) {
      ending.accept(OperationResult.done(List.copyOf(unreached), owners.otherLists()));
    } else {
      ending.accept(
          OperationResult.unknown("this node, which is no member, could not make the change"));
    }
  }

  /**
   * Makes the change on this node; an exception from the user's picker must not stop the change.
   */
  private boolean makeHere() {
    try {
      here.run();
      return true;
    } catch (Throwable t) {
      return false;
    }
  }
}
