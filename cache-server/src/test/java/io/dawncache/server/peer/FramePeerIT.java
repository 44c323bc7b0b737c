package io.dawncache.server.peer;

import static io.dawncache.server.peer.Callers.NEVER;
import static io.dawncache.server.peer.Callers.SOON;
import static io.dawncache.server.peer.ScriptedPeer.CANCEL;
import static io.dawncache.server.peer.ScriptedPeer.COORDINATE;
import static io.dawncache.server.peer.ScriptedPeer.CREDIT;
import static io.dawncache.server.peer.ScriptedPeer.FETCH;
import static io.dawncache.server.peer.ScriptedPeer.FETCHED;
import static io.dawncache.server.peer.ScriptedPeer.FORGET;
import static io.dawncache.server.peer.ScriptedPeer.GET_ALL;
import static io.dawncache.server.peer.ScriptedPeer.GO_AWAY;
import static io.dawncache.server.peer.ScriptedPeer.MORE;
import static io.dawncache.server.peer.ScriptedPeer.OPERATED;
import static io.dawncache.server.peer.ScriptedPeer.PING;
import static io.dawncache.server.peer.ScriptedPeer.PONG;
import static io.dawncache.server.peer.ScriptedPeer.RESULTS;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.dawncache.core.ByteView;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.peer.Callers.Caller;
import io.dawncache.server.peer.Callers.Told;
import io.dawncache.server.peer.ScriptedPeer.Frame;
import io.dawncache.server.wire.pb.CoordinateRequest;
import io.dawncache.server.wire.pb.Credit;
import io.dawncache.server.wire.pb.FetchRequest;
import io.dawncache.server.wire.pb.ForgetRequest;
import io.dawncache.server.wire.pb.GetAllRequest;
import io.dawncache.server.wire.pb.GoAway;
import io.dawncache.server.wire.pb.KeyAnswer;
import io.dawncache.server.wire.pb.OperationAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * How exchanges in frames end, by peers made by hand. A time-out that is not the subject of a test
 * is an hour long.
 */
@Timeout(60)
class FramePeerIT {
  private static final String BAD_REQUEST =
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\n\r\nbad request\n";
  private static final byte[] EMPTY = new byte[0];
  private static final PeerTimings CURIOUS =
      new PeerTimings(NEVER, Duration.ofMillis(1), NEVER, NEVER, NEVER);

  private final Callers callers = new Callers();

  @AfterEach
  void end() throws Exception {
    callers.end();
  }

  private static PeerResult value(String text) {
    return PeerResult.value(ByteView.ofUtf8(text));
  }

  private static byte[] goAway(GoAway.Reason reason) {
    return GoAway.newBuilder().setReason(reason).build().toByteArray();
  }

  // The upgrade.

