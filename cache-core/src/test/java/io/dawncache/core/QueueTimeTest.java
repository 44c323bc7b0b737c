package io.dawncache.core;

import static io.dawncache.core.Answers.failure;
import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.HandOrigin.Question;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The queue of loads does not grow while an origin cannot keep up. Time is moved by the tests. */
@Timeout(60)
class QueueTimeTest {
  private static final Duration MOST = Duration.ofMillis(500);

  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final HandOrigin origin = new HandOrigin();

  private Group group(int maxLoads) {
    GroupConfig config = GroupConfig.builder().maxLoads(maxLoads).maxQueueTime(MOST).build();
    return node.addAsyncGroup("scores", config, origin);
  }

  @Test
  void aLoadIsRefusedWhileTheFirstOfTheQueueHasWaitedTooLong() throws Exception {
    Group group = group(1);
    CompletableFuture<ByteView> running = group.getAsync("a");
    CompletableFuture<ByteView> first = group.getAsync("b");
    time.pass(MOST);
    CompletableFuture<ByteView> second = group.getAsync("c");
    time.pass(Duration.ofNanos(1));

    OverloadedException refused = failure(OverloadedException.class, group.getAsync("d"));

    assertEquals(
        "load scores/d: overloaded, 1 loads running, 2 waiting for their turn",
        refused.getMessage());
    CompletableFuture<ByteView> joiner = group.getAsync("c"); // takes no place in the queue
    origin.next().is("done");
    value(running);
    Question next = origin.next();
    CompletableFuture<ByteView> third = group.getAsync("d"); // behind one that has not waited long
    next.is("done");
    origin.next().is("done");
    origin.next().is("done");
    for (CompletableFuture<ByteView> each : List.of(first, second, joiner, third)) {
      assertEquals("done", value(each));
    }
  }

  @Test
  void aBurstIsQueuedWholeHoweverLongItTakes() throws Exception {
    Group group = group(1);
    List<CompletableFuture<ByteView>> burst = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      burst.add(group.getAsync("key " + i));
    }

    for (int i = 0; i < burst.size(); i++) {
      time.pass(Duration.ofMillis(5));
      origin.next().is("done");
    }

    burst.forEach(each -> assertEquals("done", value(each)));
  }

  @Test
  void whatIsHeldIsServedAndRefreshedAsTheQueueHasRoom() throws Exception {
    Group group = group(1);
    CompletableFuture<ByteView> held = group.getAsync("held");
    origin.next().is("630");
    value(held);
    CompletableFuture<ByteView> running = group.getAsync("a");
    CompletableFuture<ByteView> waiting = group.getAsync("b");
    time.pass(MOST.plusNanos(1));

    failure(OverloadedException.class, group.getAsync("c"));

    assertEquals("630", group.get("held").toUtf8());
    origin.next().is("done");
    origin.next().is("done");
    assertEquals("done", value(running));
    assertEquals("done", value(waiting));
  }

  /** Eight loads at once of 10 ms each, and three times as many gets as that serves. */
  @Test
  void theOriginWorksToItsFullWhileThreeTimesAsMuchIsAskedForAndTheQueueIsSoonEmptyAfter()
      throws Exception {
    Group group = group(8);
    Queue<Question> running = new ArrayDeque<>();
    int asked = 0;
    int done = 0;
    for (int step = 0; step < 1000; step++) {
      for (int i = 0; i < 24; i++) {
        var unused = group.getAsync("key " + asked++);
      }
      done += aStepOfTheOrigin(group, running);
    }
    int stepsAfter = 0;
    while (group.activity().runningLoads() > 0) {
      done += aStepOfTheOrigin(group, running);
      stepsAfter++;
    }

    assertTrue(done >= 8 * 1000, "loads: " + done);
    assertTrue(stepsAfter <= 200, "it took " + stepsAfter * 10 + " ms");
    assertEquals(asked, done + group.stats().localLoadErrs());
  }

  private int aStepOfTheOrigin(Group group, Queue<Question> running) throws Exception {
    int loads = group.activity().runningLoads();
    while (running.size() < loads) {
      running.add(origin.next());
    }
    time.pass(Duration.ofMillis(10));
    int ended = running.size();
    List<Question> all = List.copyOf(running);
    running.clear();
    all.forEach(question -> question.is("done"));
    return ended;
  }
}
