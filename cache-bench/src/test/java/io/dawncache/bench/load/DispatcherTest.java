package io.dawncache.bench.load;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.Dialect;
import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A distributor and its connections, without sockets, and with a clock that stands still. */
final class DispatcherTest implements LoadConnection.Owner {
  private static final long STEP = 1_000_000; // from one request to the next
  private static final String OK = "HTTP/1.1 200 OK\r\nContent-Length: 1\r\n\r\nx";
  private static final String NOT_FOUND = "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n";

  private long now;
  private double puts;
  private final List<LoadConnection> disconnected = new ArrayList<>();
  private final Requests requests =
      new Requests(Plans.TARGET, Dialect.DAWNCACHE, "/_dawncache/", "scores", Plans.KEYS);

  @Test
  void aStallIsChargedWithAllTheRequestsThatWereDueInIt() {
    Dispatcher dispatcher = open(STEP, 10);
    EmbeddedChannel only = connect(dispatcher, 1, LoadPlan.UNBOUNDED);

    dispatcher.dispatch();
    assertEquals(1, requestsIn(only));
    now = 9 * STEP; // the server stalls: nine more are due, and none can be sent
    assertEquals(0, dispatcher.dispatch());
    assertFalse(dispatcher.hasRoom());
    for (int i = 0; i < 10; i++) { // then it is fast as light
      answer(only, OK);
      dispatcher.dispatch();
    }

    Tally tally = dispatcher.takeMeasured();
    assertEquals(10, tally.sent);
    assertEquals(10, tally.answered());
    assertEquals(0, tally.backlog);
    for (int i = 0; i <= 9; i++) { // 0 to 9 steps, one request each; uncorrected, nine had 0
      assertEquals(
          1,
          tally.getLatency.getCountBetweenValues(i * STEP, (long) ((i + 0.5) * STEP)),
          i + " steps");
    }
    assertEquals(0, tally.sentLate.getMaxValue(), "it was not the generator that was late");
  }

  @Test
  void whatTheGeneratorIsLateIsItsOwnFaultAndPartOfTheLatency() {
    Dispatcher dispatcher = open(STEP, 1);
    EmbeddedChannel only = connect(dispatcher, 1, LoadPlan.UNBOUNDED);

    now = 5 * STEP; // there was room all the time
    dispatcher.dispatch();
    now = 7 * STEP;
    answer(only, OK);

    Tally tally = dispatcher.takeMeasured();
    assertEquals(5 * STEP, (double) tally.sentLate.getMaxValue(), STEP / 100.0);
    assertEquals(7 * STEP, (double) tally.getLatency.getMaxValue(), STEP / 100.0);
  }

  @Test
  void whatIsDueAndHasNoRoomIsTheBacklog() {
    Dispatcher dispatcher = open(STEP, 10);
    connect(dispatcher, 1, LoadPlan.UNBOUNDED);
    now = 4 * STEP;
    dispatcher.dispatch();
    assertEquals(4, dispatcher.takeMeasured().backlog);
  }

  @Test
  void nothingIsSentBeforeItIsDue() {
    Dispatcher dispatcher = open(STEP, 10);
    EmbeddedChannel a = connect(dispatcher, 4, LoadPlan.UNBOUNDED);
    now = 2 * STEP - 1;
    assertEquals(2, dispatcher.dispatch());
    assertEquals(2, requestsIn(a));
    now++;
    assertEquals(1, dispatcher.dispatch());
  }

  @Test
  void connectionsShareTheWorkBeforeAnyGetsASecondRequest() {
    Dispatcher dispatcher = open(1, 5);
    EmbeddedChannel a = connect(dispatcher, 2, LoadPlan.UNBOUNDED);
    EmbeddedChannel b = connect(dispatcher, 2, LoadPlan.UNBOUNDED);
    now = 100;
    assertEquals(4, dispatcher.dispatch());
    assertEquals(2, requestsIn(a));
    assertEquals(2, requestsIn(b));
    assertEquals(4, dispatcher.inFlight());
    answer(b, OK);
    dispatcher.dispatch();
    assertEquals(1, requestsIn(b));
  }

  @Test
  void aConnectionLivesForSoManyRequestsAndGoesWhenTheyAreAnswered() {
    Dispatcher dispatcher = open(1, 100);
    EmbeddedChannel brief = connect(dispatcher, 4, 3);
    now = 100;
    assertEquals(3, dispatcher.dispatch());
    answer(brief, OK + OK);
    assertTrue(brief.isActive());
    assertEquals(0, dispatcher.dispatch());
    answer(brief, OK);
    assertFalse(brief.isActive());
    assertEquals(1, disconnected.size());
    assertEquals(3, dispatcher.takeMeasured().answered());
  }

