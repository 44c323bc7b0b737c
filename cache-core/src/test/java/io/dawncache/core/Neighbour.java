package io.dawncache.core;

import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/** The way to a node in the same process: what a server does over a socket, without the socket. */
record Neighbour(CacheNode node) implements PeerGetter {
  @Override
  public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
    Group group = group(request.group());
    group
        .forServers()
        .getForPeer(
            request.key(),
            request.timeout(),
            request.copyGets(),
            new GetCallback() {
              @Override
              public void value(Entry entry, double minuteQps) {
                callback.accept(group.forServers().resultOf(request.key(), entry, minuteQps, null));
              }

              @Override
              public void error(GetException error) {
                callback.accept(group.forServers().resultOf(request.key(), null, 0, error));
              }
            });
  }

  @Override
  public void fetchAll(
      List<PeerRequest> requests, BiConsumer<PeerRequest, ? super PeerResult> callback) {
    group(requests.get(0).group()).forServers().getAllForPeer(requests, callback);
  }

  @Override
  public void peek(PeerRequest request, Consumer<? super PeerResult> callback) {
    GroupEndpoint endpoint = group(request.group()).forServers();
    Entry held = endpoint.peekForPeer(request.key());
    callback.accept(
        held == null
            ? PeerResult.of(PeerResult.Status.NOT_ASKED, "not held")
            : endpoint.resultOf(request.key(), held, 0, null));
  }

  @Override
  public void forget(Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
    group(what.group()).forServers().forget(what);
    callback.accept(OperationResult.done(List.of()));
  }

  @Override
  public void coordinate(
      Operation operation, Duration timeout, Consumer<? super OperationResult> callback) {
    group(operation.group()).forServers().coordinate(operation, callback);
  }

  @Override
  public void offer(Offer offer, Duration timeout, Consumer<? super OperationResult> callback) {
    OperationResult done = OperationResult.done(List.of());
    if (!group(offer.group()).forServers().offered(offer, () -> callback.accept(done))) {
      callback.accept(OperationResult.of(OperationResult.Status.NOT_ASKED, "too many"));
    }
  }

  @Override
  public void handOver(
      PastChanges changes, Duration timeout, Consumer<? super OperationResult> callback) {
    group(changes.what().group()).forServers().handedOver(changes);
    callback.accept(OperationResult.done(List.of()));
  }

  private Group group(String name) {
    return Objects.requireNonNull(node.group(name));
  }
}
