package io.dawncache.server.peer;

import io.dawncache.server.frame.FrameUpgrade;
import io.dawncache.server.wire.ClusterSecrets;
import io.dawncache.server.wire.ClusterSecrets.Challenge;
import io.dawncache.server.wire.Fatal;
import io.dawncache.server.wire.Fleet;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerAnswers;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpResponse;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpStatusClass;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Asks for frames on a new connection. If this node has secrets, both sides prove that they have
 * one in common before that. Lives on one event loop.
 */
final class FrameHandshake extends ChannelInboundHandlerAdapter {
  /*
   * Without secrets it is one request and one answer. With them:
   * 1. the request carries this node's nonce;
   * 2. the answer, a 401, carries the peer's nonce;
   * 3. the same request again, with this node's proofs;
   * 4. the grant carries the peer's proof.
   * A peer that answers otherwise is not asked at all, in HTTP neither: it may be anybody.
   */
  private static final String NOT_PROVEN = "it has not proven that it has this cluster's secret";

  /** Receives the result; one of its methods is called, once. */
  interface Outcome {
    /**
     * Frames may follow. The answer has been read; what the peer has sent behind it has not.
     *
     * @param hello what the peer sent about itself
     * @param version of the frames
     */
    void granted(ChannelHandlerContext ctx, Hello hello, int version);

    /** The peer answers, but takes no frames here, or has ended the connection. */
    void refused(ChannelHandlerContext ctx);

    /** The peer is not one that may be asked. */
    void isNoPeer(ChannelHandlerContext ctx, String why);
  }

  private final Outbound outbound;
  private final NodeUrl peer;
  private final Outcome outcome;
  private final Fleet fleet;
  private final @Nullable String ownNonce; // null without secrets

  private @Nullable String peersNonce; // that has been read and not been answered
  private @Nullable Challenge proven; // what this node has sent its proofs over
  private @Nullable Hello granted; // set before the end of the answer is read
  private int version;
  private boolean ended;

  FrameHandshake(Outbound outbound, NodeUrl peer, Outcome outcome) {
    this.outbound = outbound;
    this.peer = peer;
    this.outcome = outcome;
    this.fleet = outbound.fleet();
    this.ownNonce = fleet.secrets().areRequired() ? ClusterSecrets.nonce() : null;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    ctx.writeAndFlush(request());
  }

  private FullHttpRequest request() {
    FullHttpRequest request = FrameUpgrade.request(outbound.requestsTo(peer), fleet);
    if (ownNonce != null) {
      request.headers().set(Headers.NONCE, ownNonce);
    }
    return request;
  }

  private void prove(ChannelHandlerContext ctx, String nonce) {
    FullHttpRequest request = request();
    String self = Objects.requireNonNull(request.headers().get(Headers.PEER));
    Challenge challenge =
        new Challenge(Objects.requireNonNull(ownNonce), nonce, fleet.cluster(), self, peer.text());
    request.headers().set(Headers.PROOF, fleet.secrets().prove(challenge));
    proven = challenge;
    ctx.writeAndFlush(request);
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (ended) {
        return; // the rest of a refusal
      }
      if (message instanceof HttpResponse answer) {
        read(ctx, answer);
      }
      if (message instanceof LastHttpContent && !ended) {
        answered(ctx);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void read(ChannelHandlerContext ctx, HttpResponse answer) {
    Hello hello = Hello.of(answer.headers());
    boolean grants = FrameUpgrade.isGranted(answer) && answer.decoderResult().isSuccess();
    if (PeerAnswers.isOfAnotherCluster(answer)
        || (grants && !fleet.isOwnCluster(hello.cluster()))) {
      fleet.noteOtherCluster(peer.text(), hello.cluster());
      isNoPeer(ctx, "it is of another cluster");
    } else if (grants && ownNonce != null && !isProven(answer)) {
      unproven(ctx, NOT_PROVEN);
    } else if (grants) {
      granted = hello;
      version = FrameUpgrade.version(answer);
    } else if (isInterim(answer)) {
      return;
    } else if (ownNonce == null) {
      ended = true;
      outcome.refused(ctx);
    } else {
      readChallenge(ctx, answer, hello);
    }
  }

  private static boolean isInterim(HttpResponse answer) {
    return answer.status().codeClass() == HttpStatusClass.INFORMATIONAL
        && answer.status().code() != HttpResponseStatus.SWITCHING_PROTOCOLS.code();
  }

  private boolean isProven(HttpResponse grant) {
    return proven != null && fleet.secrets().isProven(proven, grant.headers().get(Headers.PROOF));
  }

  private void readChallenge(ChannelHandlerContext ctx, HttpResponse answer, Hello hello) {
    String nonce = answer.headers().get(Headers.NONCE);
    if (proven != null) {
      unproven(ctx, "it has refused this node's proof");
    } else if (nonce == null || answer.status().code() != HttpResponseStatus.UNAUTHORIZED.code()) {
      unproven(ctx, NOT_PROVEN);
    } else if (!peer.text().equals(hello.self())) {
      unproven(ctx, "its self is " + hello.self() + " (expected: " + peer.text() + ")");
    } else {
      peersNonce = nonce;
    }
  }

  /** The end of an answer has been read. */
  private void answered(ChannelHandlerContext ctx) {
    String nonce = peersNonce;
    Hello hello = granted;
    if (hello != null) {
      ended = true;
      if (ownNonce != null) {
        fleet.noteProven();
      }
      outcome.granted(ctx, hello, version);
    } else if (nonce != null) {
      peersNonce = null;
      prove(ctx, nonce);
    }
  }

  private void unproven(ChannelHandlerContext ctx, String why) {
    fleet.noteUnproven("peer " + peer.text() + " is not asked: " + why);
    isNoPeer(ctx, why);
  }

  private void isNoPeer(ChannelHandlerContext ctx, String why) {
    ended = true;
    outcome.isNoPeer(ctx, why);
  }

  /**
   * Takes a lost connection as a refusal: a proxy between the nodes may close a connection whose
   * upgrade it does not know. If the peer is down, the next dial fails.
   */
  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (!ended) {
      ended = true;
      if (ownNonce == null) {
        outcome.refused(ctx);
      } else {
        outcome.isNoPeer(ctx, "it has closed the connection before it has proven its secret");
      }
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    Fatal.report(cause);
    ctx.close();
  }
}
