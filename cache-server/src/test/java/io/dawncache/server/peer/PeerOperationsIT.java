package io.dawncache.server.peer;

import static io.dawncache.server.peer.Callers.NEVER;
import static io.dawncache.server.peer.Callers.SOON;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.core.OperationResult.Status;
import io.dawncache.core.PeerResult;
import io.dawncache.server.Dialect;
import io.dawncache.server.peer.Callers.Caller;
import io.dawncache.server.wire.pb.CoordinateRequest;
import io.dawncache.server.wire.pb.ForgetRequest;
import io.dawncache.server.wire.pb.OperationAnswer;
import io.dawncache.server.wire.pb.SetRequest;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** How operations end, by peers made by hand. */
@Timeout(60)
class PeerOperationsIT {
  private static final String BAD_REQUEST =
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\n\r\nbad request\n";
  private static final String TOO_LONG =
      "HTTP/1.1 413 Too Long\r\nDawncache-Status: refused\r\nContent-Length: 4\r\n\r\nwhy\n";
  private static final byte[] DONE = new byte[0];
  private static final ByteView VALUE = ByteView.ofUtf8("630");

  private final Callers callers = new Callers();

  @AfterEach
  void end() throws Exception {
    callers.end();
  }

  private static void done(ScriptedPeer.Wire wire, String kind) throws Exception {
    wire.answer("Dawncache-Message: " + kind + "\r\n", DONE);
  }

