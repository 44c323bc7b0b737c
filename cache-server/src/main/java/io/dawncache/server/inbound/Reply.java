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
 * What one request ends with: a value, an error of the core's, a refusal, or the outcome of an
 * operation; whether it is then written as HTTP or as a frame. It may end on any thread, and its
 * event loop is then told.
 */
abstract class Reply implements GetCallback, Runnable {
  /*
   * Whoever ends it writes what it ended with, and then hands this very object over to the event
   * loop, which looks at it only then. So between the end and the hand-over no object is made, for
   * which there might be no memory, and nothing is converted: that is done on the event loop, where
   * whatever is thrown ends the connection. And a hand-over that fails ends the connection, too. So
   * no request is left without an answer on a connection that goes on.
   */
  private static final Refusal NO_ROOM = Refusal.tooMuchInFlight();

  private final HandOver handOver;

  private @Nullable Group group; // that is asked
  private @Nullable Entry onItsWay; // a value that another thread has brought, until run

  // What it ended with.
  @Nullable Entry entry;
  double minuteQps;
  @Nullable GetException error;
  @Nullable Refusal refusal;
  @Nullable OperationResult operated;
  @Nullable MessageKind operation;

  Reply(HandOver handOver) {
    this.handOver = handOver;
  }

  /** Says whom the get is about to ask. */
  final void asks(Group group) {
    this.group = group;
  }

  /** Returns whom the get has asked. */
  final Group asked() {
    return Objects.requireNonNull(group, "group");
  }

  // How it ends: each of these on any thread.

  @Override
  public final void value(Entry entry, double minuteQps) {
    this.minuteQps = minuteQps;
    if (handOver.isHere()) {
      this.entry = entry;
      ended(false);
      return;
    }
    try {
      takeOnItsWay(entry);
    } catch (Throwable e) { // no memory
      handOver.lose(e);
      return;
    }
    end();
  }

  /** A value for which the account has no room on its way gives way to a refusal. */
  private void takeOnItsWay(Entry entry) {
    if (handOver.onTheirWay().add(entry)) {
      onItsWay = entry;
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

  /** Has {@link #ended} called on the event loop. */
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
    Entry value = onItsWay;
    if (value != null) {
      onItsWay = null;
      handOver.onTheirWay().remove(value);
    }
  }

  /**
   * It has ended. Runs on the event loop.
   *
   * @param elsewhere whether it ended on another thread
   */
  abstract void ended(boolean elsewhere);

  /**
   * Answers with a result of each request, as they come.
   *
   * @param source of what has to be asked again
   */
  abstract ResultStream stream(List<PeerRequest> requests, ResultStream.Source source);

  /**
   * Returns a stream of results.
   *
   * @param onCome called on the event loop when there are some
   */
  final ResultStream stream(
      List<PeerRequest> requests,
      Inbound inbound,
      ResultStream.Source source,
      Runnable onCome,
      ByteAccount.Holder holder) {
    return new ResultStream(
        requests,
        inbound.limits().maxValueBytes(),
        () -> handOver.run(onCome),
        handOver::lose,
        source,
        holder);
  }
}
