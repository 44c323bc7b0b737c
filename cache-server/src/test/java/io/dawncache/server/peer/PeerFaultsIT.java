package io.dawncache.server.peer;

import static io.dawncache.server.peer.Callers.NEVER;
import static io.dawncache.server.peer.ScriptedPeer.CANCEL;
import static io.dawncache.server.peer.ScriptedPeer.FETCHED;
import static io.dawncache.server.peer.ScriptedPeer.GO_AWAY;
import static io.dawncache.server.peer.ScriptedPeer.MORE;
import static io.dawncache.server.peer.ScriptedPeer.RESULTS;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.ByteView;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.Dialect;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.peer.Callers.Caller;
import io.dawncache.server.testing.LeakExtension;
import io.dawncache.server.testing.LogRecorder;
import io.dawncache.server.testing.TestFleet;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerRequests;
import io.dawncache.server.wire.pb.GoAway;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import java.io.IOException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Whatever is thrown between the start of an exchange with a peer and its end, its asker is called,
 * once, and the next exchange with the same peer goes well.
 */
@ExtendWith(LeakExtension.class)
class PeerFaultsIT {
  private final LogRecorder log = LogRecorder.of(PeerExchange.class);
  private final Callers callers = new Callers();

  @AfterEach
  void end() throws Exception {
    callers.end();
    log.close();
  }

  /** Where a question throws. */
  private enum Seam {
    /** While its request is made or written. */
    REQUEST,
    /** While its answer is read. */
    ANSWERED,
    /** While the reason is made up why there is no answer. */
    UNANSWERED,
    /** In what the asker does with the result. */
    CALLBACK
  }

  static List<Arguments> faults() {
    List<Arguments> faults = new ArrayList<>();
    for (Seam seam : Seam.values()) {
      for (boolean frames : new boolean[] {true, false}) {
        faults.add(Arguments.of(seam, frames, new IllegalStateException("for the test")));
        faults.add(Arguments.of(seam, frames, new OutOfMemoryError("for the test")));
      }
    }
    return faults;
  }

  @ParameterizedTest
  @MethodSource("faults")
  void whoAskedIsCalledWhateverThrowsAndTheNextExchangeGoesWell(
      Seam seam, boolean frames, Throwable fault) throws Exception {
    ScriptedPeer.Script sound = frames ? this::answerInFrames : this::answerInHttp;
    ScriptedPeer.Script first = seam == Seam.UNANSWERED ? losing(frames) : sound;
    ScriptedPeer peer = callers.peer(first, sound);
    Caller caller = frames ? callers.inFrames(peer) : callers.of(peer);
    CompletableFuture<PeerResult> told = new CompletableFuture<>();

    caller.client.ask(new Faulty(seam, fault, told, peer.url()));

    PeerResult result = told.join();
    assertEquals(seam == Seam.CALLBACK ? Status.VALUE : Status.FAILED, result.status());
    assertEquals(value("630"), caller.fetch("Jack").join());
    assertEquals(List.of("SEVERE an exchange with a peer ended by a fault"), log.lines());
  }