  @ParameterizedTest
  @EnumSource
  void aPeerIsToldToForgetByAMessage(Dialect dialect) throws Exception {
    CompletableFuture<String> head = new CompletableFuture<>();
    CompletableFuture<ForgetRequest> message = new CompletableFuture<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              String request = wire.readRequest();
              head.complete(request);
              message.complete(ForgetRequest.parseFrom(wire.readBodyOf(request)));
              done(wire, "forget");
              wire.readToTheEnd();
            });

    assertEquals(
        OperationResult.done(List.of()), callers.of(peer, dialect).forget(NEVER, "a", "b").join());
    assertEquals(
        "POST "
            + dialect.basePath()
            + " HTTP/1.1\r\nhost: "
            + peer.url().substring("http://".length())
            + "\r\nDawncache-Peer: http://10.0.0.1:8001\r\n"
            + "content-length: 14\r\nDawncache-Message: forget\r\n\r\n",
        head.join());
    assertEquals(
        ForgetRequest.newBuilder().setGroup("scores").addKeys("a").addKeys("b").build(),
        message.join());
  }

  @Test
  void theAnswerNamesTheMembersThatWereNotReached() throws Exception {
    OperationAnswer answer = OperationAnswer.newBuilder().addUnreached("http://c:1").build();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              CoordinateRequest change = CoordinateRequest.parseFrom(wire.readMessage());
              assertEquals("630", change.getValue().toStringUtf8());
              wire.answer("Dawncache-Message: coordinate\r\n", answer.toByteArray());
              wire.readToTheEnd();
            });

    assertEquals(
        OperationResult.done(List.of("http://c:1")),
        callers.of(peer).coordinate(Operation.put("scores", "Tom", VALUE, 7)).join());
  }

  // Without an answer.

  @Test
  void aRefusedConnectionMeansNotAsked() throws Exception {
    Caller caller = callers.of(callers.urlThatRefuses(), Dialect.DAWNCACHE, 8);

    OperationResult first = caller.forget(NEVER, "a").join();
    OperationResult second = caller.coordinate(Operation.remove("scores", "a")).join();

    assertEquals(Status.NOT_ASKED, first.status());
    assertTrue(first.detail().startsWith("no connection, "), first.detail());
    assertEquals(
        OperationResult.of(Status.NOT_ASKED, "it could not be asked a moment ago"), second);
  }

  @Test
  void aConnectionLostBeforeTheAnswerMeansThatItMayHaveBeenDone() throws Exception {
    ScriptedPeer peer = callers.peer(ScriptedPeer.Wire::readMessage);

    assertEquals(
        OperationResult.of(Status.UNKNOWN, "the connection was lost before the answer"),
        callers.of(peer).coordinate(Operation.remove("scores", "a")).join());
  }

  @Test
  void noAnswerInTimeMeansThatItMayHaveBeenDone() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              done(wire, "forget");
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer);
    assertEquals(Status.DONE, caller.forget(NEVER, "a").join().status()); // it is connected

    assertEquals(
        OperationResult.of(Status.UNKNOWN, "no answer in 20 ms"), caller.forget(SOON, "b").join());
  }

  @Test
  void anOperationThatHadNoTurnInItsTimeIsNotAsked() throws Exception {
    CountDownLatch lateEnded = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              lateEnded.await();
              done(wire, "forget");
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer.url(), Dialect.DAWNCACHE, 1);
    CompletableFuture<OperationResult> first = caller.forget(NEVER, "a");

    OperationResult late = caller.forget(SOON, "b").join();
    lateEnded.countDown();

    assertEquals(Status.NOT_ASKED, late.status());
    assertEquals(Status.DONE, first.join().status());
  }

  @Test
  void whatIsLostOnAUsedConnectionIsSaidOnceMoreOnAFreshOne() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              done(wire, "forget");
              wire.readMessage(); // as if our idle time had ended just before
            },
            wire -> {
              assertEquals("b", ForgetRequest.parseFrom(wire.readMessage()).getKeys(0));
              done(wire, "forget");
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer);

    assertEquals(Status.DONE, caller.forget(NEVER, "a").join().status());
    assertEquals(Status.DONE, caller.forget(NEVER, "b").join().status());
    assertEquals(2, peer.accepted());
  }

  @Test
  void whatIsLostOnTheFreshConnectionTooMayHaveBeenDone() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              done(wire, "forget");
              wire.readMessage();
            },
            ScriptedPeer.Wire::readMessage);
    Caller caller = callers.of(peer);

    assertEquals(Status.DONE, caller.forget(NEVER, "a").join().status());
    assertEquals(Status.UNKNOWN, caller.forget(NEVER, "b").join().status());
  }

  @Test
  void anAnswerThatIsNoneMeansThatItMayHaveBeenDone() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              wire.write("this is not HTTP\r\n\r\n");
              wire.readToTheEnd();
            },
            wire -> {
              wire.readMessage();
              wire.write("HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n");
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer);

    assertEquals(Status.UNKNOWN, caller.forget(NEVER, "a").join().status());
    assertEquals(Status.UNKNOWN, caller.forget(NEVER, "b").join().status());
  }

  // Strangers.

  @ParameterizedTest
  @EnumSource
  void aStrangerHasDoneNothing(Dialect dialect) throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              wire.write(BAD_REQUEST);
              wire.readMessage();
              wire.write(BAD_REQUEST);
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer, dialect);

    assertEquals(
        OperationResult.of(Status.NOT_UNDERSTOOD, "status 400, bad request"),
        caller.forget(NEVER).join());
    assertEquals(
        Status.NOT_UNDERSTOOD, caller.coordinate(Operation.remove("scores", "a")).join().status());
    assertEquals(1, peer.accepted());
  }

  // Limits.

  @Test
  void moreKeysThanAMessageHoldsAreTheWholeGroup() throws Exception {
    String[] keys =
        IntStream.range(0, 100).mapToObj(i -> i + "x".repeat(1000)).toArray(String[]::new);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              assertEquals(0, ForgetRequest.parseFrom(wire.readMessage()).getKeysCount());
              done(wire, "forget");
              wire.readToTheEnd();
            });

    assertEquals(Status.DONE, callers.of(peer).forget(NEVER, keys).join().status());
  }

  @Test
  void moreKeysThanThePeerTakesAreTheWholeGroup() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              assertEquals(2, ForgetRequest.parseFrom(wire.readMessage()).getKeysCount());
              wire.write(TOO_LONG);
              assertEquals(0, ForgetRequest.parseFrom(wire.readMessage()).getKeysCount());
              done(wire, "forget");
              wire.readToTheEnd();
            });

    Caller caller = callers.of(peer.url(), Dialect.DAWNCACHE, 1);

    assertEquals(Status.DONE, caller.forget(NEVER, "a", "b").join().status());
  }

  @Test
  void whatOneOfOurNodesRefusesMayBeToldAgainAndItIsNoStranger() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              for (int i = 0; i < 2; i++) {
                wire.readMessage();
                wire.write(TOO_LONG);
              }
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer);

    assertEquals(
        Status.NOT_ASKED,
        caller.coordinate(Operation.put("scores", "a", VALUE, 7)).join().status());
    assertEquals(Status.NOT_ASKED, caller.forget(NEVER).join().status()); // by a message still
  }

  /** As of a proxy between, which has not let the message through. */
  @ParameterizedTest
  @ValueSource(ints = {403, 408, 413, 429, 502})
  void anotherAnswerWithoutOurHeadersSaysNothingOfThePeer(int code) throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              for (int i = 0; i < 2; i++) {
                wire.readMessage();
                wire.write("HTTP/1.1 " + code + " No\r\nContent-Length: 0\r\n\r\n");
              }
              String third = wire.readRequest();
              wire.readBodyOf(third);
              wire.write("HTTP/1.1 " + code + " No\r\nContent-Length: 0\r\n\r\n");
              assertTrue(third.startsWith("POST"), third);
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer);

    assertEquals(Status.NOT_ASKED, caller.forget(NEVER, "a", "b").join().status());
    assertEquals(
        Status.NOT_ASKED, caller.coordinate(Operation.remove("scores", "a")).join().status());
    assertEquals(
        PeerResult.Status.NOT_ASKED, caller.fetchAll(NEVER, "a", "b").take().result().status());
  }

  @Test
  void aValueBeyondTheLimitIsNotSent() throws Exception {
    ByteView tooLong = ByteView.copyOf(new byte[Callers.MAX_VALUE_BYTES + 1]);
    ScriptedPeer peer = callers.peer(ScriptedPeer.Wire::readToTheEnd);

    assertEquals(
        OperationResult.of(Status.NOT_ASKED, "value: 1001 bytes (expected: <= 1000)"),
        callers.of(peer).coordinate(Operation.put("scores", "a", tooLong, 7)).join());
  }

  // In mailgun's words.

  @Test
  void inMailgunsWordsOneKeyIsForgottenByADelete() throws Exception {
    CompletableFuture<String> request = new CompletableFuture<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              request.complete(wire.readRequest());
              wire.answer("", DONE); // as a Go node does
              wire.readRequest();
              done(wire, "forget");
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer, Dialect.MAILGUN);

    assertEquals(Status.DONE_ALONE, caller.forget(NEVER, "a b").join().status());
    assertEquals(Status.DONE, caller.forget(NEVER, "a b").join().status());
    assertEquals(
        "DELETE /_groupcache/scores/a%20b HTTP/1.1\r\nhost: "
            + peer.url().substring("http://".length())
            + "\r\nDawncache-Peer: http://10.0.0.1:8001\r\n\r\n",
        request.join());
  }

  @Test
  void aStrangerThatIsToForgetManyKeysIsToldOneByOne() throws Exception {
    Set<String> deleted = ConcurrentHashMap.newKeySet();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              for (String request = wire.readRequest(); ; request = wire.readRequest()) {
                if (request.startsWith("POST")) {
                  wire.readBodyOf(request);
                  wire.write(BAD_REQUEST);
                } else {
                  deleted.add(request.substring(0, request.indexOf(" HTTP")));
                  wire.answer("", DONE);
                }
              }
            });
    Caller caller = callers.of(peer.url(), Dialect.MAILGUN, 1);
    String[] keys = IntStream.range(0, 100).mapToObj(i -> "key-" + i).toArray(String[]::new);

    assertEquals(Status.DONE_ALONE, caller.forget(NEVER, keys).join().status());
    assertEquals(100, deleted.size());
    assertTrue(deleted.contains("DELETE /_groupcache/scores/key-99"));
  }

  @Test
  void theFirstOfManyDeletesThatFailsIsTheEnd() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              wire.write(BAD_REQUEST);
              wire.readRequest();
              wire.answer("", DONE);
              wire.readRequest();
              wire.write("HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n");
              wire.readToTheEnd();
              closed.countDown();
            });
    Caller caller = callers.of(peer.url(), Dialect.MAILGUN, 1);
    String[] keys = IntStream.range(0, 2).mapToObj(i -> "key-" + i).toArray(String[]::new);

    assertEquals(
        OperationResult.of(Status.UNKNOWN, "status 503, "), caller.forget(NEVER, keys).join());
    caller.close();
    closed.await();
  }

  @Test
  void inMailgunsWordsAPutIsAPut() throws Exception {
    CompletableFuture<SetRequest> said = new CompletableFuture<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              String request = wire.readRequest();
              assertTrue(request.startsWith("PUT /_groupcache/scores/Tom HTTP/1.1\r\n"), request);
              said.complete(SetRequest.parseFrom(wire.readBodyOf(request)));
              wire.answer("", DONE); // as a Go node does
              wire.readToTheEnd();
            });
    Operation put = Operation.put("scores", "Tom", VALUE, Long.MAX_VALUE);

    assertEquals(
        OperationResult.of(Status.DONE_ALONE, ""),
        callers.of(peer, Dialect.MAILGUN).coordinate(put).join());
    assertEquals("Tom", said.join().getKey());
    assertEquals("630", said.join().getValue().toStringUtf8());
    assertEquals(0, said.join().getExpire());
  }

  /** Only one exchange may ask a peer that was lost; what waits behind it fails. */
  @Test
  void aPeerThatIsBackIsAskedTheFirstQuestionAndNotForItsMemberList() throws Exception {
    AtomicBoolean back = new AtomicBoolean();
    CompletableFuture<String> first = new CompletableFuture<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              if (back.get()) {
                first.complete(wire.readRequest());
                wire.answer("630");
              }
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer, new PeerTimings(NEVER, SOON, SOON, SOON, Duration.ZERO));
    assertEquals(PeerResult.Status.NOT_ASKED, caller.fetch("Tom").join().status());
    back.set(true);

    while (caller.fetch("Tom").join().status() == PeerResult.Status.NOT_ASKED) {
      Thread.onSpinWait(); // until the peer may be tried again
    }

    assertTrue(first.join().startsWith("GET /_dawncache/scores/Tom "), first::join);
  }
}
