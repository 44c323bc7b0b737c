package io.dawncache.core;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The core's only seam to the network: asks one other node for keys, and sends it changes.
 *
 * <p>Safe for use by any thread, including an event loop: nothing here blocks. A callback is called
 * exactly once, at the time-out at the latest, on any thread; it does not block either. A call that
 * throws counts as <em>not asked</em>.
 *
 * <p>A peer getter needs only {@link #fetch}: the default methods are right for a peer that does
 * not understand their messages.
 *
 * @since 0.1.0
 */
public interface PeerGetter extends AutoCloseable {
  /**
   * Asks the peer for a key.
   *
   * @param request what is asked, and for how long
   * @param callback called once, with the result
   */
  void fetch(PeerRequest request, Consumer<? super PeerResult> callback);

  /**
   * Asks the peer for many keys at once; {@code callback} is called for each when its answer
   * arrives.
   *
   * @param requests of one group, each key once
   * @param callback called once for each request, possibly for two at the same time
   */
  default void fetchAll(
      List<PeerRequest> requests, BiConsumer<PeerRequest, ? super PeerResult> callback) {
    requests.forEach(request -> fetch(request, result -> callback.accept(request, result)));
  }

  /**
   * Looks whether the peer holds a key in its memory; the peer never loads it, and asks no other
   * node. By default the peer is not asked.
   *
   * @param request what is looked for, and for how long
   * @param callback called once, with a value, or with any other result if there is none
   */
  default void peek(PeerRequest request, Consumer<? super PeerResult> callback) {
    callback.accept(PeerResult.of(PeerResult.Status.NOT_ASKED, "it cannot be peeked"));
  }

  /**
   * {@return whether the peer may be asked for a key in place of an owner that cannot be asked} It
   * may by default. A node that would pass the question on to that owner may not.
   */
  default boolean actsForOthers() {
    return true;
  }

  /**
   * {@return whether the peer is known to be in another zone than this node} By default it is not.
   * Whether a value is kept as a copy depends on it; which node is asked does not.
   */
  default boolean isInAnotherZone() {
    return false;
  }

  /** Called when another node seems unable to ask the peer. By default nothing is done. */
  default void doubted() {}

  /**
   * Sends the peer keys to forget.
   *
   * @param what the keys to forget
   * @param timeout how long the caller waits
   * @param callback called once, with the result
   */
  default void forget(Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
    callback.accept(
        OperationResult.of(OperationResult.Status.NOT_UNDERSTOOD, "it takes no operations"));
  }

  /**
   * Asks the peer, an owner of the key, to make the change and to send it to all members.
   *
   * @param operation the change to make
   * @param timeout how long the caller waits
   * @param callback called once, with the result
   */
  default void coordinate(
      Operation operation, Duration timeout, Consumer<? super OperationResult> callback) {
    callback.accept(
        OperationResult.of(OperationResult.Status.NOT_UNDERSTOOD, "it takes no operations"));
  }

  /**
   * Offers the peer values that this node holds, of keys that the peer owns now: the peer may
   * {@link #peek} them. By default nothing is offered.
   *
   * @param offer the keys of the values
   * @param timeout how long the caller waits
   * @param callback called once, with {@code DONE} when the peer has looked for all it wants
   */
  default void offer(Offer offer, Duration timeout, Consumer<? super OperationResult> callback) {
    callback.accept(
        OperationResult.of(OperationResult.Status.NOT_UNDERSTOOD, "it takes no offers"));
  }

  /**
   * Hands the peer changes that this node, which leaves, has recorded. By default nothing is handed
   * over.
   *
   * @param changes the changes
   * @param timeout how long the caller waits
   * @param callback called once, with the result
   */
  default void handOver(
      PastChanges changes, Duration timeout, Consumer<? super OperationResult> callback) {
    callback.accept(
        OperationResult.of(OperationResult.Status.NOT_UNDERSTOOD, "it takes no operations"));
  }

  /**
   * Called when the peer has left the list: closes idle connections. What is in flight ends as
   * usual.
   */
  @Override
  default void close() {}
}
