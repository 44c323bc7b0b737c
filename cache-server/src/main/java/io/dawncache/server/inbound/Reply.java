package io.dawncache.server.inbound;

import io.dawncache.core.ByteAccount;
import io.dawncache.core.Entry;
import io.dawncache.core.GetCallback;
import io.dawncache.core.GetException;
import io.dawncache.core.Group;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerRequest;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.Refusal;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What one request ends with, over HTTP or in a frame: a value, an error of the core, a refusal, or
 * the outcome of an operation. It may end on any thread, and is then handed over to its event loop.
 */
abstract class Reply implements GetCallback, Runnable {
  /*
   * The thread that ends it writes the outcome into its fields, and then hands this object itself
   * over to the event loop, which reads it only then. So between the end and the hand-over no
   * object is allocated, which could fail for want of memory, and nothing is converted: the event
   * loop does that, and whatever is thrown there closes the connection. A hand-over that fails
   * closes the connection, too. So no request is left without an answer on an open connection.
   */
  private static final Refusal NO_ROOM = Refusal.tooMuchInFlight();

  private final HandOver handOver;

  private @Nullable Group group; // that the get asks
  private @Nullable Entry valueInTransit; // a value that another thread has brought, until run

  // The outcome.
  @Nullable Entry entry;
  double minuteQps;
  @Nullable GetException error;
  @Nullable Refusal refusal;
  @Nullable OperationResult operated;
  @Nullable MessageKind operation;

  Reply(HandOver handOver) {
    this.handOver = handOver;
  }

  /** Names the group that the get is about to ask. */
  final void asks(Group group) {
    this.group = group;
  }

  /** Returns the group that the get has asked. */
  final Group asked() {
    return Objects.requireNonNull(group, "group");
  }

  // How it ends: each of these runs on any thread.

  @Override
  public final void value(Entry entry, double minuteQps) {
    this.minuteQps = minuteQps;
    if (handOver.isHere()) {
      this.entry = entry;
      ended(false);
      return;
    }
    try {
      takeInTransit(entry);
    } catch (Throwable e) { // no memory
      handOver.lose(e);
      return;
    }
    end();
  }

  /** A refusal replaces a value for which the account has no room. */
  private void takeInTransit(Entry entry) {
    if (handOver.inTransit().add(entry)) {
      valueInTransit = entry;
      this.entry = entry;
    } else {
      refusal = NO_ROOM;
    }
  }

  @Override
  public final void error(GetException error) {
    this.error = error;
    end();
  }

  /** Says why there is no other answer. */
  final void refuse(Refusal refusal) {
    this.refusal = refusal;
    end();
  }

  /** Says how an operation ended. */
  final void operated(MessageKind operation, OperationResult result) {
    this.operation = operation;
    this.operated = result;
    end();
  }

  /** Calls {@link #ended} on the event loop. */
  final void end() {
    if (handOver.isHere()) {
      ended(false);
    } else if (!handOver.execute(this)) {
      arrived();
    }
  }

  /** Runs on the event loop, once it has ended on another thread. */
  @Override
  public final void run() {
    arrived();
    ended(true);
  }

  private void arrived() {
    Entry value = valueInTransit;
    if (value != null) {
      valueInTransit = null;
      handOver.inTransit().remove(value);
    }
  }

  /**
   * It has ended. Runs on the event loop.
   *
   * @param elsewhere whether it ended on another thread
   */
  abstract void ended(boolean elsewhere);

  /**
   * Answers with a result of each request, as they arrive.
   *
   * @param source receives the requests that are sent again
   */
  abstract ResultStream stream(List<PeerRequest> requests, ResultStream.Source source);

  /**
   * Returns a stream of results.
   *
   * @param onResult called on the event loop when results have arrived
   */
  final ResultStream stream(
      List<PeerRequest> requests,
      Inbound inbound,
      ResultStream.Source source,
      Runnable onResult,
      ByteAccount.Holder holder) {
    return new ResultStream(
        requests,
        inbound.limits().maxValueBytes(),
        () -> handOver.run(onResult),
        handOver::lose,
        source,
        holder);
  }
}