  @Test
  void whatAConnectionTakesWithItIsCountedAsLost() {
    Dispatcher dispatcher = open(1, 2);
    EmbeddedChannel only = connect(dispatcher, 2, LoadPlan.UNBOUNDED);
    now = 100;
    dispatcher.dispatch();
    answer(only, "HTTP/1.1 200 OK\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
    Tally tally = dispatcher.takeMeasured();
    assertFalse(only.isActive());
    assertEquals(1, tally.answered());
    assertEquals(1, tally.failures(Failure.LOST));
    assertEquals(1, tally.errors());
    assertEquals(0, dispatcher.inFlight());
  }

  @Test
  void whatIsNoHttpEndsTheConnection() {
    Dispatcher dispatcher = open(1, 1);
    EmbeddedChannel only = connect(dispatcher, 1, LoadPlan.UNBOUNDED);
    dispatcher.dispatch();
    answer(only, "220 mail.example.com ESMTP\r\n");
    assertFalse(only.isActive());
    assertEquals(1, dispatcher.takeMeasured().failures(Failure.MALFORMED));
  }

  @Test
  void anAnswerToNothingEndsTheConnection() {
    Dispatcher dispatcher = open(1, 0);
    EmbeddedChannel only = connect(dispatcher, 1, LoadPlan.UNBOUNDED);
    answer(only, OK);
    assertFalse(only.isActive());
    assertEquals(0, dispatcher.takeMeasured().answered());
  }

  @Test
  void onlyARequestThatWaitsTooLongIsGivenUp() {
    Dispatcher dispatcher = open(1, 2);
    LoadConnection[] connection = new LoadConnection[1];
    EmbeddedChannel only = connect(dispatcher, 2, LoadPlan.UNBOUNDED, connection);
    now = 100;
    dispatcher.dispatch();
    connection[0].giveUpOn(99);
    assertTrue(only.isActive());
    connection[0].giveUpOn(100);
    only.runPendingTasks();
    assertFalse(only.isActive());
    assertEquals(2, dispatcher.takeMeasured().failures(Failure.TIMED_OUT));
    assertEquals(0, dispatcher.inFlight());
    assertFalse(dispatcher.hasRoom());
  }

  @Test
  void whatWarmsUpDoesNotCountEvenIfItEndsLate() {
    Dispatcher dispatcher = dispatcher();
    dispatcher.begin(new Schedule.Open(0, STEP, 2, 1)); // two warm up
    EmbeddedChannel only = connect(dispatcher, 3, LoadPlan.UNBOUNDED);
    for (; now < 3 * STEP; now += STEP) {
      dispatcher.dispatch();
    }
    answer(only, OK + NOT_FOUND + OK);
    Tally measured = dispatcher.takeMeasured();
    assertEquals(1, measured.sent);
    assertEquals(Map.of(200, 1L), measured.statuses());
    assertEquals(2, dispatcher.takeWarmUp().answered());
  }

  @Test
  void getsAndPutsAreCountedApartAndAPutThatIsNotDoneIsAnError() {
    puts = 0.5;
    Dispatcher dispatcher = open(1, 1_000);
    EmbeddedChannel only = connect(dispatcher, 1_000, LoadPlan.UNBOUNDED);
    now = 10_000;
    dispatcher.dispatch();
    List<Boolean> order = putsIn(only);
    long wanted = order.stream().filter(put -> put).count();
    assertEquals(500, (double) wanted, 100);
    String notDone = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n\u0008\u0002";
    for (int i = 0; i < order.size(); i++) {
      answer(only, notDone); // a get's value may look like that, and is none the worse for it
    }
    Tally tally = dispatcher.takeMeasured();
    assertEquals(wanted, tally.sentPuts);
    assertEquals(wanted, tally.putLatency.getTotalCount());
    assertEquals(wanted, tally.putsNotDone);
    assertEquals(wanted, tally.errors());
    assertEquals(1_000 - wanted, tally.getLatency.getTotalCount());
  }

  private Dispatcher open(long periodNanos, long requests) {
    Dispatcher dispatcher = dispatcher();
    dispatcher.begin(new Schedule.Open(0, periodNanos, 0, requests));
    return dispatcher;
  }

  private Dispatcher dispatcher() {
    return new Dispatcher(Plans.KEYS.chooser(0, 1), puts, KeyOwners.everybody(), () -> now, 1);
  }

  private EmbeddedChannel connect(Dispatcher dispatcher, int depth, long life) {
    return connect(dispatcher, depth, life, new LoadConnection[1]);
  }

  private EmbeddedChannel connect(
      Dispatcher dispatcher, int depth, long life, LoadConnection[] connection) {
    connection[0] = new LoadConnection(dispatcher, this, requests, 0, depth, life, true);
    return new EmbeddedChannel(connection[0]);
  }

  private static void answer(EmbeddedChannel channel, String text) {
    channel.writeInbound(Unpooled.copiedBuffer(text, ISO_8859_1));
    channel.runPendingTasks();
  }

  private static int requestsIn(EmbeddedChannel channel) {
    return putsIn(channel).size();
  }

  /** Takes what was sent and returns of each request whether it is a put. */
  private static List<Boolean> putsIn(EmbeddedChannel channel) {
    List<Boolean> puts = new ArrayList<>();
    for (ByteBuf out = channel.readOutbound(); out != null; out = channel.readOutbound()) {
      String text = out.toString(ISO_8859_1);
      out.release();
      for (int at = 0; at >= 0 && at < text.length(); ) {
        int get = text.indexOf("GET /_dawncache/scores/key", at);
        int put = text.indexOf("POST /_dawncache/ HTTP", at);
        boolean isPut = put >= 0 && (get < 0 || put < get);
        int next = isPut ? put : get;
        if (next < 0) {
          break;
        }
        puts.add(isPut);
        at = next + 1;
      }
    }
    return puts;
  }

  @Override
  public void connected(LoadConnection connection) {}

  @Override
  public void disconnected(LoadConnection connection) {
    disconnected.add(connection);
  }
}