  @Test
  void thePeerIsAskedForFramesByAProbe() throws Exception {
    CompletableFuture<String> wish = new CompletableFuture<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wish.complete(wire.readRequest());
              wire.write(BAD_REQUEST);
            },
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readToTheEnd();
            });

    assertEquals(value("630"), callers.inFrames(peer).fetch("Tom").join());
    assertEquals(
        "GET /_dawncache/probe HTTP/1.1\r\nhost: "
            + peer.url().substring("http://".length())
            + "\r\nDawncache-Peer: http://10.0.0.1:8001\r\n"
            + "connection: upgrade\r\nupgrade: dawncache-frames/2, dawncache-frames/1\r\n"
            + "Dawncache-Instance: 0000000000000007\r\n"
            + "Dawncache-Members: 9cdd2bce6a986d4d\r\n\r\n",
        wish.join());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        BAD_REQUEST,
        "HTTP/1.1 426 Upgrade Required\r\nUpgrade: h2c\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
        "this is not HTTP\r\n\r\n",
        "", // closed without a word, as by somebody between us
      })
  void whoeverDoesNotGrantFramesIsAskedInHttpAndNotForFramesAgain(String answer) throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readRequest();
              wire.write(answer);
            },
            wire -> {
              for (int i = 0; i < 2; i++) {
                assertTrue(wire.readRequest().startsWith("GET /_dawncache/scores/"));
                wire.answer("630");
              }
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    assertEquals(value("630"), caller.fetch("Tom").join());
    assertEquals(value("630"), caller.fetch("Jack").join());
    assertEquals(2, peer.accepted());
  }

  @Test
  void whoeverDidNotGrantFramesIsAskedAgainWhenHeIsMetAnew() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readRequest();
              wire.write(BAD_REQUEST);
            },
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readToTheEnd();
            },
            wire -> {
              wire.grantFrames(); // without a fingerprint, so it takes no member lists
              Frame frame = wire.readFrame();
              assertEquals(FETCH, frame.kind());
              wire.answerFetch(frame.id(), "589");
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);
    assertEquals(value("630"), caller.fetch("Tom").join());

    caller.client.resetCapabilities();

    assertEquals(value("589"), caller.fetch("Jack").join());
  }

  /** Nobody waits for that exchange; perhaps the peer is only just starting. */
  @Test
  void aPeerThatFailsToExchangeMemberListsIsStillAskedByCallers() throws Exception {
    CountDownLatch givenUp = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readRequest();
              wire.write(
                  """
                  HTTP/1.1 403 Forbidden\r
                  Dawncache-Status: other-cluster\r
                  Content-Length: 0\r
                  \r
                  """);
              wire.readToTheEnd();
              givenUp.countDown();
            },
            wire -> {
              wire.grantFrames();
              wire.answerFetch(wire.readFrame().id(), "630");
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    caller.client.compareLists();
    givenUp.await();

    assertEquals(value("630"), caller.fetch("Tom").join());
  }

  @Test
  void aPeerThatIsSilentToTheWishCouldNotBeAsked() throws Exception {
    ScriptedPeer peer = callers.peer(ScriptedPeer.Wire::readToTheEnd);
    PeerTimings hasty = new PeerTimings(NEVER, SOON, SOON, NEVER, NEVER);
    Caller caller = callers.inFrames(peer, hasty);

    assertEquals(
        PeerResult.of(Status.NOT_ASKED, "silent to a probe for 40 ms"), caller.fetch("Tom").join());
    assertEquals(
        PeerResult.of(Status.NOT_ASKED, "it could not be asked a moment ago"),
        caller.fetch("Jack").join());
  }

  @Test
  void whoWaitsForTheVerdictEndsAtHisTimeOut() throws Exception {
    ScriptedPeer peer = callers.peer(ScriptedPeer.Wire::readToTheEnd);

    assertEquals(
        PeerResult.of(Status.NOT_ASKED, "no connection in 20 ms"),
        callers.inFrames(peer).fetch("Tom", SOON).join());
  }

  // Fetches.

  @Test
  void fetchesShareAConnectionAndEndAsTheirAnswersCome() throws Exception {
    CountDownLatch secondToldOfIt = new CountDownLatch(1);
    CompletableFuture<FetchRequest> asked = new CompletableFuture<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              Frame tom = wire.readFrame();
              Frame jack = wire.readFrame();
              assertEquals(List.of(FETCH, FETCH), List.of(tom.kind(), jack.kind()));
              assertNotEquals(tom.id(), jack.id());
              asked.complete(FetchRequest.parseFrom(tom.payload()));
              wire.answerFetch(jack.id(), "589");
              secondToldOfIt.await();
              wire.answerFetch(tom.id(), "630");
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    CompletableFuture<PeerResult> tom = caller.fetch("Tom");
    CompletableFuture<PeerResult> jack = caller.fetch("Jack");

    assertEquals(value("589"), jack.join());
    secondToldOfIt.countDown();
    assertEquals(value("630"), tom.join());
    assertEquals(1, peer.accepted());
    assertEquals("scores", asked.join().getGroup());
    assertEquals("Tom", asked.join().getKey());
    assertTrue(asked.join().getTimeoutMillis() <= NEVER.toMillis());
    assertTrue(asked.join().getTimeoutMillis() > NEVER.toMillis() - 60_000);
  }

  @Test
  void aValueThatComesInPiecesIsWhole() throws Exception {
    String text = "x".repeat(Callers.MAX_VALUE_BYTES);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              Frame tom = wire.readFrame();
              Frame jack = wire.readFrame();
              byte[] answer =
                  KeyAnswer.newBuilder()
                      .setValue(ByteString.copyFromUtf8(text))
                      .setMinuteQps(2)
                      .build()
                      .toByteArray();
              wire.writeFrame(FETCHED | MORE, tom.id(), Arrays.copyOf(answer, 1));
              wire.answerFetch(jack.id(), "589"); // between its pieces
              wire.writeFrame(FETCHED | MORE, tom.id(), Arrays.copyOfRange(answer, 1, 500));
              wire.writeFrame(FETCHED, tom.id(), Arrays.copyOfRange(answer, 500, answer.length));
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    CompletableFuture<PeerResult> tom = caller.fetch("Tom");
    CompletableFuture<PeerResult> jack = caller.fetch("Jack");

    assertEquals(value("589"), jack.join());
    assertEquals(PeerResult.value(ByteView.ofUtf8(text), Long.MAX_VALUE, false, 2), tom.join());
  }

  @Test
  void anAnswerBeyondTheLimitFailedAndIsCancelled() throws Exception {
    int maxBytes = Callers.MAX_VALUE_BYTES + (64 << 10);
    CountDownLatch cancelled = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              int id = wire.readFrame().id();
              wire.writeFrame(FETCHED | MORE, id, new byte[64 << 10]);
              wire.writeFrame(FETCHED | MORE, id, new byte[64 << 10]);
              assertEquals(CANCEL, wire.readFrame().kind());
              wire.writeFrame(CANCEL, id, EMPTY);
              cancelled.countDown();
              wire.answerFetch(wire.readFrame().id(), "589");
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    assertEquals(
        PeerResult.of(
            Status.FAILED, "the answer is too long (expected: <= " + maxBytes + " bytes)"),
        caller.fetch("Tom").join());
    cancelled.await();
    assertEquals(value("589"), caller.fetch("Jack").join());
  }

  @Test
  void anAnswerForWhichThereIsNoRoomIsOverloadedAndCancelled() throws Exception {
    CountDownLatch cancelled = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              int id = wire.readFrame().id();
              wire.writeFrame(FETCHED | MORE, id, new byte[300]);
              wire.writeFrame(FETCHED | MORE, id, new byte[300]);
              assertEquals(CANCEL, wire.readFrame().kind());
              wire.writeFrame(CANCEL, id, EMPTY);
              cancelled.countDown();
              wire.answerFetch(wire.readFrame().id(), "589");
              wire.readToTheEnd();
            });
    callers.account().resize(500);
    Caller caller = callers.inFrames(peer);

    assertEquals(PeerResult.of(Status.OVERLOADED, Outbound.NO_ROOM), caller.fetch("Tom").join());
    cancelled.await();
    assertEquals(value("589"), caller.fetch("Jack").join());
    assertEquals(0, callers.account().bytes());
  }

  @Test
  void anAnswerThatIsNoMessageFailedAndTheConnectionStays() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.writeFrame(FETCHED, wire.readFrame().id(), new byte[] {0});
              wire.answerFetch(wire.readFrame().id(), "589");
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    assertEquals(Status.FAILED, caller.fetch("Tom").join().status());
    assertEquals(value("589"), caller.fetch("Jack").join());
    assertEquals(1, peer.accepted());
  }

  @Test
  void aFetchThatTimesOutIsCancelledAndTheOthersGoOn() throws Exception {
    CountDownLatch told = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.answerFetch(wire.readFrame().id(), "567");
              Frame jack = wire.readFrame();
              Frame tom = wire.readFrame();
              Frame cancel = wire.readFrame();
              assertEquals(List.of(CANCEL, tom.id()), List.of(cancel.kind(), cancel.id()));
              told.await();
              wire.answerFetch(tom.id(), "630"); // it has crossed the cancel
              wire.answerFetch(jack.id(), "589");
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);
    assertEquals(value("567"), caller.fetch("Sam").join()); // so that the connection is there
    CompletableFuture<PeerResult> jack = caller.fetch("Jack");
    CompletableFuture<PeerResult> tom = caller.fetch("Tom", SOON);

    assertEquals(PeerResult.of(Status.TIMED_OUT, "no answer in 20 ms"), tom.join());
    told.countDown();

    assertEquals(value("589"), jack.join());
    assertEquals(1, peer.accepted());
  }

  // Is the peer there?

  @Test
  void aPeerThatAnswersPingsIsWaitedFor() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              int id = wire.readFrame().id();
              for (int i = 0; i < 3; i++) {
                assertEquals(PING, wire.readFrame().kind());
                wire.writeFrame(PONG, 0, EMPTY);
              }
              wire.answerFetch(id, "630");
              wire.readToTheEnd();
            });

    assertEquals(value("630"), callers.inFrames(peer, CURIOUS).fetch("Tom").join());
    assertEquals(1, peer.accepted());
  }

  @Test
  void aPeerWhosePongIsLateIsPingedAgain() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.answerFetch(nextFetch(wire), "567");
              int tom = nextFetch(wire);
              Set<Integer> kinds = new HashSet<>();
              while (!kinds.containsAll(Set.of(FETCH, CANCEL, PING))) {
                kinds.add(wire.readFrame().kind());
              }
              // When Jack's time was over, the caller looked for a PONG and found none.
              wire.writeFrame(PONG, 0, EMPTY);
              assertEquals(PING, wire.readFrame().kind());
              wire.answerFetch(tom, "630");
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer, CURIOUS);
    assertEquals(value("567"), caller.fetch("Sam").join()); // so that the connection is there
    CompletableFuture<PeerResult> tom = caller.fetch("Tom");

    assertEquals(Status.TIMED_OUT, caller.fetch("Jack", SOON).join().status());
    assertEquals(value("630"), tom.join());
  }

  /** Returns the id of the next fetch; a PING may come before it whenever a loop was slow. */
  private static int nextFetch(ScriptedPeer.Wire wire) throws IOException {
    Frame frame = wire.readFrame();
    while (frame.kind() == PING) {
      frame = wire.readFrame();
    }
    assertEquals(FETCH, frame.kind());
    return frame.id();
  }

  @Test
  void aPeerThatIsSilentToAPingCouldNotBeAskedByAnybodyOnTheConnection() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.readToTheEnd();
              closed.countDown();
            });
    PeerTimings hasty = new PeerTimings(NEVER, SOON, Duration.ofSeconds(1), NEVER, NEVER);
    Caller caller = callers.inFrames(peer, hasty);
    CompletableFuture<PeerResult> tom = caller.fetch("Tom");
    CompletableFuture<PeerResult> jack = caller.fetch("Jack");

    assertEquals(PeerResult.of(Status.NOT_ASKED, "silent to a probe for 1000 ms"), tom.join());
    assertEquals(PeerResult.of(Status.NOT_ASKED, "silent to a probe for 1000 ms"), jack.join());
    closed.await();
  }

  @Test
  void aPingOfThePeersIsAnswered() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              int id = wire.readFrame().id();
              wire.writeFrame(PING, 0, EMPTY);
              assertEquals(PONG, wire.readFrame().kind());
              wire.answerFetch(id, "630");
              wire.readToTheEnd();
            });

    assertEquals(value("630"), callers.inFrames(peer).fetch("Tom").join());
  }

  // A connection that is lost.

  @Test
  void whatIsLostOnAFreshConnectionCouldNotBeAsked() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.readFrame();
            });

    assertEquals(
        PeerResult.of(Status.NOT_ASKED, "the connection was lost before the answer"),
        callers.inFrames(peer).fetch("Tom").join());
    assertEquals(1, peer.accepted());
  }

  @Test
  void allThatIsLostOnAUsedConnectionIsSentOnceMore() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.answerFetch(wire.readFrame().id(), "630");
              wire.readFrame();
              wire.readFrame();
            },
            wire -> {
              wire.grantFrames();
              Frame first = wire.readFrame();
              Frame second = wire.readFrame();
              wire.answerFetch(first.id(), first.key());
              wire.answerFetch(second.id(), second.key());
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);
    assertEquals(value("630"), caller.fetch("Tom").join());

    CompletableFuture<PeerResult> jack = caller.fetch("Jack");
    CompletableFuture<PeerResult> sam = caller.fetch("Sam");

    assertEquals(value("Jack"), jack.join());
    assertEquals(value("Sam"), sam.join());
    assertEquals(2, peer.accepted());
  }

  // A peer that stops.

  @Test
  void aPeerThatGoesAwayAnswersWhatItHasAndIsSentNoMore() throws Exception {
    CountDownLatch gone = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    CountDownLatch jackCame = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              Frame sam = wire.readFrame();
              Frame tom = wire.readFrame();
              wire.writeFrame(GO_AWAY, 0, goAway(GoAway.Reason.STOPPING));
              wire.answerFetch(sam.id(), "567"); // so that the test knows when it is read
              gone.countDown();
              jackCame.await();
              wire.answerFetch(tom.id(), "630");
              wire.readToTheEnd(); // with its last answer the connection goes
              closed.countDown();
            },
            wire -> {
              wire.grantFrames();
              wire.answerFetch(wire.readFrame().id(), "589");
              jackCame.countDown();
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);
    CompletableFuture<PeerResult> sam = caller.fetch("Sam");
    CompletableFuture<PeerResult> tom = caller.fetch("Tom");
    gone.await();
    assertEquals(value("567"), sam.join());

    assertEquals(value("589"), caller.fetch("Jack").join());
    assertEquals(value("630"), tom.join());
    closed.await();
  }

  @Test
  void aFetchInFlightOutlivesTheClientAndItsConnectionDoesNot() throws Exception {
    CountDownLatch clientClosed = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              int id = wire.readFrame().id();
              asked.countDown();
              clientClosed.await();
              wire.answerFetch(id, "630");
              wire.readToTheEnd();
              closed.countDown();
            });
    Caller caller = callers.inFrames(peer);
    CompletableFuture<PeerResult> tom = caller.fetch("Tom");
    asked.await();

    caller.close();
    clientClosed.countDown();

    assertEquals(value("630"), tom.join());
    closed.await();
  }

  @Test
  void aServerThatStopsEndsWhatIsInFlightAndWhatComesAfter() throws Exception {
    CountDownLatch asked = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.readFrame();
              asked.countDown();
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);
    CompletableFuture<PeerResult> tom = caller.fetch("Tom");
    asked.await();

    caller.client.stop();

    PeerResult stopped = PeerResult.of(Status.NOT_ASKED, "this node's server has stopped");
    assertEquals(stopped, tom.join());
    assertEquals(stopped, caller.fetch("Jack").join());
  }

  // What is no frame in its place.

  private record Nonsense(int kind, int id, ByteString payload) {}

  static List<Nonsense> nonsense() {
    ByteString nothing = ByteString.EMPTY;
    return List.of(
        new Nonsense(FETCHED, 77, nothing), // nobody asked
        new Nonsense(FETCH, 1, nothing), // a request
        new Nonsense(OPERATED, 1, nothing), // an answer to something else
        new Nonsense(CANCEL, 1, nothing), // nothing was cancelled
        new Nonsense(99, 1, nothing),
        new Nonsense(FETCHED | MORE, 1, nothing),
        new Nonsense(FETCHED, 4097, nothing),
        new Nonsense(FETCHED, 1, ByteString.copyFrom(new byte[(64 << 10) + 1])),
        new Nonsense(CREDIT, 0, Credit.newBuilder().setBytes(1).build().toByteString()),
        new Nonsense(CREDIT, 0, nothing),
        new Nonsense(GO_AWAY, 0, ByteString.copyFrom(new byte[1])));
  }

  @ParameterizedTest
  @MethodSource("nonsense")
  void aPeerThatSaysNonsenseIsToldSoAndLeft(Nonsense said) throws Exception {
    CompletableFuture<GoAway> told = new CompletableFuture<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.readFrame();
              wire.writeFrame(said.kind, said.id, said.payload.toByteArray());
              Frame last = wire.readFrame();
              assertEquals(GO_AWAY, last.kind());
              told.complete(GoAway.parseFrom(last.payload()));
              wire.readToTheEnd();
            });

    PeerResult result = callers.inFrames(peer).fetch("Tom").join();

    assertEquals(Status.NOT_ASKED, result.status());
    assertEquals(GoAway.Reason.BROKEN, told.join().getReason());
    assertNotEquals("", told.join().getDetail());
  }

  // Operations and many keys.

  @Test
  void operationsRideOnFramesToo() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              Frame forget = wire.readFrame();
              assertEquals(FORGET, forget.kind());
              assertEquals(
                  ForgetRequest.newBuilder().setGroup("scores").addKeys("a").build(),
                  ForgetRequest.parseFrom(forget.payload()));
              wire.writeFrame(OPERATED, forget.id(), EMPTY);
              Frame put = wire.readFrame();
              assertEquals(COORDINATE, put.kind());
              assertEquals(
                  "630", CoordinateRequest.parseFrom(put.payload()).getValue().toStringUtf8());
              wire.writeFrame(
                  OPERATED,
                  put.id(),
                  OperationAnswer.newBuilder().addUnreached("http://c:1").build().toByteArray());
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    assertEquals(OperationResult.done(List.of()), caller.forget(NEVER, "a").join());
    assertEquals(
        OperationResult.done(List.of("http://c:1")),
        caller.coordinate(Operation.put("scores", "Tom", ByteView.ofUtf8("630"), 7)).join());
  }

  @Test
  void anOperationWithoutAnAnswerInTimeMayHaveBeenDone() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.writeFrame(OPERATED, wire.readFrame().id(), EMPTY);
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);
    assertEquals(OperationResult.Status.DONE, caller.forget(NEVER, "a").join().status());

    assertEquals(
        OperationResult.of(OperationResult.Status.UNKNOWN, "no answer in 20 ms"),
        caller.forget(SOON, "b").join());
  }

  private static byte[] result(int index, String value) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    KeyAnswer.newBuilder()
        .setIndex(index)
        .setValue(ByteString.copyFromUtf8(value))
        .build()
        .writeDelimitedTo(out);
    return out.toByteArray();
  }

  @Test
  void manyKeysAreOneFrameAndEachIsToldOfAsItsResultComes() throws Exception {
    CountDownLatch toldOne = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              Frame all = wire.readFrame();
              assertEquals(GET_ALL, all.kind());
              assertEquals(2, GetAllRequest.parseFrom(all.payload()).getKeysCount());
              byte[] second = result(0, "1");
              wire.writeFrame(RESULTS | MORE, all.id(), result(1, "2"));
              wire.writeFrame(RESULTS | MORE, all.id(), new byte[] {second[0]});
              toldOne.await();
              wire.writeFrame(RESULTS, all.id(), Arrays.copyOfRange(second, 1, second.length));
              wire.answerFetch(wire.readFrame().id(), "3");
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    BlockingQueue<Told> told = caller.fetchAll(NEVER, "a", "b");

    assertEquals(new Told("b", value("2")), told.take());
    toldOne.countDown();
    assertEquals(new Told("a", value("1")), told.take());
    assertEquals(value("3"), caller.fetch("c").join());
  }

  @Test
  void keysWithoutAResultWhenTheAnswerIsOverAreNotAsked() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              wire.writeFrame(RESULTS, wire.readFrame().id(), EMPTY);
              int id = wire.readFrame().id();
              KeyAnswer busy =
                  KeyAnswer.newBuilder().setStatus(KeyAnswer.Status.OVERLOADED).build();
              wire.writeFrame(FETCHED, id, busy.toByteArray());
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    BlockingQueue<Told> first = caller.fetchAll(NEVER, "a", "b");
    assertEquals(Status.NOT_ASKED, first.take().result().status());
    assertEquals(Status.NOT_ASKED, first.take().result().status());

    BlockingQueue<Told> second = caller.fetchAll(NEVER, "a", "b"); // all of them end the same
    assertEquals(Status.OVERLOADED, second.take().result().status());
    assertEquals(Status.OVERLOADED, second.take().result().status());
  }

  @Test
  void resultsThatAreNoneFailAndTheRestIsCancelled() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.grantFrames();
              int id = wire.readFrame().id();
              wire.writeFrame(RESULTS | MORE, id, result(7, "x"));
              assertEquals(CANCEL, wire.readFrame().kind());
              wire.writeFrame(CANCEL, id, EMPTY);
              wire.answerFetch(wire.readFrame().id(), "3");
              wire.readToTheEnd();
            });
    Caller caller = callers.inFrames(peer);

    BlockingQueue<Told> told = caller.fetchAll(NEVER, "a", "b");

    assertEquals(Status.FAILED, told.take().result().status());
    assertEquals(Status.FAILED, told.take().result().status());
    assertEquals(value("3"), caller.fetch("c").join());
  }
}
