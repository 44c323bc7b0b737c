package io.dawncache.server.peer;

import static io.dawncache.server.peer.Callers.NEVER;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.ByteView;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.netty.channel.EventLoop;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** When a link tries again whether its peer, which has refused frames, takes them now. */
@Timeout(60)
class LinkIT {
  private static final long WITHOUT_FRAMES_NANOS = 1_000;

  private final Callers callers = new Callers();
  private final AtomicLong now = new AtomicLong();
  private final Reachability reachability = Reachability.unlogged(NEVER.toNanos(), now::get);
  private final Reachability byFrames = Reachability.unlogged(WITHOUT_FRAMES_NANOS, now::get);

  @BeforeEach
  void framesWereRefusedAWhileAgo() {
    byFrames.missed();
    now.addAndGet(WITHOUT_FRAMES_NANOS);
  }

  @AfterEach
  void end() throws Exception {
    callers.end();
  }

  private ScriptedPeer peerThatGrantsFrames() throws Exception {
    return callers.peer(
        wire -> {
          wire.grantFrames();
          wire.answerFetch(wire.readFrame().id(), "630");
          wire.readToTheEnd();
        });
  }

  @Test
  void theTryIsLeftForLaterWhileThePeerMayNotBeAsked() throws Exception {
    Exchanges link = new Exchanges(peerThatGrantsFrames().url());
    reachability.missed();
    assertEquals(
        PeerResult.of(Status.NOT_ASKED, "it could not be asked a moment ago"), link.fetch().join());

    reachability.reached();

    assertEquals(PeerResult.value(ByteView.ofUtf8("630")), link.fetch().join());
  }

  @Test
  void theTryIsLeftForLaterIfThePeerCannotBeReached() throws Exception {
    assertEquals(Status.NOT_ASKED, new Exchanges(callers.urlThatRefuses()).fetch().join().status());

    reachability.reached(); // a process listens there now

    assertEquals(
        PeerResult.value(ByteView.ofUtf8("630")),
        new Exchanges(peerThatGrantsFrames().url()).fetch().join());
  }

  /** A link to a peer, and the fetches on it. */
  private final class Exchanges implements Link.ProtocolListener {
    private final NodeUrl peer;
    private final Outbound outbound = callers.outboundInFrames();
    private final EventLoop loop = outbound.loops().next();
    private final Link link;

    Exchanges(String url) {
      this.peer = NodeUrl.parse(url);
      this.link = new Link(outbound, peer, reachability, byFrames, this, loop);
    }

    CompletableFuture<PeerResult> fetch() {
      CompletableFuture<PeerResult> result = new CompletableFuture<>();
      FetchQuestion question =
          new FetchQuestion(
              new PeerRequest("scores", "Tom", NEVER),
              outbound.requestsTo(peer),
              outbound.answers(),
              result::complete);
      loop.execute(() -> link.start(new PeerExchange(loop, question, reachability)));
      return result;
    }

    @Override
    public void framesGranted(Hello hello) {}

    @Override
    public void framesRefused() {}
  }
}
