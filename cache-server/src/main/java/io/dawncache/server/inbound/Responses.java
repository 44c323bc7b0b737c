package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.core.MemberList;
import io.dawncache.core.OperationResult;
import io.dawncache.server.Dialect;
import io.dawncache.server.Page;
import io.dawncache.server.wire.Fleet;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.Kind;
import io.dawncache.server.wire.MessageKind;
import io.dawncache.server.wire.PeerCodec;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBufUtil;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpResponseStatus;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What answers look like in HTTP, except values. */
final class Responses {
  private static final String PROTOBUF = "application/x-protobuf";
  private static final String PLAIN_TEXT = "text/plain; charset=utf-8";

  private Responses() {}

  /**
   * Returns the answer to an operation of one of our nodes.
   *
   * @param membersWithHints the members that this node holds hints for, if the answer holds its
   *     member list
   */
  static Response operation(
      MessageKind kind,
      OperationResult result,
      MemberList own,
      @Nullable Collection<String> membersWithHints) {
    byte[] body = // on the heap: nothing to release
        ByteBufUtil.getBytes(PeerCodec.encode(result, own, membersWithHints));
    Response response = new Response(HttpResponseStatus.OK, PROTOBUF, body);
    response.add(Headers.MESSAGE, kind.label());
    return response;
  }

  /**
   * Returns the answer to an operation that is done, from any client; groupcache leaves its body
   * empty.
   */
  static Response done(MessageKind kind, List<String> unreached, List<String> otherLists) {
    Response response = new Response(HttpResponseStatus.OK);
    response.add(HttpHeaderNames.CONTENT_LENGTH, "0");
    response.add(Headers.MESSAGE, kind.label());
    unreached.forEach(url -> response.add(Headers.UNREACHED, url));
    otherLists.forEach(url -> response.add(Headers.OTHER_LISTS, url));
    return response;
  }

  /** Returns the answer to a put by a client that does not know our messages. */
  static Response put(OperationResult result, Dialect dialect) {
    return switch (result.status()) {
      case DONE, DONE_ALONE ->
          done(MessageKind.COORDINATE, result.unreached(), result.otherLists());
      case NOT_ASKED, NOT_UNDERSTOOD, UNKNOWN -> // The detail names nodes: no client may see it.
          refusal(Refusal.failed(dialect, "put: it may have been made or not; repeat it"), dialect);
    };
  }

  static Response refusal(Refusal refusal, Dialect dialect) {
    byte[] text = (refusal.text() + "\n").getBytes(UTF_8);
    Response response = new Response(HttpResponseStatus.valueOf(refusal.code()), PLAIN_TEXT, text);
    if (refusal.kind() != null) {
      response.add(Headers.STATUS, refusal.kind().label());
    }
    if (refusal.code() == HttpResponseStatus.METHOD_NOT_ALLOWED.code()) {
      response.add(HttpHeaderNames.ALLOW, dialect.allowed());
    } else if (refusal.code() == HttpResponseStatus.UNAUTHORIZED.code()) {
      response.add(HttpHeaderNames.WWW_AUTHENTICATE, "Bearer");
    }
    if (refusal.code() == HttpResponseStatus.SERVICE_UNAVAILABLE.code() && dialect.isOurs()) {
      response.add(HttpHeaderNames.RETRY_AFTER, Long.toString(refusal.retryAfterSeconds()));
    }
    return response;
  }

  /**
   * Returns the answer to a node of another cluster; it names this cluster, for the other node's
   * log.
   */
  static Response otherCluster(@Nullable String ours, Dialect dialect) {
    Response response = refusal(Refusal.otherCluster(), dialect);
    if (ours != null) {
      response.add(Headers.CLUSTER, ours);
    }
    return response;
  }

  /**
   * Returns the answer that asks a node for its proof.
   *
   * @param nonce what it has to prove over
   */
  static Response challenge(String nonce, Fleet fleet) {
    Response response = new Response(HttpResponseStatus.UNAUTHORIZED);
    response.add(HttpHeaderNames.CONTENT_LENGTH, "0");
    response.add(HttpHeaderNames.WWW_AUTHENTICATE, Headers.PROOF.toString());
    response.add(Headers.STATUS, Kind.REFUSED.label());
    response.add(Headers.PEER, fleet.list().self());
    response.add(Headers.NONCE, nonce);
    return response;
  }

  static Response page(Page page) {
    HttpResponseStatus status =
        page.isGood().getAsBoolean()
            ? HttpResponseStatus.OK
            : HttpResponseStatus.SERVICE_UNAVAILABLE;
    return new Response(status, page.contentType(), page.body().get());
  }

  /** Returns the head of an answer whose body is results in chunks. */
  static Response resultsToCome() {
    Response response = new Response(HttpResponseStatus.OK);
    response.add(HttpHeaderNames.CONTENT_TYPE, PROTOBUF);
    response.add(Headers.MESSAGE, MessageKind.GET_ALL.label());
    response.add(HttpHeaderNames.TRANSFER_ENCODING, "chunked");
    return response;
  }
}
