package io.dawncache.server.inbound;

import io.dawncache.core.TraceContext;
import io.dawncache.server.AnsweredRequest;
import io.dawncache.server.RequestListener;
import io.dawncache.server.wire.Headers;
import io.netty.handler.codec.http.HttpRequest;
import java.net.SocketAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayDeque;
import org.jspecify.annotations.Nullable;

/**
 * Reports the answered requests of one connection to the server's listener, in the order of the
 * answers. There is none if the server has no listener. Belongs to the connection's event loop.
 */
final class RequestWatch {
  private final RequestListener listener;
  private final InstantSource clock;
  private final @Nullable SocketAddress client;
  private final ArrayDeque<Begun> begun = new ArrayDeque<>();
  private long reportedBytes;

  private record Begun(
      Instant time, long startNanos, String method, String target, @Nullable TraceContext trace) {}

  RequestWatch(RequestListener listener, InstantSource clock, @Nullable SocketAddress client) {
    this.listener = listener;
    this.clock = clock;
    this.client = client;
  }

  /** A request takes its place in the order of answers. */
  void started(HttpRequest request) {
    begun.add(
        new Begun(
            clock.instant(),
            System.nanoTime(),
            request.method().name(),
            request.uri(),
            Headers.trace(request.headers())));
  }

  /**
   * The first request in the order is answered.
   *
   * @param writtenBytes all that has been written on the connection
   */
  void answered(int status, long writtenBytes) {
    Begun first = begun.remove();
    long bytes = writtenBytes - reportedBytes;
    reportedBytes = writtenBytes;
    Duration took = Duration.ofNanos(System.nanoTime() - first.startNanos);
    listener.answered(
        new AnsweredRequest(
            first.time, client, first.method, first.target, status, bytes, took, first.trace));
  }

  /** None of the started requests is answered any more. */
  void clear() {
    begun.clear();
  }
}
