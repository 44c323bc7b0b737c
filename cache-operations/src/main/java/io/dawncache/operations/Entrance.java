package io.dawncache.operations;

import io.dawncache.server.AccessTokens.Access;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.QueryStringDecoder;
import java.net.InetSocketAddress;
import java.util.List;

/** Decides by a request's head whether it is let in, and to which endpoint. */
final class Entrance {
  private final Router router;
  private final RequestGuard guard;
  private final Permissions permissions;

  /** A request that is let in. */
  record Admitted(Endpoint endpoint, Access access) {}

  Entrance(Router router, RequestGuard guard, Permissions permissions) {
    this.router = router;
    this.guard = guard;
    this.permissions = permissions;
  }

  /**
   * Checks a request that has arrived on {@code channel}.
   *
   * @throws Problem if it is not let in
   */
  Admitted check(HttpRequest request, Channel channel) throws Problem {
    String path = path(request);
    Access access =
        permissions.check(request.headers(), path, (InetSocketAddress) channel.remoteAddress());
    Endpoint endpoint = router.find(request.method().name(), path);
    if (request.method().equals(HttpMethod.POST)) {
      guard.check(request, (InetSocketAddress) channel.localAddress());
    }
    return new Admitted(endpoint, access);
  }

  /** Returns the methods that the path of a request has, for {@code Allow}. */
  List<String> methods(HttpRequest request) {
    try {
      return router.methods(path(request));
    } catch (Problem e) {
      return List.of();
    }
  }

  private static String path(HttpRequest request) throws Problem {
    try {
      return new QueryStringDecoder(request.uri()).path();
    } catch (IllegalArgumentException e) {
      throw Problem.badRequest("path: " + e.getMessage());
    }
  }
}
