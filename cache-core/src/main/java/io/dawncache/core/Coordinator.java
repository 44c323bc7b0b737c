package io.dawncache.core;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Decides which node makes a change of one group. If it is this node, makes one change of a key at
 * a time. Safe for use by any thread.
 */
final class Coordinator {
  /*
   * The key's owner coordinates a change. If it cannot be asked, the next owner does, which then
   * usually cannot send the change to the owner either. If neither can be asked, this node coordinates.
   */
  private static final Duration COORDINATE_TIMEOUT = Duration.ofSeconds(10);

  private static final OperationResult NOT_REACHED =
      OperationResult.of(
          OperationResult.Status.NOT_ASKED, "it did not take the changes that it had missed");

  private final String group;
  private final Owners owners;
  private final HandOff handOff;
  private final Forgetting forgetting;
  private final NodeResources node;
  private final ChangeQueue queue = new ChangeQueue();

  Coordinator(
      String group, Owners owners, HandOff handOff, Forgetting forgetting, NodeResources node) {
    this.group = group;
    this.owners = owners;
    this.handOff = handOff;
    this.forgetting = forgetting;
    this.node = node;
  }

  /** Passes the change to the key's owner, to the next owner, or at last to this node. */
  void submit(Operation operation, Consumer<? super OperationResult> callback) {
    Once<OperationResult> ending = new Once<>(callback, Uncaught::report);
    guarded(ending, () -> new Submission(operation, ending).askNext());
  }

  /** Coordinates a change of a key on this node when its turn comes. */
  void coordinate(Operation operation, Consumer<? super OperationResult> callback) {
    Once<OperationResult> ending = new Once<>(callback, Uncaught::report);
    guarded(ending, () -> inTurn(operation, null, ending));
  }

  /** Makes every member forget the whole group. */
  void clear(Consumer<? super OperationResult> callback) {
    Once<OperationResult> ending = new Once<>(callback, Uncaught::report);
    Runnable here = () -> forgetting.forget(Forget.all(group));
    guarded(ending, () -> Change.ofGroup(group, here, handOff, owners, ending).start());
  }

  /**
   * Runs {@code step}. If it throws, as the user's picker or peer getter may, the change still
   * ends, so that its caller does not wait for ever and the key's next change gets its turn.
   */
  private static void guarded(Consumer<OperationResult> ending, Runnable step) {
    try {
      step.run();
    } catch (Throwable t) {
      ending.accept(OperationResult.unknown(t));
    }
  }

  /** One change on its way to the owner that makes it. */
  private final class Submission {
    private final Operation operation;
    private final Consumer<OperationResult> ending;
    private final Iterator<Owner> byRank;
    private final long begunNanos = node.clock().exact();
    private int asked;

    Submission(Operation operation, Consumer<OperationResult> ending) {
      this.operation = operation;
      this.ending = ending;
      this.byRank = owners.of(operation.key());
    }

    void askNext() {
      Owner owner = asked < Owners.MOST_ASKED && byRank.hasNext() ? byRank.next() : null;
      if (owner instanceof Owner.Remote remote) {
        asked++;
        Once<OperationResult> answer =
            new Once<>(
                result -> answered(remote, result),
                thrown -> ending.accept(OperationResult.unknown(thrown)));
        handOff.before(remote, reached -> ask(remote.getter(), reached, answer));
      } else {
        coordinate(present(), ending);
      }
    }

    /** Returns the change as it is now that time has passed. */
    private Operation present() {
      return operation.after(node.clock().exact() - begunNanos);
    }

    private void ask(PeerGetter getter, boolean reached, Consumer<OperationResult> answer) {
      try {
        if (reached) {
          getter.coordinate(present(), COORDINATE_TIMEOUT, answer);
        } else {
          answer.accept(NOT_REACHED);
        }
      } catch (Throwable t) {
        answer.accept(OperationResult.unknown(t));
      }
    }

    private void answered(Owner owner, OperationResult result) {
      switch (result.status()) {
        case DONE -> ending.accept(resultHere(result));
        case DONE_ALONE -> inTurn(operation, owner.url(), ending);
        case NOT_ASKED, NOT_UNDERSTOOD -> askNext();
        case UNKNOWN ->
            ending.accept(
                OperationResult.unknown("change at " + owner.url() + ": " + result.detail()));
      }
    }

    /**
     * Makes the change on this node if the owner has not: it may have failed to reach this node, or
     * this node may not be in its list.
     */
    private OperationResult resultHere(OperationResult result) {
      Owner self = owners.self();
      List<String> unreached = new ArrayList<>(result.unreached());
      if (self == null || unreached.contains(self.url())) {
        forgetting.forget(Forget.key(group, operation.key()));
        unreached.removeIf(url -> self != null && url.equals(self.url()));
      }
      Set<String> otherLists = new TreeSet<>(result.otherLists());
      otherLists.addAll(owners.otherLists());
      return OperationResult.done(unreached, List.copyOf(otherLists));
    }
  }

  /**
   * Makes a change after the earlier changes of its key have ended. Does not make it if its caller
   * no longer waits by then.
   *
   * @param doneBy the member that has made the change already, or null
   */
  private void inTurn(
      Operation operation, @Nullable String doneBy, Consumer<OperationResult> callback) {
    Consumer<OperationResult> ending =
        new Once<>(
            result -> {
              try {
                callback.accept(result);
              } finally {
                startNext(operation.key());
              }
            },
            Uncaught::report);
    long cameNanos = node.clock().exact();
    // Both are made now: between the end of one change and the next, memory may run out.
    Runnable steps = () -> makeInTime(operation, doneBy, cameNanos, ending);
    Task change = Task.of(() -> guarded(ending, steps));
    ByteView value = operation.value();
    switch (queue.add(operation.key(), value == null ? 0 : value.length(), change)) {
      case FIRST -> change.run();
      case WAITING -> {}
      case NONE -> callback.accept(OperationResult.unknown("too many changes are waiting"));
    }
  }

  private void makeInTime(
      Operation operation,
      @Nullable String doneBy,
      long cameNanos,
      Consumer<OperationResult> ending) {
    if (node.clock().exact() - cameNanos > COORDINATE_TIMEOUT.toNanos()) {
      String late = "its turn did not come in " + COORDINATE_TIMEOUT.toSeconds() + " s";
      ending.accept(OperationResult.unknown(late));
      return;
    }
    AtomicBoolean made = new AtomicBoolean();
    Runnable here =
        () -> {
          // The second time a value that was put stays: a later change may have come between.
          if (!made.getAndSet(true)
              || operation.value() == null
              || !owners.isSelf(operation.key())) {
            forgetting.apply(operation.after(node.clock().exact() - cameNanos));
          }
        };
    Change.ofKey(operation, doneBy, Owners.MOST_ASKED, here, handOff, owners, ending).start();
  }

  /** Starts the key's next change on another thread, so that a chain of changes does not nest. */
  private void startNext(String key) {
    Task next = queue.next(key);
    if (next != null) {
      node.threads().startSoon(next);
    }
  }
}
