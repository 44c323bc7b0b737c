package io.dawncache.server.peer;

import static io.dawncache.server.peer.Callers.NEVER;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.dawncache.core.ByteView;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.Dialect;
import io.dawncache.server.peer.Callers.Caller;
import io.dawncache.server.peer.Callers.Told;
import io.dawncache.server.wire.pb.GetAllRequest;
import io.dawncache.server.wire.pb.KeyAnswer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How gets of many keys end, by peers made by hand. */
@Timeout(60)
class PeerBulkIT {
  private static final String RESULTS =
      "HTTP/1.1 200 OK\r\nDawncache-Message: get-all\r\nTransfer-Encoding: chunked\r\n\r\n";
  private static final String BAD_REQUEST =
      "HTTP/1.1 400 Bad Request\r\nContent-Length: 12\r\n\r\nbad request\n";
  private static final byte[] THE_END = new byte[0];

  private final Callers callers = new Callers();

  @AfterEach
  void end() throws Exception {
    callers.end();
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

  private static Told value(String key, String value) {
    return new Told(key, PeerResult.value(ByteView.ofUtf8(value)));
  }

  private static Told end(String key, Status status, String detail) {
    return new Told(key, PeerResult.of(status, detail));
  }

  private static Set<Told> take(BlockingQueue<Told> told, int count) throws Exception {
    Set<Told> taken = new HashSet<>();
    for (int i = 0; i < count; i++) {
      taken.add(told.take());
    }
    assertEquals(count, taken.size());
    return taken;
  }

  @ParameterizedTest
  @EnumSource
  void manyKeysAreOneMessage(Dialect dialect) throws Exception {
    CompletableFuture<String> head = new CompletableFuture<>();
    CompletableFuture<GetAllRequest> message = new CompletableFuture<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              String request = wire.readRequest();
              head.complete(request);
              message.complete(GetAllRequest.parseFrom(wire.readBodyOf(request)));
              wire.write(RESULTS);
              wire.chunk(result(1, "2"));
              wire.chunk(result(0, "1"));
              wire.chunk(THE_END);
              wire.readToTheEnd();
            });

    BlockingQueue<Told> told = callers.of(peer, dialect).fetchAll(NEVER, "a", "b");

