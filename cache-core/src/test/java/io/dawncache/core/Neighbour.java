package io.dawncache.core;

import io.dawncache.core.PeerResult.Status;
import java.util.Objects;
import java.util.function.Consumer;

/** The way to a node in the same process: what a server does over a socket, without the socket. */
record Neighbour(CacheNode node) implements PeerGetter {
  @Override
  public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
    Group group = Objects.requireNonNull(node.group(request.group()));
    group.getLocally(
        request.key(),
        new GetCallback() {
          @Override
          public void value(ByteView value) {
            callback.accept(PeerResult.value(value));
          }

          @Override
          public void error(GetException error) {
            callback.accept(PeerResult.of(status(error), String.valueOf(error.getMessage())));
          }
        });
  }

  private static Status status(GetException error) {
    return error instanceof NotThereException
        ? Status.NOT_THERE
        : error instanceof OverloadedException ? Status.OVERLOADED : Status.FAILED;
  }
}
