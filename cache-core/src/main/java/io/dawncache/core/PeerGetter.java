package io.dawncache.core;

import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The core's one seam to the network: asks one other node for keys, and tells it what has changed.
 *
 * <p>Safe for use by any thread, also by an event loop: nothing here blocks. Callbacks are told
 * exactly once, no later than the time-out from now, on any thread; they do not block either. A
 * call that throws counts as <em>not asked</em>.
 *
 * <p>A peer getter that knows only {@link #fetch} is whole: what the others do by default is right
 * for a peer that takes no such message.
 */
public interface PeerGetter extends AutoCloseable {
  /** Asks the peer for a key. */
  void fetch(PeerRequest request, Consumer<? super PeerResult> callback);

  /**
   * Asks the peer for many keys at once; {@code callback} is told of each as its answer comes.
   *
   * @param requests of one group, each key once
   */
  default void fetchAll(
      List<PeerRequest> requests, BiConsumer<PeerRequest, ? super PeerResult> callback) {
    requests.forEach(request -> fetch(request, result -> callback.accept(request, result)));
  }

  /** Tells the peer to forget. */
  default void forget(Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
    callback.accept(
        OperationResult.of(OperationResult.Status.NOT_UNDERSTOOD, "it takes no operations"));
  }

  /** Has the peer, an owner of the key, make the change and tell all members to forget the key. */
  default void coordinate(
      Operation operation, Duration timeout, Consumer<? super OperationResult> callback) {
    callback.accept(
        OperationResult.of(OperationResult.Status.NOT_UNDERSTOOD, "it takes no operations"));
  }

  /** The peer has left the member list: fetches in flight may end, idle connections are closed. */
  @Override
  default void close() {}
}
