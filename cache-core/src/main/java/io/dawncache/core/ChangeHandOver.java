package io.dawncache.core;

import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListSet;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Hands over the changes of one group when this node leaves: its hints and its journal, to a member
 * that stays. Safe for use by any thread.
 */
final class ChangeHandOver {
  /*
   * One member that stays is enough: it delivers the hints as this node would, and reports for
   * which members it holds hints to every node that peeks. The group's name decides which member is
   * asked first, so that the groups are spread over the members.
   *
   * A member that can be reached again receives its hints from this node.
   */
  private static final OperationResult THREW =
      OperationResult.of(OperationResult.Status.UNKNOWN, "its peer getter threw");

  private final String group;
  private final Owners owners;
  private final HandOff handOff;
  private final Counters counters;

  ChangeHandOver(String group, Owners owners, HandOff handOff, Counters counters) {
    this.group = group;
    this.owners = owners;
    this.handOff = handOff;
    this.counters = counters;
  }

  /**
   * Starts to hand over; call it when this node is not an acting owner any more.
   *
   * @param done called with the members whose hints no member has accepted
   */
  void start(Consumer<? super Set<String>> done) {
    List<PastChanges> all = handOff.pastChanges();
    Set<String> lost = new ConcurrentSkipListSet<>();
    Countdown left = new Countdown(all.size(), () -> done.accept(lost));
    Consumer<@Nullable String> ended =
        missedBy -> {
          if (missedBy != null) {
            lost.add(missedBy);
          }
          left.countDown();
        };
    all.forEach(changes -> deliver(changes, ended));
  }

  private void deliver(PastChanges changes, Consumer<@Nullable String> ended) {
    Owner.Remote receiver = memberAt(changes.missedBy());
    if (receiver == null) {
      askNext(changes, owners.of(group), ended);
      return;
    }
    handOff.before(
        receiver,
        received -> {
          if (received) {
            ended.accept(null);
          } else {
            askNext(changes, owners.of(group), ended);
          }
        });
  }

  private Owner.@Nullable Remote memberAt(@Nullable String url) {
    for (Owner member : owners.members()) {
      if (member instanceof Owner.Remote remote && remote.url().equals(url)) {
        return remote;
      }
    }
    return null;
  }

  /** Asks the next member that stays to accept them. */
  private void askNext(
      PastChanges changes, Iterator<Owner> staying, Consumer<@Nullable String> ended) {
    Owner.Remote receiver = next(staying, changes.missedBy());
    if (receiver == null) {
      counters.notHandedOver.increment();
      ended.accept(changes.missedBy());
      return;
    }
    Once<OperationResult> answer =
        new Once<>(
            result -> {
              if (result.status() == OperationResult.Status.DONE) {
                counters.handedOver.increment();
                ended.accept(null);
              } else {
                askNext(changes, staying, ended);
              }
            },
            Uncaught::report);
    try {
      receiver.getter().handOver(changes, HandOff.TIMEOUT, answer);
    } catch (Throwable t) { // the peer getter may be the user's
      answer.accept(THREW);
    }
  }

  private static Owner.@Nullable Remote next(Iterator<Owner> staying, @Nullable String but) {
    while (staying.hasNext()) {
      if (staying.next() instanceof Owner.Remote next && !next.url().equals(but)) {
        return next;
      }
    }
    return null;
  }
}
