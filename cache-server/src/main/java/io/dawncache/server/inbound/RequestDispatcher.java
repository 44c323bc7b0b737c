package io.dawncache.server.inbound;

import io.dawncache.core.Group;
import io.dawncache.server.AccessTokens;
import io.dawncache.server.Dialect;
import io.dawncache.server.Page;
import io.dawncache.server.frame.FrameUpgrade;
import io.dawncache.server.wire.BadRequestException;
import io.dawncache.server.wire.GroupPath;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.KeyPath;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.Refusal;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpRequest;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.time.Duration;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/** Finds out what a request asks for, and starts its answer. */
final class RequestDispatcher {
  private static final String GO_CLIENT = "Go-http-client/";

  /** The methods that HTTP defines, with or without a body. */
  private static final Set<HttpMethod> METHODS =
      Set.of(
          HttpMethod.GET,
          HttpMethod.HEAD,
          HttpMethod.POST,
          HttpMethod.PUT,
          HttpMethod.DELETE,
          HttpMethod.CONNECT,
          HttpMethod.OPTIONS,
          HttpMethod.TRACE,
          HttpMethod.PATCH);

  private final Inbound inbound;
  private final Admission admission;
  private final @Nullable ClientAccess clients; // null if clients need no token
  private final FailedPuts failedPuts;
  private final Operations operations;
  private @Nullable Asked last; // most connections ask one group

  /** The group that paths with this beginning ask for, if there is one. */
  private record Asked(GroupPath path, @Nullable Group group) {
    /** Returns whether the group has been removed since; there may be another of its name. */
    boolean isRemoved() {
      return group != null && group.isRemoved();
    }
  }

  RequestDispatcher(Inbound inbound, Admission admission, FailedPuts failedPuts) {
    this.inbound = inbound;
    this.admission = admission;
    Supplier<AccessTokens> tokens = inbound.clientTokens();
    this.clients = tokens == null ? null : new ClientAccess(tokens);
    this.failedPuts = failedPuts;
    this.operations = new Operations(inbound);
  }

  /**
   * Returns an empty body to put together for {@code request}; null if it may not have one.
   *
   * @param onClosed run if the account drops the body to make room for others
   */
  @Nullable Body bodyOf(HttpRequest request, Runnable onClosed) {
    return !isGetOrHead(request) // most are; the other checks are spared
            && ((isMessage(request) && admission.isFromPeer(request.headers())) || isPut(request))
        ? new Body(
            request, inbound.limits().maxBodyBytes(), inbound.node().bytesInFlight().open(onClosed))
        : null;
  }

  /**
   * Serves a request that has arrived whole, from a client at {@code address}.
   *
   * @throws BadRequestException if it is malformed; the caller then answers the exchange
   * @throws IllegalArgumentException if the core refuses its key; the caller then answers the
   *     exchange
   */
  void serve(Arrival arrival, @Nullable SocketAddress address, Exchange exchange)
      throws BadRequestException {
    HttpRequest request = arrival.head();
    Body body = arrival.body();
    String peer = request.headers().get(Headers.PEER); // null if it is not from one of our nodes
    if (arrival.fault() != null) {
      exchange.refuseAndClose(arrival.fault());
    } else if (peer != null && refusesUnproven(request, address, exchange)) {
      return;
    } else if (peer != null && isOfAnotherCluster(peer, request)) {
      if (body != null) {
        body.close();
      }
      String ours = inbound.fleet().cluster();
      exchange.answer(() -> Responses.otherCluster(ours, inbound.dialect()));
    } else if (body != null) {
      try (body) {
        serveBody(request, body, address, exchange);
      }
    } else if (isGetOrHead(request)) {
      refuseBody(request, "GET and HEAD", exchange);
      boolean fromPeer = peer != null && admission.isFromPeer(request.headers());
      servePath(request, KeyPath.pathOf(request.uri()), fromPeer, address, exchange);
    } else if (isDelete(request)) {
      refuseBody(request, "DELETE", exchange);
      operations.delete(path(request), exchange);
    } else {
      refuseMethod(request, exchange);
    }
  }

