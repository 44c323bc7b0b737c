package io.dawncache.server.inbound;

import io.dawncache.server.frame.FrameUpgrade;
import io.dawncache.server.tls.Tls;
import io.dawncache.server.wire.ClusterSecrets;
import io.dawncache.server.wire.ClusterSecrets.Challenge;
import io.dawncache.server.wire.Fleet;
import io.dawncache.server.wire.Headers;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.Refusal;
import io.netty.channel.Channel;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpRequest;
import java.net.SocketAddress;
import org.jspecify.annotations.Nullable;

/**
 * Decides whether the other side of one connection is a peer. Without secrets a process that says
 * so is one, unless TLS asks peers for a certificate. With them it has to prove that it has one of
 * them, and then frames follow; nothing that arrives over HTTP is from a peer.
 */
final class Admission {
  /*
   * 1. The other side asks for frames and sends its nonce.
   * 2. This side answers with a nonce that it has made for this connection: `nonce`.
   * 3. The other side asks again, with its proofs over both. One attempt ends the challenge.
   * 4. This side grants frames, with its own proof.
   */
  private final Fleet fleet;
  private final @Nullable Tls tls;
  private @Nullable String nonce; // of the challenge that is open

  Admission(Fleet fleet, @Nullable Tls tls) {
    this.fleet = fleet;
    this.tls = tls;
  }

  /**
   * Returns the refusal of a request that says that it is a peer's, if peers have to present a
   * certificate and the other side of the connection has presented none of a peer; else null.
   */
  @Nullable Refusal uncertified(HttpRequest request, Channel channel) {
    if (tls == null
        || !tls.provesPeers()
        || !request.headers().contains(Headers.PEER)
        || tls.isPeer(channel)) {
      return null;
    }
    refused(request, channel.remoteAddress(), "sends Dawncache-Peer");
    return Refusal.notCertified();
  }

  /** Returns whether a request over HTTP with these headers counts as one of a peer. */
  boolean isFromPeer(HttpHeaders headers) {
    return headers.contains(Headers.PEER) && !fleet.secrets().areRequired();
  }

  /**
   * Decides on a request for frames.
   *
   * @param address of the other side
   * @return the grant of frames; null to answer the request with a challenge or a refusal
   */
  FrameUpgrade.@Nullable Grant grant(HttpRequest request, @Nullable SocketAddress address) {
    int version = FrameUpgrade.version(request);
    if (!fleet.secrets().areRequired()) {
      return new FrameUpgrade.Grant(version, null);
    }
    String answerersNonce = nonce;
    if (asksForChallenge(request)) {
      return null;
    }
    nonce = null;
    String proof = answerersNonce == null ? null : proofInReturn(request.headers(), answerersNonce);
    if (proof == null) {
      refused(request, address, "asks for frames");
      return null;
    }
    fleet.noteProven();
    return new FrameUpgrade.Grant(version, proof);
  }

  private @Nullable String proofInReturn(HttpHeaders headers, String answerersNonce) {
    String askersNonce = headers.get(Headers.NONCE);
    String asker = Hello.of(headers).self();
    if (askersNonce == null || asker == null) {
      return null;
    }
    Challenge challenge =
        new Challenge(askersNonce, answerersNonce, fleet.cluster(), asker, fleet.list().self());
    return fleet.secrets().proveInReturn(challenge, headers.get(Headers.PROOF));
  }

  /** Returns whether a request for frames begins the exchange of proofs. */
  static boolean asksForChallenge(HttpRequest request) {
    return request.headers().contains(Headers.NONCE) && !request.headers().contains(Headers.PROOF);
  }

  /** Returns the nonce for this connection's next proof. */
  String newNonce() {
    String made = ClusterSecrets.nonce();
    nonce = made;
    return made;
  }

  /** Notes that a request that only a peer may send is refused. */
  void refused(HttpRequest request, @Nullable SocketAddress address, String what) {
    String self = Hello.of(request.headers()).self();
    fleet.noteUnproven((self == null ? "a process" : self) + " at " + address + " " + what);
  }
}
