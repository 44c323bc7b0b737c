package io.dawncache.server.wire;

import io.dawncache.core.Forget;
import io.dawncache.core.Offer;
import io.dawncache.core.Operation;
import io.dawncache.core.PastChanges;
import io.dawncache.core.PeerRequest;
import io.dawncache.server.Dialect;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.handler.codec.http.DefaultFullHttpRequest;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpVersion;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;

/** The requests of this node to one peer, in HTTP; every request names its sender. */
public final class PeerRequests {
  private final Dialect dialect;
  private final NodeUrl peer;
  private final Fleet fleet;
  private final InstantSource clock;

  /**
   * Makes the requests to one peer.
   *
   * @param fleet names the sender of the requests
   * @param clock the wall clock, for what is sent as a time of day
   */
  public PeerRequests(Dialect dialect, NodeUrl peer, Fleet fleet, InstantSource clock) {
    this.dialect = dialect;
    this.peer = peer;
    this.fleet = fleet;
    this.clock = clock;
  }

  /**
   * Returns the request for one key.
   *
   * @param left how much of the fetch's time-out is left
   */
  public FullHttpRequest fetch(PeerRequest fetch, Duration left) {
    FullHttpRequest request = empty(HttpMethod.GET, pathOf(fetch.group(), fetch.key()));
    request.headers().set(Headers.TIMEOUT, Headers.millis(left));
    if (fetch.copyGets() > 0) {
      request.headers().set(Headers.COPY_GETS, fetch.copyGets());
    }
    if (fetch.trace() != null) {
      Headers.set(fetch.trace(), request.headers());
    }
    return request;
  }

  /** Returns the cheapest request that any node answers; it asks for no key. */
  public FullHttpRequest probe() {
    return empty(HttpMethod.GET, KeyPath.probePath(dialect));
  }

  /**
   * Returns whether one request may ask for these keys: there are not too many of them, and its
   * message cannot be longer than {@code maxBytes}.
   *
   * @param fetches at least one
   */
  public static boolean fits(List<PeerRequest> fetches, int maxBytes) {
    if (fetches.size() > PeerCodec.MAX_GET_ALL_KEYS) {
      return false;
    }
    long most = fetches.get(0).trace() == null ? 0 : PeerCodec.MOST_TRACE_BYTES;
    for (PeerRequest fetch : fetches) {
      most += PeerCodec.mostBytes(fetch.key());
    }
    return most <= maxBytes;
  }

  /**
   * Returns whether one request may name these keys: there are not too many of them, and its
   * message cannot be longer than {@code maxBytes}.
   */
  public static boolean fits(Forget what, int maxBytes) {
    if (what.keys().size() > PeerCodec.MAX_FORGET_KEYS) {
      return false;
    }
    long most = 0;
    for (String key : what.keys()) {
      most += PeerCodec.mostBytes(key);
    }
    return most <= maxBytes;
  }

  /**
   * Returns the request for many keys, for one of our nodes.
   *
   * @param fetches of one group, at least one
   */
  public FullHttpRequest fetchAll(List<PeerRequest> fetches, Duration left) {
    return message(MessageKind.GET_ALL, PeerCodec.encode(fetches, left));
  }

  /** Returns the request to forget, for one of our nodes. */
  public FullHttpRequest forget(Forget what) {
    return message(MessageKind.FORGET, PeerCodec.encode(what));
  }

  /** Returns the request to forget one key, for a node of mailgun's dialect. */
  public FullHttpRequest delete(String group, String key) {
    return empty(HttpMethod.DELETE, pathOf(group, key));
  }

  /** Returns the request to make a change, for one of our nodes. */
  public FullHttpRequest coordinate(Operation operation) {
    return message(MessageKind.COORDINATE, PeerCodec.encode(operation));
  }

  /**
   * Returns the message with the member list that this node holds.
   *
   * @param receiverWasEjected whether this node has held the receiver ejected until now
   */
  public FullHttpRequest members(boolean receiverWasEjected) {
    return message(
        MessageKind.MEMBERS,
        PeerCodec.encode(fleet.report(), receiverWasEjected, fleet.isLeaving()));
  }

  /** Returns the offer of values, for one of our nodes. */
  public FullHttpRequest offer(Offer offer) {
    return message(MessageKind.OFFER, PeerCodec.encode(offer));
  }

  /** Returns the message that hands changes over, for one of our nodes. */
  public FullHttpRequest handOver(PastChanges changes) {
    return message(MessageKind.HAND_OVER, PeerCodec.encode(changes));
  }

  /** Returns the request to put a value, for a node of mailgun's dialect. */
  public FullHttpRequest put(Operation put) {
    ByteBuf body = PeerCodec.encodeSet(put, Objects.requireNonNull(put.value()), clock);
    return request(HttpMethod.PUT, pathOf(put.group(), put.key()), body);
  }

  private FullHttpRequest message(MessageKind kind, ByteBuf body) {
    FullHttpRequest request = request(HttpMethod.POST, dialect.basePath(), body);
    request.headers().set(Headers.MESSAGE, kind.label());
    return request;
  }

  private FullHttpRequest request(HttpMethod method, String path, ByteBuf body) {
    FullHttpRequest request = marked(method, path, body);
    request.headers().setInt(HttpHeaderNames.CONTENT_LENGTH, body.readableBytes());
    return request;
  }

  private FullHttpRequest empty(HttpMethod method, String path) {
    return marked(method, path, Unpooled.EMPTY_BUFFER);
  }

  private FullHttpRequest marked(HttpMethod method, String path, ByteBuf body) {
    FullHttpRequest request = new DefaultFullHttpRequest(HttpVersion.HTTP_1_1, method, path, body);
    request.headers().set(HttpHeaderNames.HOST, peer.authority());
    Hello.addNode(fleet, request.headers());
    return request;
  }

  private String pathOf(String group, String key) {
    return new KeyPath(group, key).path(dialect);
  }
}