  /**
   * Refuses what only a peer may ask for, if peers have to prove that they are peers: then no
   * request over HTTP is from one. A get is served as a client's, and the request for frames of
   * another cluster's node as any request of it.
   *
   * @return whether the exchange is answered
   */
  private boolean refusesUnproven(
      HttpRequest request, @Nullable SocketAddress address, Exchange exchange) {
    if (!inbound.fleet().secrets().areRequired()) {
      return false;
    } else if (isMessage(request)) {
      admission.refused(request, address, "sends a message");
      if (expectsToBeAsked(request)) {
        exchange.closes();
      }
      exchange.refuse(Refusal.unproven());
    } else if (!FrameUpgrade.isAsked(request, inbound.dialect())
        || !inbound.fleet().isOwnCluster(request.headers().get(Headers.CLUSTER))) {
      return false;
    } else if (Admission.asksForChallenge(request)) {
      exchange.answer(() -> Responses.challenge(admission.newNonce(), inbound.fleet()));
    } else {
      exchange.refuseAndClose(Refusal.unproven());
    }
    return true;
  }

  private void refuseMethod(HttpRequest request, Exchange exchange) {
    String path = KeyPath.pathOf(request.uri());
    if (expectsToBeAsked(request)) {
      exchange.closes();
    }
    if (!METHODS.contains(request.method())) {
      exchange.refuse(Refusal.notImplemented());
    } else if (inbound.dialect() == Dialect.DAWNCACHE && path.startsWith("/") && !isKnown(path)) {
      refusePath(path, exchange);
    } else {
      exchange.refuse(Refusal.methodNotAllowed(inbound.dialect(), request.method().name()));
    }
  }

  /** Returns whether a node's request is from another cluster; clients do not name a cluster. */
  private boolean isOfAnotherCluster(String peer, HttpRequest request) {
    String cluster = request.headers().get(Headers.CLUSTER);
    if (inbound.fleet().isOwnCluster(cluster)) {
      return false;
    }
    inbound.fleet().noteOtherCluster(peer, cluster);
    return true;
  }

  /** In Go dialects the connection is closed, as Go programs do. */
  private void refusePath(String path, Exchange exchange) {
    if (!path.startsWith("/")) {
      exchange.refuse(Refusal.badRequest("target (expected: a path, or http://HOST and a path)"));
    } else if (inbound.dialect() == Dialect.DAWNCACHE) {
      exchange.refuse(Refusal.unexpectedPath(inbound.dialect(), path));
    } else {
      exchange.refuseAndClose(Refusal.unexpectedPath(inbound.dialect(), path));
    }
  }

  private boolean isKnown(String path) {
    return KeyPath.isUnder(inbound.dialect(), path) || inbound.pages().containsKey(path);
  }

  private void serveBody(
      HttpRequest request, Body body, @Nullable SocketAddress address, Exchange exchange)
      throws BadRequestException {
    Refusal fault = body.fault();
    if (fault != null) {
      exchange.refuseAndClose(fault);
    } else if (isMessage(request)) {
      message(request, body, exchange);
    } else if (request.headers().contains(Headers.PEER)) {
      operations.putForOurs(path(request), body.bytes(), exchange);
    } else {
      boolean fromPeer = isGoPeer(request, address);
      operations.put(path(request), body.bytes(), fromPeer, failedPuts, exchange);
    }
  }

  private void message(HttpRequest request, Body body, Exchange exchange)
      throws BadRequestException {
    MessageKind kind = Headers.message(request.headers());
    if (kind == MessageKind.GET_ALL && !request.protocolVersion().isKeepAliveDefault()) {
      throw new BadRequestException(
          "get-all in HTTP/1.0, which has no chunks (expected: HTTP/1.1)");
    }
    operations.message(kind, body.bytes(), exchange);
  }