  @Test
  void aPieceThatCannotBeReadFailsItsKeysAndTheConnectionGoesOn() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              int id = wire.readFrame().id();
              wire.writeFrame(RESULTS | MORE, id, new byte[] {0}); // an empty value of key 0
              assertEquals(CANCEL, wire.readFrame().kind());
              wire.writeFrame(CANCEL, id, new byte[0]);
              answer(wire);
            });
    Caller caller = callers.inFrames(peer);
    List<PeerResult> told = new CopyOnWriteArrayList<>();
    CountDownLatch failed = new CountDownLatch(1);
    PeerRequest tom = new PeerRequest("scores", "Tom", NEVER);
    InstantSource clock = InstantSource.system();

    caller.client.ask(
        new BulkQuestion(
            List.of(tom),
            new PeerRequests(
                Dialect.DAWNCACHE, NodeUrl.parse(peer.url()), TestFleet.of(Callers.SELF), clock),
            new PeerAnswers(Dialect.DAWNCACHE, clock),
            1000,
            (request, result) -> {
              told.add(result);
              failed.countDown();
              throw new OutOfMemoryError("for the test");
            },
            () -> {}));

    failed.await();
    assertEquals(value("630"), caller.fetch("Jack").join());
    assertEquals(1, told.size());
  }

  @Test
  void aPeerThatIsBrokenInTheReadOfItsGrantIsAskedAgainWhenASoundOneIsBack() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFramesAnd(FETCHED, 77, new byte[0]); // which nobody asked for
              wire.readToTheEnd();
            },
            this::answerInFrames);
    Caller caller =
        callers.inFrames(peer, new PeerTimings(NEVER, NEVER, NEVER, Duration.ZERO, NEVER));

    assertEquals(Status.NOT_ASKED, caller.fetch("Tom").join().status());
    assertEquals(value("630"), caller.fetch("Tom").join());
  }

  @Test
  void aPeerThatGrantsFramesAndGoesAwayAtOnceIsDialledOnce() throws Exception {
    byte[] stopping = GoAway.getDefaultInstance().toByteArray();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFramesAnd(GO_AWAY, 0, stopping);
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    assertEquals(Status.NOT_ASKED, caller.fetch("Tom").join().status());
    assertEquals(Status.NOT_ASKED, caller.fetch("Jack").join().status());
    assertEquals(1, peer.accepted());
  }

  /** A peer that takes a request and closes the connection without an answer. */
  private static ScriptedPeer.Script losing(boolean frames) {
    return wire -> {
      if (frames) {
        wire.grantFrames();
        wire.readFrame();
      } else {
        wire.readRequest();
      }
    };
  }

  private void answerInFrames(ScriptedPeer.Wire wire) throws Exception {
    wire.grantFrames();
    answer(wire);
  }

  private static void answer(ScriptedPeer.Wire wire) throws IOException {
    while (wire.hasMore()) {
      ScriptedPeer.Frame frame = wire.readFrame();
      if (frame.kind() == ScriptedPeer.FETCH) {
        wire.answerFetch(frame.id(), "630");
      }
    }
  }

  private void answerInHttp(ScriptedPeer.Wire wire) throws Exception {
    while (wire.hasMore()) {
      wire.readRequest();
      wire.answer("630");
    }
  }

  private static PeerResult value(String text) {
    return PeerResult.value(ByteView.ofUtf8(text));
  }

  /** A fetch that throws at one of its seams. */
  private static final class Faulty implements Question {
    private final Seam seam;
    private final Throwable fault;
    private final FetchQuestion fetch;

    Faulty(Seam seam, Throwable fault, CompletableFuture<PeerResult> told, String url) {
      this.seam = seam;
      this.fault = fault;
      InstantSource clock = InstantSource.system();
      this.fetch =
          new FetchQuestion(
              new PeerRequest("scores", "Tom", NEVER),
              new PeerRequests(
                  Dialect.DAWNCACHE, NodeUrl.parse(url), TestFleet.of(Callers.SELF), clock),
              new PeerAnswers(Dialect.DAWNCACHE, clock),
              result -> {
                if (!told.complete(result)) {
                  throw new AssertionError("told twice");
                }
                throwAt(Seam.CALLBACK);
              });
    }

    private void throwAt(Seam here) {
      if (seam == here) {
        if (fault instanceof Error error) {
          throw error;
        }
        throw (RuntimeException) fault;
      }
    }

    @Override
    public Duration timeout() {
      return fetch.timeout();
    }

    @Override
    public FullHttpRequest request(Duration left) {
      throwAt(Seam.REQUEST);
      return fetch.request(left);
    }

    @Override
    public FrameKind kind() {
      return fetch.kind();
    }

    @Override
    public ByteBuf message(long leftMillis) {
      throwAt(Seam.REQUEST);
      return fetch.message(leftMillis);
    }

    @Override
    public void answered(FullHttpResponse answer) {
      throwAt(Seam.ANSWERED);
      fetch.answered(answer);
    }

    @Override
    public boolean isAnsweredBy(FrameKind kind) {
      return fetch.isAnsweredBy(kind);
    }

    @Override
    public void answered(FrameKind kind, ByteBuf message) {
      throwAt(Seam.ANSWERED);
      fetch.answered(kind, message);
    }

    @Override
    public void unanswered(Status status, String detail, boolean sent) {
      throwAt(Seam.UNANSWERED);
      fetch.unanswered(status, detail, sent);
    }

    @Override
    public void broken(boolean sent) {
      fetch.broken(sent);
    }
  }
}
