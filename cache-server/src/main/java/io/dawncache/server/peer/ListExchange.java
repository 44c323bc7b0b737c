package io.dawncache.server.peer;

import io.dawncache.core.OperationResult;
import io.dawncache.server.wire.Fleet;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerCodec;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.util.function.Consumer;

/** Compares member lists with one peer. */
final class ListExchange {
  /*
   * The fingerprints travel when frames are granted and with the answer to every operation; the
   * lists themselves, both ways, in a MEMBERS message. One is sent when the fingerprints differ,
   * after this node's list has changed, and at intervals along with other requests. So each side
   * notices within one interval that the other's list has changed. While lists are known to differ,
   * the server has them sent without waiting for a request.
   */
  private static final System.Logger LOG = System.getLogger(ListExchange.class.getName());

  /** Sends the peer this node's list, and notes the fingerprint in its answer. */
  interface Sender {
    void send(boolean wasEjected, Consumer<OperationResult> callback);
  }

  private final Fleet fleet;
  private final NodeUrl peer;
  private final Sender sender;
  private final long intervalNanos;

  private volatile boolean takesLists; // the peer knows the message with member lists
  private volatile long dueAtNanos; // when to send the next one
  private volatile boolean readmitted; // since the last exchange

  ListExchange(Outbound outbound, NodeUrl peer, Sender sender) {
    this.fleet = outbound.fleet();
    this.peer = peer;
    this.sender = sender;
    this.intervalNanos = outbound.timings().lists().toNanos();
    this.takesLists = !outbound.frames();
    this.dueAtNanos = System.nanoTime() + intervalNanos;
  }

  /** The peer grants frames; returns whether to send the list at once. */
  boolean framesGranted(Hello hello) {
    takesLists = hello.fingerprint() != null;
    return hello.noteIn(fleet, peer.text());
  }

  /** The peer does not grant frames: it takes lists unless it is a Go node, which shows then. */
  void framesRefused() {
    takesLists = true;
  }

  /** Notes the fingerprint in the answer to an operation. */
  void noteFingerprint(ByteBuf operationAnswer, long askedNanos) {
    try {
      if (PeerCodec.noteList(operationAnswer.nioBuffer(), peer.text(), askedNanos, fleet)) {
        makeDue();
      }
    } catch (IOException e) {
      // The reader of the answer itself reports it.
    }
  }

  /** Has the list sent along with the next request. */
  void makeDue() {
    dueAtNanos = System.nanoTime();
  }

  /** Returns whether the list is to be sent along with a request. */
  boolean isDue(long nowNanos) {
    return takesLists && nowNanos - dueAtNanos >= 0;
  }

  /** The peer is held ejected no longer: the next exchange says that others owned its keys. */
  void readmitted() {
    readmitted = true;
  }

  /**
   * Sends this node's list and notes that of the peer; calls {@code done} with any outcome. Throws
   * nothing: it must not end the request that it goes along with.
   */
  void exchange(Runnable done) {
    dueAtNanos = System.nanoTime() + intervalNanos;
    boolean wasEjected = readmitted;
    readmitted = false;
    try {
      sender.send(
          wasEjected,
          result -> {
            ended(result.status(), wasEjected);
            done.run();
          });
    } catch (RuntimeException | Error e) {
      ended(OperationResult.Status.UNKNOWN, wasEjected);
      done.run();
      LOG.log(
          System.Logger.Level.WARNING, "member lists were not exchanged with " + peer.text(), e);
    }
  }

  /** The exchange has ended; the fingerprint in its answer is noted, if there was one. */
  private void ended(OperationResult.Status status, boolean wasEjected) {
    if (wasEjected && status != OperationResult.Status.DONE) {
      readmitted = true; // the next exchange says it again
    }
    if (status == OperationResult.Status.NOT_ASKED) {
      fleet.noteListUnknown(peer.text());
    }
  }
}