    assertEquals(value("b", "2"), told.take());
    assertEquals(value("a", "1"), told.take());
    assertTrue(head.join().startsWith("POST " + dialect.basePath() + " HTTP/1.1\r\n"), head.join());
    assertTrue(head.join().contains("\r\nDawncache-Message: get-all\r\n"), head.join());
    assertEquals("scores", message.join().getGroup());
    assertEquals("b", message.join().getKeys(1).getKey());
    assertTrue(message.join().getTimeoutMillis() <= NEVER.toMillis());
  }

  @Test
  void aResultIsToldBeforeTheNextHasCome() throws Exception {
    CountDownLatch toldOne = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              wire.write(RESULTS);
              byte[] second = result(0, "1");
              wire.chunk(result(1, "2"));
              wire.chunk(new byte[] {second[0]}); // its length alone
              toldOne.await();
              wire.chunk(Arrays.copyOfRange(second, 1, second.length));
              wire.chunk(THE_END);
              wire.readToTheEnd();
            });

    BlockingQueue<Told> told = callers.of(peer).fetchAll(NEVER, "a", "b");
    assertEquals(value("b", "2"), told.take());
    assertNull(told.poll());
    toldOne.countDown();

    assertEquals(value("a", "1"), told.take());
  }

  @Test
  void theConnectionIsUsedAgain() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              for (int i = 0; i < 2; i++) {
                wire.readMessage();
                wire.write(RESULTS);
                wire.chunk(result(0, "1"));
                wire.chunk(result(1, "2"));
                wire.chunk(THE_END);
              }
              wire.readRequest();
              wire.answer("3");
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer.url(), Dialect.DAWNCACHE, 1); // so that each waits for the last

    BlockingQueue<Told> first = caller.fetchAll(NEVER, "a", "b");
    BlockingQueue<Told> second = caller.fetchAll(NEVER, "a", "b");
    BlockingQueue<Told> third = caller.fetchAll(NEVER, "c"); // one key is an ordinary fetch

    assertEquals(Set.of(value("a", "1"), value("b", "2")), take(first, 2));
    assertEquals(Set.of(value("a", "1"), value("b", "2")), take(second, 2));
    assertEquals(value("c", "3"), third.take());
    assertEquals(1, peer.accepted());
  }

  // Keys without a result.

  @Test
  void keysWithoutAResultWhenTheConnectionIsLostAreNotAsked() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              wire.write(RESULTS);
              wire.chunk(result(1, "2"));
            });

    BlockingQueue<Told> told = callers.of(peer).fetchAll(NEVER, "a", "b", "c");

    String lost = "the connection was lost before the answer";
    assertEquals(value("b", "2"), told.take());
    assertEquals(
        Set.of(end("a", Status.NOT_ASKED, lost), end("c", Status.NOT_ASKED, lost)), take(told, 2));
    assertEquals(1, peer.accepted());
  }

  @Test
  void keysWithoutAResultWhenTheAnswerIsOverAreNotAsked() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              wire.write(RESULTS);
              wire.chunk(result(1, "2"));
              wire.chunk(THE_END);
              wire.readToTheEnd();
            });

    BlockingQueue<Told> told = callers.of(peer).fetchAll(NEVER, "a", "b");

    assertEquals(value("b", "2"), told.take());
    assertEquals(end("a", Status.NOT_ASKED, "the answer ended without it"), told.take());
  }

  @Test
  void keysWithoutAResultInTheirTimeHaveTimedOutAndTheConnectionIsClosed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readRequest();
              wire.answer("567");
              wire.readMessage();
              wire.write(RESULTS);
              wire.chunk(result(1, "2"));
              wire.readToTheEnd();
              closed.countDown();
            });
    Caller caller = callers.of(peer);
    assertEquals(value("Sam", "567"), caller.fetchAll(NEVER, "Sam").take()); // it is connected

    BlockingQueue<Told> told = caller.fetchAll(Duration.ofMillis(500), "a", "b", "c");

    Set<Told> all = take(told, 3);
    assertTrue(all.contains(end("a", Status.TIMED_OUT, "no answer in 500 ms")), all::toString);
    assertTrue(all.contains(end("c", Status.TIMED_OUT, "no answer in 500 ms")), all::toString);
    closed.await();
  }

  @Test
  void keysWithoutAResultWhenItIsNoneThatComesFailedAndTheConnectionIsClosed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              wire.write(RESULTS);
              wire.chunk(result(1, "2"));
              wire.chunk(result(1, "2")); // twice
              wire.readToTheEnd();
              closed.countDown();
            });

    BlockingQueue<Told> told = callers.of(peer).fetchAll(NEVER, "a", "b");

    assertEquals(value("b", "2"), told.take());
    assertEquals(
        end(
            "a",
            Status.FAILED,
            "not what was asked for, a result of key 1, which is not waited for"),
        told.take());
    closed.await();
  }

  @Test
  void whatIsLostOnAUsedConnectionBeforeAnyResultIsAskedOnceMore() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readRequest();
              wire.answer("1");
              wire.readMessage();
            },
            wire -> {
              wire.readMessage();
              wire.write(RESULTS);
              wire.chunk(result(0, "1"));
              wire.chunk(result(1, "2"));
              wire.chunk(THE_END);
              wire.readToTheEnd();
            });
    Caller caller = callers.of(peer);

    assertEquals(value("a", "1"), caller.fetchAll(NEVER, "a").take());
    assertEquals(
        Set.of(value("a", "1"), value("b", "2")), take(caller.fetchAll(NEVER, "a", "b"), 2));
    assertEquals(2, peer.accepted());
  }

  @Test
  void whatOneOfOurNodesRefusesIsRefusedForEachKey() throws Exception {
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readMessage();
              String mark = "Dawncache-Status: no-such-group\r\n";
              wire.write("HTTP/1.1 404 Not Found\r\n" + mark + "Content-Length: 4\r\n\r\nwhy?");
              wire.readToTheEnd();
            });

    assertEquals(
        Set.of(end("a", Status.NOT_ASKED, "why?"), end("b", Status.NOT_ASKED, "why?")),
        take(callers.of(peer).fetchAll(NEVER, "a", "b"), 2));
  }

  @Test
  void aRefusedConnectionIsOneForEachKey() throws Exception {
    Caller caller = callers.of(callers.urlThatRefuses(), Dialect.DAWNCACHE, 8);

    take(caller.fetchAll(NEVER, "a", "b"), 2)
        .forEach(told -> assertEquals(Status.NOT_ASKED, told.result().status()));
  }

  // Strangers.

  @Test
  void aStrangerIsAskedKeyByKeyUntilTheMemberListChanges() throws Exception {
    List<String> requests = new ArrayList<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              for (String request = wire.readRequest(); ; request = wire.readRequest()) {
                requests.add(request.substring(0, request.indexOf(" HTTP")));
                if (request.startsWith("POST")) {
                  wire.readBodyOf(request);
                  wire.write(BAD_REQUEST);
                } else {
                  wire.answer("1");
                }
              }
            });
    Caller caller = callers.of(peer.url(), Dialect.GROUPCACHE, 1);
    Set<Told> expected = Set.of(value("a", "1"), value("b", "1"));

    assertEquals(expected, take(caller.fetchAll(NEVER, "a", "b"), 2));
    assertEquals(expected, take(caller.fetchAll(NEVER, "a", "b"), 2));
    caller.client.resetCapabilities();
    assertEquals(expected, take(caller.fetchAll(NEVER, "a", "b"), 2));

    String post = "POST /_groupcache/";
    String a = "GET /_groupcache/scores/a";
    String b = "GET /_groupcache/scores/b";
    // A peer that is met anew is sent the member list as well, first.
    assertEquals(List.of(post, a, b, a, b, post, post, a, b), requests);
  }

  // Limits.

  @Test
  void moreKeysThanAMessageHoldsAreSeveralMessages() throws Exception {
    LinkedBlockingQueue<Integer> keysOfMessages = new LinkedBlockingQueue<>();
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              while (true) {
                GetAllRequest request = GetAllRequest.parseFrom(wire.readMessage());
                keysOfMessages.add(request.getKeysCount());
                wire.write(RESULTS);
                for (int i = 0; i < request.getKeysCount(); i++) {
                  wire.chunk(result(i, request.getKeys(i).getKey().substring(0, 3)));
                }
                wire.chunk(THE_END);
              }
            });
    String[] keys =
        IntStream.range(100, 200).mapToObj(i -> i + "x".repeat(500)).toArray(String[]::new);

    BlockingQueue<Told> told = callers.of(peer.url(), Dialect.DAWNCACHE, 1).fetchAll(NEVER, keys);

    take(told, 100)
        .forEach(one -> assertEquals(one.key().substring(0, 3), one.result().value().toUtf8()));
    assertEquals(List.of(25, 25, 25, 25), List.copyOf(keysOfMessages));
  }

  @Test
  void anAnswerInPiecesToOneKeyFailed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        callers.peer(
            wire -> {
              wire.readRequest();
              wire.write(RESULTS);
              wire.readToTheEnd();
              closed.countDown();
            });

    assertEquals(
        end("a", Status.FAILED, "an answer in pieces (expected: a whole one)"),
        callers.of(peer).fetchAll(NEVER, "a").take());
    closed.await();
  }
}
