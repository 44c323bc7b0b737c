package io.dawncache.server.peer;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.Dialect;
import io.dawncache.server.Limits;
import io.dawncache.server.testing.TestFleet;
import io.dawncache.server.wire.NodeUrl;
import io.netty.bootstrap.Bootstrap;
import io.netty.channel.EventLoop;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.nio.NioEventLoopGroup;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.resolver.AddressResolver;
import io.netty.resolver.AddressResolverGroup;
import io.netty.resolver.InetNameResolver;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.Promise;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * How fetches end, by peers made by hand. A time-out that is not the subject of a test is an hour
 * long, and one that is, so short that it is over before the peer does what it waits for: the peer
 * waits for the end of the fetch.
 */
@Timeout(60)
class PeerClientIT {
  private static final Duration NEVER = Duration.ofHours(1);
  private static final Duration SOON = Duration.ofMillis(20);
  private static final PeerTimings PATIENT = new PeerTimings(NEVER, NEVER, NEVER, NEVER, NEVER);
  private static final String SELF = "http://10.0.0.1:8001";
  private static final int MAX_VALUE_BYTES = 1000;

  @SuppressWarnings("deprecation") // as in Transport
  private final EventLoopGroup loops = new NioEventLoopGroup(1);

  private final List<AutoCloseable> toClose = new ArrayList<>();
  private final CacheNode node = closing(CacheNode.create());

  @AfterEach
  void closeAll() throws Exception {
    for (AutoCloseable next : toClose) {
      next.close();
    }
    loops.shutdownGracefully(0, 30, TimeUnit.SECONDS).sync();
  }

  // The answer.