  private void servePath(
      HttpRequest request,
      String path,
      boolean fromOurs,
      @Nullable SocketAddress address,
      Exchange exchange)
      throws BadRequestException {
    if (KeyPath.isUnder(inbound.dialect(), path)) {
      get(request, path, fromOurs, !fromOurs && isGoPeer(request, address), exchange);
      return;
    }
    Page page = inbound.pages().get(path);
    if (page != null) {
      exchange.answer(() -> Responses.page(page));
    } else {
      refusePath(path, exchange);
    }
  }

  private void get(
      HttpRequest request, String path, boolean fromOurs, boolean fromGo, Exchange exchange)
      throws BadRequestException {
    Asked asked = asked(path, fromGo);
    String key = asked.path().key(path);
    Duration timeout = Headers.timeout(request.headers());
    Group group = asked.group();
    Refusal refusal =
        clients == null || fromOurs
            ? null
            : clients.refusal(request.headers(), asked.path().group());
    if (refusal != null) {
      exchange.refuse(refusal);
    } else if (group == null) {
      exchange.refuse(Refusal.noSuchGroup(inbound.dialect(), asked.path().group()));
    } else if (key.isEmpty()) {
      exchange.refuse(Refusal.failed(inbound.dialect(), "key is required"));
    } else {
      exchange.asks(group, fromOurs, request.headers());
      if (fromOurs || fromGo) {
        group.forServers().getForPeer(key, timeout, Headers.copyGets(request.headers()), exchange);
      } else {
        group.forServers().get(key, timeout, exchange);
      }
    }
  }

  private Asked asked(String path, boolean fromGo) throws BadRequestException {
    Asked known = last;
    if (known != null && known.path().leads(path, fromGo) && !known.isRemoved()) {
      return known;
    }
    GroupPath start = GroupPath.of(inbound.dialect(), path, fromGo);
    Asked asked = new Asked(start, inbound.node().group(start.group()));
    last = asked.group() == null ? null : asked; // it may be created later
    return asked;
  }

  private static boolean isGetOrHead(HttpRequest request) {
    return request.method().equals(HttpMethod.GET) || request.method().equals(HttpMethod.HEAD);
  }

  /** Returns whether it is a message of one of our nodes. */
  private boolean isMessage(HttpRequest request) {
    return request.method().equals(HttpMethod.POST)
        && request.headers().contains(Headers.PEER)
        && KeyPath.pathOf(request.uri()).equals(inbound.dialect().basePath());
  }

  private boolean isPut(HttpRequest request) {
    return request.method().equals(HttpMethod.PUT) && putsAndDeletesAt(request);
  }

  private boolean isDelete(HttpRequest request) {
    return request.method().equals(HttpMethod.DELETE) && putsAndDeletesAt(request);
  }

  private boolean putsAndDeletesAt(HttpRequest request) {
    return inbound.dialect().putsAndDeletes()
        && KeyPath.isUnder(inbound.dialect(), KeyPath.pathOf(request.uri()));
  }

  private KeyPath path(HttpRequest request) throws BadRequestException {
    return KeyPath.parse(inbound.dialect(), KeyPath.pathOf(request.uri()), false);
  }

  private static void refuseBody(HttpRequest request, String methods, Exchange exchange)
      throws BadRequestException {
    if (Headers.announceBody(request.headers())) {
      if (expectsToBeAsked(request)) {
        exchange.closes();
      }
      throw new BadRequestException("a body (expected: none with " + methods + ")");
    }
  }

  /** A client that waits for 100 Continue may or may not send a body after a refusal. */
  private static boolean expectsToBeAsked(HttpRequest request) {
    return request.headers().contains(HttpHeaderNames.EXPECT);
  }

  /** Go nodes send no header of ours: their user agent and a member's address identify them. */
  private boolean isGoPeer(HttpRequest request, @Nullable SocketAddress address) {
    String agent = request.headers().get(HttpHeaderNames.USER_AGENT);
    return agent != null
        && agent.startsWith(GO_CLIENT)
        && address instanceof InetSocketAddress from
        && inbound.isGoPeer().test(from.getAddress());
  }
}