  @Test
  void aFetchIsAnswered() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readToTheEnd();
            });

    assertEquals(value("630"), client(peer, PATIENT).fetch("Tom"));
  }

  @Test
  void theRequestIsAnEscapedPathTheHostOurMarkAndWhatIsLeftOfTheTime() throws Exception {
    CompletableFuture<String> request = new CompletableFuture<>();
    ScriptedPeer peer =
        peer(
            wire -> {
              request.complete(wire.readRequest());
              wire.answer("1");
              wire.readToTheEnd();
            });

    client(peer, PATIENT).fetch("a/../b c+%2F?é#😀");

    assertEquals(
        "GET /_dawncache/scores/a%2F..%2Fb%20c%2B%252F%3F%C3%A9%23%F0%9F%98%80 HTTP/1.1\r\n"
            + "host: "
            + peer.url().substring("http://".length())
            + "\r\n"
            + "Dawncache-Peer: http://10.0.0.1:8001\r\n"
            + "Dawncache-Timeout: (1 to 3600000)\r\n"
            + "\r\n",
        request
            .join()
            .replaceAll(
                "Timeout: ([12][0-9]{6}|3[0-5][0-9]{5}|[1-9][0-9]{0,5}|3600000)\r",
                "Timeout: (1 to 3600000)\r"));
  }

  @Test
  void anAnswerThatCameInChunksIsWhole() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nTransfer-Encoding: chunked\r\n\r\n");
              wire.write("3\r\n\n\0036\r\n2\r\n30\r\n0\r\n\r\n");
              wire.readToTheEnd();
            });

    assertEquals(value("630"), client(peer, PATIENT).fetch("Tom"));
  }

  @Test
  void anAnswerThatEndsWithItsConnectionIsWhole() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write("HTTP/1.0 200 OK\r\nDawncache-Status: value\r\n\r\n\n\003630");
            });

    assertEquals(value("630"), client(peer, PATIENT).fetch("Tom"));
  }

  @Test
  void anInterimAnswerIsNotTheAnswer() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write("HTTP/1.1 103 Early Hints\r\nLink: </x>\r\n\r\n");
              wire.answer("630");
              wire.readRequest();
              wire.answer("589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT);

    assertEquals(value("630"), client.fetch("Tom"));
    assertEquals(value("589"), client.fetch("Jack"));
  }

  // Connections.

  @Test
  void fetchesOneAfterAnotherShareAConnection() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readRequest();
              wire.answer("589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT);

    assertEquals(value("630"), client.fetch("Tom"));
    assertEquals(value("589"), client.fetch("Jack"));
    assertEquals(1, peer.accepted());
  }

  @Test
  void aConnectionThatThePeerWillCloseIsNotUsedAgain() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nConnection: close\r\nContent-Length: 5\r\n\r\n\n\003630");
              wire.readToTheEnd(); // we close it
            },
            wire -> {
              wire.readRequest();
              wire.answer("589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT);

    assertEquals(value("630"), client.fetch("Tom"));
    assertEquals(value("589"), client.fetch("Jack"));
    assertEquals(2, peer.accepted());
  }

  @Test
  void fetchesAtOnceHaveAConnectionEach() throws Exception {
    CountDownLatch bothAsked = new CountDownLatch(2);
    ScriptedPeer peer =
        peer(
            wire -> {
              String request = wire.readRequest();
              bothAsked.countDown();
              bothAsked.await();
              wire.answer(request.contains("Tom") ? "630" : "589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT);

    CompletableFuture<PeerResult> tom = client.startFetch("Tom", NEVER);
    CompletableFuture<PeerResult> jack = client.startFetch("Jack", NEVER);

    assertEquals(value("630"), tom.join());
    assertEquals(value("589"), jack.join());
    assertEquals(2, peer.accepted());
  }

  @Test
  void fetchesBeyondTheConnectionsWaitTheirTurn() throws Exception {
    CountDownLatch allStarted = new CountDownLatch(1);
    List<String> requests = new ArrayList<>();
    ScriptedPeer peer =
        peer(
            wire -> {
              for (int i = 0; i < 3; i++) {
                requests.add(wire.readRequest().substring(0, 27));
                allStarted.await();
                wire.answer("v" + i);
              }
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT, 1);

    CompletableFuture<PeerResult> a = client.startFetch("a", NEVER);
    CompletableFuture<PeerResult> b = client.startFetch("b", NEVER);
    CompletableFuture<PeerResult> c = client.startFetch("c", NEVER);
    allStarted.countDown();

    assertEquals(
        List.of(value("v0"), value("v1"), value("v2")), List.of(a.join(), b.join(), c.join()));
    assertEquals(
        List.of(
            "GET /_dawncache/scores/a HT",
            "GET /_dawncache/scores/b HT",
            "GET /_dawncache/scores/c HT"),
        requests);
    assertEquals(1, peer.accepted());
  }

  @Test
  void aFetchThatHadNoTurnInItsTimeIsOverloaded() throws Exception {
    CountDownLatch lateEnded = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              lateEnded.await();
              wire.answer("630");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT, 1);
    CompletableFuture<PeerResult> first = client.startFetch("Tom", NEVER);

    PeerResult late = client.startFetch("Jack", SOON).join();
    lateEnded.countDown();

    assertEquals(PeerResult.of(Status.OVERLOADED, "all 1 connections are busy"), late);
    assertEquals(value("630"), first.join());
  }

  @Test
  void aConnectionThatIsLostMakesRoomForTheNextFetchInTurn() throws Exception {
    CountDownLatch bothStarted = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              bothStarted.await();
            },
            wire -> {
              wire.readRequest();
              wire.answer("589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT, 1);
    CompletableFuture<PeerResult> first = client.startFetch("Tom", NEVER);
    CompletableFuture<PeerResult> second = client.startFetch("Jack", NEVER);
    bothStarted.countDown();

    assertEquals(Status.NOT_ASKED, first.join().status());
    assertEquals(value("589"), second.join());
  }

  // A peer that cannot be asked.

  @Test
  void aRefusedConnectionMeansNotAsked() throws Exception {
    PeerResult result = client(urlThatRefuses(), PATIENT, 8).fetch("Tom");

    assertEquals(Status.NOT_ASKED, result.status());
    assertTrue(result.detail().startsWith("no connection, "), result.detail());
  }

  @Test
  void aPeerThatRefusedIsNotDialledAgainForAWhile() throws Exception {
    Client client = client(urlThatRefuses(), PATIENT, 8);

    assertTrue(client.fetch("Tom").detail().startsWith("no connection, "));
    assertEquals(notAskedAMomentAgo(), client.fetch("Jack"));
  }

  @Test
  void aPeerThatRefusedIsDialledAgainAfterTheWhile() throws Exception {
    PeerTimings forgiving = new PeerTimings(NEVER, NEVER, NEVER, Duration.ZERO, NEVER);
    Client client = client(urlThatRefuses(), forgiving, 1);

    assertTrue(client.fetch("Tom").detail().startsWith("no connection, "));
    assertTrue(client.fetch("Jack").detail().startsWith("no connection, "));
  }

  @Test
  void fetchesInTurnForAPeerThatCannotBeReachedAllEnd() throws Exception {
    HeldResolvers resolvers = new HeldResolvers();
    Client client = client(bootstrap().resolver(resolvers), "http://cache-7:8001", PATIENT, 1);
    CompletableFuture<PeerResult> dialling = client.startFetch("Tom", NEVER);
    CompletableFuture<PeerResult> waiting = client.startFetch("Jack", NEVER);
    CompletableFuture<PeerResult> waitingToo = client.startFetch("Sam", NEVER);

    resolvers.lookUp.join().setFailure(new UnknownHostException("cache-7"));

    assertEquals(
        PeerResult.of(Status.NOT_ASKED, "no connection, its name has no address: cache-7"),
        dialling.join());
    assertEquals(notAskedAMomentAgo(), waiting.join());
    assertEquals(notAskedAMomentAgo(), waitingToo.join());
  }

  @Test
  void aListenerWhoseBacklogIsFullMeansNotAskedAfterTheConnectTime() throws Exception {
    ServerSocket listener = closing(new ServerSocket(0, 1, InetAddress.getLoopbackAddress()));
    fillBacklog(listener);
    PeerTimings hasty = new PeerTimings(SOON, NEVER, NEVER, NEVER, NEVER);

    PeerResult result =
        client("http://127.0.0.1:" + listener.getLocalPort(), hasty, 8).fetch("Tom");

    assertEquals(PeerResult.of(Status.NOT_ASKED, "no connection in 20 ms"), result);
  }

  @Test
  void aNameThatIsLookedUpForEverMeansNotAskedAfterTheConnectTime() throws Exception {
    PeerTimings hasty = new PeerTimings(SOON, NEVER, NEVER, NEVER, NEVER);
    Bootstrap bootstrap = bootstrap().resolver(new HeldResolvers());

    PeerResult result = client(bootstrap, "http://cache-7:8001", hasty, 8).fetch("Tom");

    assertEquals(PeerResult.of(Status.NOT_ASKED, "no connection in 20 ms"), result);
  }

  @Test
  void aConnectionClosedBeforeTheAnswerMeansNotAsked() throws Exception {
    ScriptedPeer peer = peer(ScriptedPeer.Wire::readRequest);

    assertEquals(
        PeerResult.of(Status.NOT_ASKED, "the connection was lost before the answer"),
        client(peer, PATIENT).fetch("Tom"));
    assertEquals(1, peer.accepted());
  }

  @Test
  void aConnectionResetBeforeTheAnswerMeansNotAsked() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.reset();
            });

    assertEquals(Status.NOT_ASKED, client(peer, PATIENT).fetch("Tom").status());
  }

  @Test
  void anAnswerCutShortMeansNotAsked() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nContent-Length: 100\r\n\r\n\n\142half");
            },
            wire -> {
              wire.readRequest();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nTransfer-Encoding: chunked\r\n\r\n3\r\n\n\0036\r\n");
            },
            wire -> {
              wire.readRequest();
              wire.write("HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nContent-Le");
            });
    Client client = client(peer, PATIENT);

    assertEquals(Status.NOT_ASKED, client.fetch("Tom").status());
    assertEquals(Status.NOT_ASKED, client.fetch("Jack").status());
    assertEquals(Status.NOT_ASKED, client.fetch("Sam").status());
  }

  @Test
  void aFetchLostOnAUsedConnectionIsSentOnceMoreOnAFreshOne() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readRequest(); // as if our idle time had ended just before
            },
            wire -> {
              assertTrue(wire.readRequest().startsWith("GET /_dawncache/scores/Jack "));
              wire.answer("589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT);

    assertEquals(value("630"), client.fetch("Tom"));
    assertEquals(value("589"), client.fetch("Jack"));
    assertEquals(2, peer.accepted());
  }

  @Test
  void aFetchLostOnAUsedConnectionByAResetIsSentOnceMoreToo() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readRequest();
              wire.reset();
            },
            wire -> {
              wire.readRequest();
              wire.answer("589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT, 1);

    assertEquals(value("630"), client.fetch("Tom"));
    assertEquals(value("589"), client.fetch("Jack"));
  }

  @Test
  void aFetchLostOnAUsedConnectionGoesOnAFreshOneBeforeThoseThatWaitForATurn() throws Exception {
    CountDownLatch allStarted = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readRequest();
              allStarted.await();
            },
            wire -> {
              assertTrue(wire.readRequest().startsWith("GET /_dawncache/scores/Jack "));
              wire.answer("589");
              assertTrue(wire.readRequest().startsWith("GET /_dawncache/scores/Sam "));
              wire.answer("567");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT, 1);
    assertEquals(value("630"), client.fetch("Tom"));
    CompletableFuture<PeerResult> lost = client.startFetch("Jack", NEVER);
    CompletableFuture<PeerResult> inTurn = client.startFetch("Sam", NEVER);
    allStarted.countDown();

    assertEquals(value("589"), lost.join());
    assertEquals(value("567"), inTurn.join());
  }

  @Test
  void aFetchLostOnTheFreshConnectionTooIsNotAsked() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readRequest();
            },
            ScriptedPeer.Wire::readRequest);
    Client client = client(peer, PATIENT);

    assertEquals(value("630"), client.fetch("Tom"));
    assertEquals(Status.NOT_ASKED, client.fetch("Jack").status());
    assertEquals(2, peer.accepted());
  }

  @Test
  void aConnectionThatThePeerClosedWhileItWasIdleCostsAFetchNothing() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
            },
            wire -> {
              wire.readRequest();
              wire.answer("589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT);

    assertEquals(value("630"), client.fetch("Tom"));
    assertEquals(value("589"), client.fetch("Jack")); // whether we have seen the end yet or not
  }

  // A peer that has the fetch and does not answer.

  @Test
  void aPeerThatIsSilentToAProbeTooMeansNotAskedAndTheConnectionIsClosed() throws Exception {
    CompletableFuture<String> probe = new CompletableFuture<>();
    CountDownLatch closed = new CountDownLatch(2);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.readToTheEnd();
              closed.countDown();
            },
            wire -> {
              probe.complete(wire.readRequest());
              wire.readToTheEnd();
              closed.countDown();
            });
    PeerTimings hasty =
        new PeerTimings(NEVER, Duration.ofMillis(1), Duration.ofMillis(500), NEVER, NEVER);

    PeerResult result = client(peer, hasty).fetch("Tom");

    assertEquals(PeerResult.of(Status.NOT_ASKED, "silent to a probe for 500 ms"), result);
    assertTrue(probe.join().startsWith("GET /_dawncache/probe HTTP/1.1\r\n"), probe.join());
    closed.await();
  }

  @Test
  void aPeerThatClosesTheProbeUnansweredMeansNotAsked() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.readToTheEnd();
            },
            ScriptedPeer.Wire::readRequest);
    PeerTimings hasty = new PeerTimings(NEVER, Duration.ofMillis(1), NEVER, NEVER, NEVER);

    assertEquals(Status.NOT_ASKED, client(peer, hasty).fetch("Tom").status());
  }

  @Test
  void aPeerThatAnswersProbesIsWaitedFor() throws Exception {
    CountDownLatch probesAnswered = new CountDownLatch(3);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              probesAnswered.await();
              wire.answer("630");
              wire.readToTheEnd();
            },
            wire -> {
              wire.readRequest();
              wire.write("HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n");
              wire.readToTheEnd(); // we close it
              probesAnswered.countDown();
            });
    PeerTimings curious = new PeerTimings(NEVER, Duration.ofMillis(1), NEVER, NEVER, NEVER);

    assertEquals(value("630"), client(peer, curious).fetch("Tom"));
  }

  @Test
  void thoseWhoAskAtOneTimeShareAProbeAndWhoAsksLaterDoesNot() throws Exception {
    CountDownLatch bothAsked = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              bothAsked.await();
              wire.write("HTTP/1.1 500 ?\r\n\r\n"); // any answer is a yes
              wire.readToTheEnd();
            },
            ScriptedPeer.Wire::readRequest);
    EventLoop loop = loops.next();
    Prober prober = new Prober(outbound(bootstrap(), PATIENT, 8), NodeUrl.parse(peer.url()), loop);

    CompletableFuture<Boolean> first = probe(prober, loop);
    CompletableFuture<Boolean> second = probe(prober, loop);
    bothAsked.countDown();

    assertTrue(first.join());
    assertTrue(second.join());
    assertEquals(1, peer.accepted());
    assertFalse(probe(prober, loop).join());
    assertEquals(2, peer.accepted());
  }

  @Test
  void aFetchThatIsNotAnsweredInItsTimeTimesOutAndItsConnectionIsClosed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("567");
              wire.readRequest();
              wire.readToTheEnd();
              closed.countDown();
            });
    Client client = client(peer, PATIENT);
    assertEquals(value("567"), client.fetch("Sam")); // so that the connection is there

    PeerResult result = client.startFetch("Tom", SOON).join();

    assertEquals(PeerResult.of(Status.TIMED_OUT, "no answer in 20 ms"), result);
    closed.await();
  }

  @Test
  void aHalfAnswerDoesNotStretchTheTime() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("567");
              wire.readRequest();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nContent-Length: 100\r\n\r\n\n\142half");
              wire.readToTheEnd();
              closed.countDown();
            });
    Client client = client(peer, PATIENT);
    assertEquals(value("567"), client.fetch("Sam")); // so that the connection is there

    PeerResult result = client.startFetch("Tom", SOON).join();

    assertEquals(Status.TIMED_OUT, result.status());
    closed.await();
  }

  // Answers that are none.

  @Test
  void aBodyThatIsNoProtobufFailed() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nContent-Length: 6\r\n\r\n<html>");
              wire.readToTheEnd();
            });

    PeerResult result = client(peer, PATIENT).fetch("Tom");

    assertEquals(Status.FAILED, result.status());
    assertTrue(result.detail().startsWith("not a protobuf Response, "), result.detail());
  }

  @Test
  void aGigabyteIsRefusedByItsLengthAlone() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nContent-Length: 1073741824\r\n\r\n");
              wire.readToTheEnd(); // we close it, having been sent none of the gigabyte
              closed.countDown();
            });

    assertEquals(tooLong(), client(peer, PATIENT).fetch("Tom"));
    closed.await();
  }

  @Test
  void anAnswerForWhichThereIsNoRoomIsOverloaded() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nTransfer-Encoding: chunked\r\n\r\n"
                      + ("64\r\n" + "x".repeat(100) + "\r\n").repeat(6)); // each a part
              wire.readToTheEnd();
              closed.countDown();
            });
    node.bytesInFlight().resize(500);

    assertEquals(
        PeerResult.of(Status.OVERLOADED, Outbound.NO_ROOM), client(peer, PATIENT).fetch("Tom"));
    closed.await();
    assertEquals(1, node.bytesInFlight().refused());
  }

  @Test
  void anEndlessBodyIsReadNoFurtherThanTheLimit() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nTransfer-Encoding: chunked\r\n\r\n");
              byte[] chunk = ("1000\r\n" + "x".repeat(0x1000) + "\r\n").getBytes(US_ASCII);
              assertThrows(
                  IOException.class,
                  () -> {
                    while (true) {
                      wire.write(chunk);
                    }
                  });
              closed.countDown();
            });

    assertEquals(tooLong(), client(peer, PATIENT).fetch("Tom"));
    closed.await();
  }

  @Test
  void whoAnswersGarbageCouldNotBeAskedAndItsConnectionIsClosed() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.write("this is not HTTP\r\n\r\n");
              wire.readToTheEnd();
              closed.countDown();
            });

    PeerResult result = client(peer, PATIENT).fetch("Tom");

    assertEquals(Status.NOT_ASKED, result.status());
    assertTrue(result.detail().startsWith("not an HTTP answer, "), result.detail());
    closed.await();
  }

  @Test
  void aNameWhoseFirstAddressRefusesIsReachedAtTheNext() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readToTheEnd();
            });
    Bootstrap bootstrap = bootstrap().resolver(new KnownNames("127.0.0.2", "127.0.0.1"));

    PeerResult result =
        client(bootstrap, "http://cache_7:" + portOf(peer), PATIENT, 8).fetch("Tom");

    assertEquals(value("630"), result);
  }

  @Test
  void anAddressThatIsSilentLeavesTheNextItsShareOfTheTime() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readToTheEnd();
            });
    ServerSocket silent =
        closing(new ServerSocket(portOf(peer), 1, InetAddress.getByName("127.0.0.2")));
    fillBacklog(silent);
    PeerTimings twoSeconds = new PeerTimings(Duration.ofSeconds(2), NEVER, NEVER, NEVER, NEVER);
    Bootstrap bootstrap = bootstrap().resolver(new KnownNames("127.0.0.2", "127.0.0.1"));

    PeerResult result =
        client(bootstrap, "http://cache-7:" + portOf(peer), twoSeconds, 8).fetch("Tom");

    assertEquals(value("630"), result);
  }

  private static int portOf(ScriptedPeer peer) {
    return NodeUrl.parse(peer.url()).port();
  }

  @Test
  void anAnswerThatNobodyAskedForClosesTheConnection() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.answer("666");
              wire.readToTheEnd();
              closed.countDown();
            },
            wire -> {
              wire.readRequest();
              wire.answer("589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT);

    assertEquals(value("630"), client.fetch("Tom"));
    closed.await();
    assertEquals(value("589"), client.fetch("Jack"));
  }

  @Test
  void anAnswerThatNobodyAskedForIsNotTakenForTheNextFetchs() throws Exception {
    CountDownLatch bothStarted = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              bothStarted.await();
              wire.write(
                  "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nContent-Length: 5\r\n\r\n\n\003630"
                      + "HTTP/1.1 200 OK\r\nDawncache-Status: value\r\nContent-Length: 5\r\n\r\n\n\003666");
              wire.readToTheEnd();
            },
            wire -> {
              wire.readRequest();
              wire.answer("589");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT, 1);
    CompletableFuture<PeerResult> tom = client.startFetch("Tom", NEVER);
    CompletableFuture<PeerResult> jack = client.startFetch("Jack", NEVER);
    bothStarted.countDown();

    assertEquals(value("630"), tom.join());
    assertEquals("589", jack.join().value().toUtf8());
  }

  // The end.

  @Test
  void aFetchInFlightOutlivesTheClientAndItsConnectionDoesNot() throws Exception {
    CountDownLatch clientClosed = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              asked.countDown();
              clientClosed.await();
              wire.answer("630");
              wire.readToTheEnd();
              closed.countDown();
            });
    Client client = client(peer, PATIENT);
    CompletableFuture<PeerResult> tom = client.startFetch("Tom", NEVER);
    asked.await();

    client.close();
    clientClosed.countDown();

    assertEquals(value("630"), tom.join());
    closed.await();
  }

  @Test
  void anIdleConnectionIsClosedWithTheClient() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readToTheEnd();
              closed.countDown();
            });
    Client client = client(peer, PATIENT);
    assertEquals(value("630"), client.fetch("Tom"));

    client.close();

    closed.await();
  }

  @Test
  void aFetchThatBeginsAfterTheEndLeavesNoConnectionBehind() throws Exception {
    CountDownLatch closed = new CountDownLatch(1);
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readToTheEnd();
              closed.countDown();
            });
    Client client = client(peer, PATIENT);
    client.close();

    assertEquals(value("630"), client.fetch("Tom"));
    closed.await();
  }

  @Test
  void closingAfterTheEventLoopsHaveStoppedDoesNothing() throws Exception {
    ScriptedPeer peer =
        peer(
            wire -> {
              wire.readRequest();
              wire.answer("630");
              wire.readToTheEnd();
            });
    Client client = client(peer, PATIENT);
    assertEquals(value("630"), client.fetch("Tom"));
    loops.shutdownGracefully(0, 30, TimeUnit.SECONDS).sync();

    client.close();
    client.close();
  }

  @Test
  void aFetchAfterTheEventLoopsHaveStoppedIsRefusedAtOnce() throws Exception {
    Client client = client(urlThatRefuses(), PATIENT, 8);
    loops.shutdownGracefully(0, 30, TimeUnit.SECONDS).sync();

    // The core takes it for a peer that could not be asked.
    assertThrows(RejectedExecutionException.class, () -> client.startFetch("Tom", NEVER));
  }

  @Test
  void whatIsNoNodesUrlIsRefusedBeforeAnyConnection() {
    PeerDirectory directory = new PeerDirectory(outbound(bootstrap(), PATIENT, 8));

    assertThrows(IllegalArgumentException.class, () -> directory.connect("10.0.0.2:8001"));
    assertFalse(directory.connect("http://10.0.0.2:8001") == null);
  }

  // The world of these tests.

  /** A client whose fetches have begun, on its event loop, when their start returns. */
  private final class Client implements AutoCloseable {
    private final PeerClient client;

    Client(PeerClient client) {
      this.client = client;
    }

    PeerResult fetch(String key) throws Exception {
      return startFetch(key, NEVER).join();
    }

    CompletableFuture<PeerResult> startFetch(String key, Duration timeout) throws Exception {
      CompletableFuture<PeerResult> result = new CompletableFuture<>();
      client.fetch(
          new PeerRequest("scores", key, timeout),
          told -> assertTrue(result.complete(told), "told twice"));
      loops.submit(() -> {}).sync();
      return result;
    }

    @Override
    public void close() {
      client.close();
    }
  }

  private static CompletableFuture<Boolean> probe(Prober prober, EventLoop loop) throws Exception {
    CompletableFuture<Boolean> told = new CompletableFuture<>();
    loop.submit(() -> prober.probe(told::complete)).sync();
    return told;
  }

  private ScriptedPeer peer(ScriptedPeer.Script... scripts) throws IOException {
    return closing(new ScriptedPeer(scripts));
  }

  private Client client(ScriptedPeer peer, PeerTimings timings) {
    return client(peer, timings, 8);
  }

  private Client client(ScriptedPeer peer, PeerTimings timings, int maxConnections) {
    return client(peer.url(), timings, maxConnections);
  }

  private Client client(String url, PeerTimings timings, int maxConnections) {
    return client(bootstrap(), url, timings, maxConnections);
  }

  private Client client(Bootstrap bootstrap, String url, PeerTimings timings, int maxConnections) {
    return new Client(
        new PeerClient(outbound(bootstrap, timings, maxConnections), NodeUrl.parse(url)));
  }

  private Outbound outbound(Bootstrap bootstrap, PeerTimings timings, int maxConnections) {
    return new Outbound(
        bootstrap,
        loops,
        Dialect.DAWNCACHE,
        new Limits(4096, 4096, MAX_VALUE_BYTES, NEVER),
        timings,
        maxConnections,
        false,
        TestFleet.of(SELF),
        node.bytesInFlight(),
        InstantSource.system(),
        null,
        null);
  }

  private static Bootstrap bootstrap() {
    return new Bootstrap().channel(NioSocketChannel.class);
  }

  /** A port that is taken, so that nobody else listens there, but not listened on. */
  private String urlThatRefuses() throws IOException {
    Socket bound = closing(new Socket());
    bound.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0));
    return "http://127.0.0.1:" + bound.getLocalPort();
  }

  /** Linux completes one connection more than the backlog and drops who comes after. */
  private void fillBacklog(ServerSocket listener) throws IOException {
    closing(new Socket(listener.getInetAddress(), listener.getLocalPort()));
    closing(new Socket(listener.getInetAddress(), listener.getLocalPort()));
  }

  private <T extends AutoCloseable> T closing(T resource) {
    toClose.add(resource);
    return resource;
  }

  private static PeerResult value(String text) {
    return PeerResult.value(ByteView.ofUtf8(text));
  }

  private static PeerResult notAskedAMomentAgo() {
    return PeerResult.of(Status.NOT_ASKED, "it could not be asked a moment ago");
  }

  private static PeerResult tooLong() {
    int maxBytes = MAX_VALUE_BYTES + (64 << 10);
    return PeerResult.of(
        Status.FAILED, "the answer is too long (expected: <= " + maxBytes + " bytes)");
  }

  /** Finds the same addresses for every name. */
  private static final class KnownNames extends AddressResolverGroup<InetSocketAddress> {
    private final List<String> addresses;

    KnownNames(String... addresses) {
      this.addresses = List.of(addresses);
    }

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      return new InetNameResolver(executor) {
        @Override
        protected void doResolve(String name, Promise<InetAddress> promise) throws Exception {
          promise.setSuccess(InetAddress.getByName(addresses.get(0)));
        }

        @Override
        protected void doResolveAll(String name, Promise<List<InetAddress>> promise)
            throws Exception {
          List<InetAddress> found = new ArrayList<>();
          for (String address : addresses) {
            found.add(InetAddress.getByName(address));
          }
          promise.setSuccess(found);
        }
      }.asAddressResolver();
    }
  }

  /** Looks names up and leaves the answer to the test. */
  private static final class HeldResolvers extends AddressResolverGroup<InetSocketAddress> {
    private final CompletableFuture<Promise<List<InetAddress>>> lookUp = new CompletableFuture<>();

    @Override
    protected AddressResolver<InetSocketAddress> newResolver(EventExecutor executor) {
      return new HeldResolver(executor, lookUp).asAddressResolver();
    }
  }

  private static final class HeldResolver extends InetNameResolver {
    private final CompletableFuture<Promise<List<InetAddress>>> lookUp;

    HeldResolver(EventExecutor executor, CompletableFuture<Promise<List<InetAddress>>> lookUp) {
      super(executor);
      this.lookUp = lookUp;
    }

    @Override
    protected void doResolve(String name, Promise<InetAddress> promise) {
      throw new UnsupportedOperationException();
    }

    @Override
    protected void doResolveAll(String name, Promise<List<InetAddress>> promise) {
      lookUp.complete(promise);
    }
  }
}
