package io.dawncache.core;

import static io.dawncache.core.Answers.failure;
import static io.dawncache.core.Answers.value;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.consistenthash.Scheme;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** How long values hold: TTLs, refresh ahead, stale answers, and what is known to be missing. */
class FreshnessTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);
  private static final Duration SECOND = Duration.ofSeconds(1);
  private static final Duration LONG_WAIT = Duration.ofHours(1);

  @RegisterExtension final Books books = new Books();

  private final HandClock time = new HandClock();
  private final CacheNode node = books.keepFor(time.node());
  private final HandOrigin origin = new HandOrigin();

  private Group group(GroupConfig.Builder config) {
    return node.addAsyncGroup("scores", config.build(), origin);
  }

  private static GroupConfig.Builder config() {
    return GroupConfig.builder();
  }

  private void loaded(Group group, String key, Loaded answer) throws Exception {
    CompletableFuture<Entry> future = group.getEntryAsync(key, LONG_WAIT);
    origin.next().answer().complete(answer);
    var unused = future.get();
  }

  // TTLs

  @ParameterizedTest
  @EnumSource
  void aValueIsLoadedAnewWhenItsTtlIsOver(CachePolicy policy) throws Exception {
    Group group = group(config().policy(policy).ttl(MINUTE));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(Duration.ofSeconds(59));
    assertEquals("630", group.get("Tom").toUtf8());

    time.pass(SECOND);
    CompletableFuture<ByteView> future = group.getAsync("Tom");
    origin.next().is("631");

    assertEquals("631", value(future));
  }

  @ParameterizedTest
  @EnumSource
  void whatHasExpiredGivesItsBytesBackWithoutBeingAskedFor(CachePolicy policy) throws Exception {
    Group group = group(config().policy(policy).ttl(MINUTE));
    for (int i = 0; i < 100; i++) {
      loaded(group, "key-" + i, Loaded.ofUtf8("630"));
    }
    assertTrue(group.stats().mainCache().bytes() > 0);

    time.pass(MINUTE.plus(SECOND));

    assertEquals(0, group.stats().mainCache().bytes());
    assertEquals(100, group.stats().events().expired());
    assertEquals(0, group.stats().mainCache().evictions());
  }

  @Test
  void theGettersTtlOverridesTheGroups() throws Exception {
    Group group = group(config().ttl(Duration.ofHours(1)));
    loaded(group, "Tom", Loaded.ofUtf8("630").withTtl(SECOND));

    time.pass(SECOND);

    assertNull(group.peek("Tom"));
  }

  @Test
  void aTtlOfZeroServesWhoWaitsAndIsNotKept() throws Exception {
    Group group = group(config());

    CompletableFuture<ByteView> future = group.getAsync("Tom");
    origin.next().answer().complete(Loaded.ofUtf8("630").withTtl(Duration.ZERO));

    assertEquals("630", value(future));
    assertEquals(0, group.stats().mainCache().items());
  }

  @Test
  void withoutATtlAValueHoldsForEver() throws Exception {
    Group group = group(config());
    loaded(group, "Tom", Loaded.ofUtf8("630"));

    time.pass(Duration.ofHours(2));

    Entry entry = group.getEntry("Tom", LONG_WAIT);
    assertEquals("630", entry.value().toUtf8());
    assertNull(group.forServers().remainingTtl(entry));
  }

  @Test
  void theRemainingTtlIsExactToTheMoment() throws Exception {
    Group group = group(config().ttl(MINUTE));
    loaded(group, "Tom", Loaded.ofUtf8("630"));

    time.pass(Duration.ofSeconds(18));

    assertEquals(
        Duration.ofSeconds(42), group.forServers().remainingTtl(group.getEntry("Tom", LONG_WAIT)));
  }

  @Test
  void jitterOnlyEverShortensATtl() throws Exception {
    Group group = group(config().ttl(MINUTE).ttlJitter(0.5));
    List<Duration> ttls = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      loaded(group, "key-" + i, Loaded.ofUtf8("630"));
      ttls.add(group.forServers().remainingTtl(group.getEntry("key-" + i, LONG_WAIT)));
    }

    for (Duration ttl : ttls) {
      assertTrue(ttl.compareTo(MINUTE) <= 0 && ttl.compareTo(MINUTE.dividedBy(2)) >= 0, "" + ttl);
    }
    assertTrue(ttls.stream().distinct().count() > 100, "drawn anew for each load: " + ttls);
  }

  // Refresh ahead

  @Test
  void aGetAfterTheSoftAgeAnswersAtOnceAndLoadsAnew() throws Exception {
    Group group = group(config().ttl(MINUTE).refreshAfterWrite(Duration.ofSeconds(30)));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(Duration.ofSeconds(31));

    assertEquals("630", group.get("Tom").toUtf8());
    HandOrigin.Question refresh = origin.next();
    assertEquals("630", group.get("Tom").toUtf8());
    refresh.is("631");

    assertEquals("631", group.get("Tom").toUtf8());
    assertEquals(2, origin.runs());
    assertEquals(1, group.stats().events().refreshes());
  }

  @Test
  void aThousandClientsAtTheMomentOfTheSoftAgeWaitForNobodyAndLoadOnce() throws Exception {
    Group group = group(config().ttl(MINUTE).refreshAfterWrite(Duration.ofSeconds(30)));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(Duration.ofSeconds(30));

    List<Thread> clients =
        IntStream.range(0, 1000)
            .mapToObj(
                i ->
                    new Thread(
                        () -> {
                          CompletableFuture<ByteView> answer = group.getAsync("Tom");
                          assertTrue(answer.isDone());
                        }))
            .toList();
    AtomicInteger waited = new AtomicInteger();
    clients.forEach(c -> c.setUncaughtExceptionHandler((t, e) -> waited.incrementAndGet()));
    clients.forEach(Thread::start);
    for (Thread client : clients) {
      client.join();
    }
    origin.next().is("631");

    assertEquals(0, waited.get());
    assertEquals(2, origin.runs());
  }

  @Test
  void aThousandClientsOfThreeNodesJustBeforeTheEndWaitForNobodyAndLoadOnce() throws Exception {
    List<HandClock> clocks = List.of(time, new HandClock(), new HandClock());
    List<String> urls = List.of("http://10.0.0.1", "http://10.0.0.2", "http://10.0.0.3");
    List<Group> fleet = new ArrayList<>();
    for (int i = 0; i < 3; i++) {
      CacheNode member = books.keepFor(clocks.get(i).node());
      GroupConfig config = config().ttl(MINUTE).refreshAfterWrite(Duration.ofSeconds(50)).build();
      fleet.add(member.addAsyncGroup("scores", config, origin));
      Membership members =
          new Membership(
              urls.get(i),
              Scheme.DAWNCACHE,
              Membership.REPLICAS,
              url -> new Neighbour(clocks.get(urls.indexOf(url)).node()));
      members.set(urls);
      member.registerPeerPicker(members);
    }
    loaded(fleet.get(0), "Tom", Loaded.ofUtf8("630"));
    clocks.forEach(clock -> clock.pass(Duration.ofSeconds(59)));

    List<CompletableFuture<ByteView>> answers =
        IntStream.range(0, 1000).mapToObj(i -> fleet.get(i % 3).getAsync("Tom")).toList();
    HandOrigin.Question refresh = origin.next();

    for (CompletableFuture<ByteView> answer : answers) {
      assertEquals("630", value(answer));
    }
    refresh.is("631");
    assertEquals(2, origin.runs());
  }

  @Test
  void aRefreshThatFindsNothingDropsTheValue() throws Exception {
    Group group = group(config().ttl(MINUTE).refreshAfterWrite(SECOND));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(SECOND);

    assertEquals("630", group.get("Tom").toUtf8());
    origin.next().answer().complete(Loaded.notFound());

    assertNull(group.peek("Tom"));
  }

  @Test
  void aRefreshThatFailsKeepsTheValueToItsEndAndIsTriedAgainAMomentLater() throws Exception {
    Group group = group(config().ttl(MINUTE).refreshAfterWrite(SECOND));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(SECOND);
    assertEquals("630", group.get("Tom").toUtf8());
    origin.next().answer().completeExceptionally(new IllegalStateException("down"));

    assertEquals("630", group.get("Tom").toUtf8());
    assertEquals(2, origin.runs());
    time.pass(Duration.ofSeconds(2));
    assertEquals("630", group.get("Tom").toUtf8());
    origin.next().is("631");

    assertEquals("631", group.get("Tom").toUtf8());
  }

  @Test
  void aRefreshOfBeforeARemovalDoesNotBringTheValueBack() throws Exception {
    Group group = group(config().ttl(MINUTE).refreshAfterWrite(SECOND));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(SECOND);
    assertEquals("630", group.get("Tom").toUtf8());
    HandOrigin.Question refresh = origin.next();

    group.remove("Tom");
    refresh.is("630");

    assertNull(group.peek("Tom"));
    assertEquals(1, group.stats().events().notKept());
  }

  @Test
  void aRefreshThatANeighboursRemovalFencedOffIsTriedAgain() throws Exception {
    // "Aa" and "BB" have one hash code, so they share a stripe.
    Group group = group(config().refreshAfterWrite(SECOND));
    loaded(group, "Aa", Loaded.ofUtf8("630"));
    time.pass(SECOND);
    assertEquals("630", group.get("Aa").toUtf8());
    HandOrigin.Question fenced = origin.next();
    group.remove("BB");
    fenced.is("631");
    assertEquals("630", group.get("Aa").toUtf8());

    time.pass(Duration.ofSeconds(2));
    assertEquals("630", group.get("Aa").toUtf8());
    origin.next().is("632");

    assertEquals("632", group.get("Aa").toUtf8());
  }

  // Stale on error

  @Test
  void anExpiredValueIsAnsweredAsStaleWhenTheOriginFails() throws Exception {
    Group group = group(config().ttl(MINUTE).staleIfError(MINUTE));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(MINUTE.plus(SECOND));

    CompletableFuture<Entry> future = group.getEntryAsync("Tom", LONG_WAIT);
    origin.next().answer().completeExceptionally(new IllegalStateException("down"));

    assertEquals("630", future.get().value().toUtf8());
    assertTrue(future.get().isStale());
    assertEquals(1, group.stats().events().staleServed());
  }

  @Test
  void afterAFailureStaleAnswersComeAtOnceAndTheOriginIsTriedOnceASecond() throws Exception {
    Group group = group(config().ttl(MINUTE).staleIfError(MINUTE));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(MINUTE.plus(SECOND));
    CompletableFuture<Entry> first = group.getEntryAsync("Tom", LONG_WAIT);
    origin.next().answer().completeExceptionally(new IllegalStateException("down"));
    assertTrue(first.get().isStale());

    assertTrue(group.getEntry("Tom", LONG_WAIT).isStale());
    assertEquals(2, origin.runs());
    time.pass(Duration.ofSeconds(2));
    assertTrue(group.getEntry("Tom", LONG_WAIT).isStale());
    assertTrue(group.getEntry("Tom", LONG_WAIT).isStale());
    origin.next().is("631");

    assertEquals(3, origin.runs());
    assertFalse(group.getEntry("Tom", LONG_WAIT).isStale());
    assertEquals("631", group.get("Tom").toUtf8());
  }

  @Test
  void aRejectionIsNeverMaskedByTheOldValueAndEndsIt() throws Exception {
    Group group = group(config().ttl(MINUTE).staleIfError(MINUTE));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(MINUTE.plus(SECOND));

    CompletableFuture<ByteView> rejected = group.getAsync("Tom");
    origin.next().answer().complete(Loaded.rejected("status 403"));
    assertEquals(
        "load scores/Tom: rejected by the origin, status 403",
        failure(RejectedException.class, rejected).getMessage());
    CompletableFuture<ByteView> failed = group.getAsync("Tom");
    origin.next().answer().completeExceptionally(new IllegalStateException("down"));

    failure(GetFailedException.class, failed);
    assertEquals(0, group.stats().mainCache().items());
  }

  @Test
  void aRefreshThatIsRejectedEndsTheValue() throws Exception {
    Group group = group(config().ttl(MINUTE).staleIfError(MINUTE).refreshAfterWrite(SECOND));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(SECOND);

    assertEquals("630", group.get("Tom").toUtf8());
    origin.next().answer().complete(Loaded.rejected("status 403"));

    assertNull(group.peek("Tom"));
    assertEquals(0, group.stats().mainCache().items());
  }

  @Test
  void aRejectionThatAPutHasOvertakenLeavesThePutValue() throws Exception {
    Group group = group(config());
    CompletableFuture<ByteView> future = group.getAsync("Tom");
    HandOrigin.Question question = origin.next();

    group.put("Tom", ByteView.ofUtf8("631"));
    question.answer().complete(Loaded.rejected("status 403"));

    failure(RejectedException.class, future);
    assertEquals("631", group.get("Tom").toUtf8());
  }

  @Test
  void pastStaleIfErrorTheFailureIsTheAnswer() throws Exception {
    Group group = group(config().ttl(MINUTE).staleIfError(MINUTE));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(MINUTE.multipliedBy(2).plus(SECOND));

    CompletableFuture<ByteView> future = group.getAsync("Tom");
    origin.next().answer().completeExceptionally(new IllegalStateException("down"));

    failure(GetFailedException.class, future);
    assertEquals(0, group.stats().mainCache().items());
  }

  @Test
  void aValueThatWasRemovedIsNeverServedStale() throws Exception {
    Group group = group(config().ttl(MINUTE).staleIfError(MINUTE));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(MINUTE.plus(SECOND));
    CompletableFuture<ByteView> future = group.getAsync("Tom");
    HandOrigin.Question question = origin.next();

    group.remove("Tom");
    question.answer().completeExceptionally(new IllegalStateException("down"));

    failure(GetFailedException.class, future);
  }

  @Test
  void withoutStaleIfErrorAnExpiredValueIsNeverAnswered() throws Exception {
    Group group = group(config().ttl(MINUTE));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    time.pass(MINUTE);

    CompletableFuture<ByteView> future = group.getAsync("Tom");
    origin.next().answer().completeExceptionally(new IllegalStateException("down"));

    failure(GetFailedException.class, future);
  }

  // What is not found

  @Test
  void whatIsNotFoundIsRememberedForItsTime() throws Exception {
    Group group = group(config().negativeTtl(MINUTE));
    CompletableFuture<ByteView> first = group.getAsync("Nobody");
    origin.next().answer().complete(Loaded.notFound());
    failure(NotFoundException.class, first);

    assertThrows(NotFoundException.class, () -> group.get("Nobody"));
    assertEquals(1, origin.runs());
    assertEquals(1, group.stats().events().notFoundHits());
    time.pass(MINUTE);
    CompletableFuture<ByteView> later = group.getAsync("Nobody");
    origin.next().is("1");

    assertEquals("1", value(later));
    assertEquals(0, group.stats().missingKeys().items());
  }

  @Test
  void aMissIsAGetThatMemoryDoesNotAnswerNeitherWithAValueNorWithNotFound() throws Exception {
    Group group = group(config().negativeTtl(MINUTE));
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    CompletableFuture<ByteView> nobody = group.getAsync("Nobody");
    CompletableFuture<ByteView> nobodyEither = group.getAsync("Nobody");
    origin.next().answer().complete(Loaded.notFound());
    failure(NotFoundException.class, nobody);
    failure(NotFoundException.class, nobodyEither);
    assertEquals(3, group.stats().misses(), "the two that shared a load are two misses");

    group.get("Tom");
    assertThrows(NotFoundException.class, () -> group.get("Nobody"));

    assertEquals(3, group.stats().misses());
    assertEquals(2, group.stats().cacheHits());
    assertEquals(5, group.stats().gets());
  }

  @Test
  void theGetterMaySayHowLongAKeyIsNotFound() throws Exception {
    Group group = group(config());
    CompletableFuture<ByteView> first = group.getAsync("Nobody");
    origin.next().answer().complete(Loaded.notFound().withTtl(MINUTE));
    failure(NotFoundException.class, first);

    assertThrows(NotFoundException.class, () -> group.get("Nobody"));
    assertEquals(1, origin.runs());
  }

  @Test
  void byDefaultTheOriginIsAskedEachTimeForWhatIsNotFound() throws Exception {
    Group group = group(config());
    for (int i = 1; i <= 3; i++) {
      CompletableFuture<ByteView> future = group.getAsync("Nobody");
      origin.next().answer().complete(Loaded.notFound());
      failure(NotFoundException.class, future);
      assertEquals(i, origin.runs());
    }
  }

  @Test
  void whatIsNotFoundTakesASixteenthOfTheBudgetAtMost() throws Exception {
    int budget = 1 << 20;
    Group group = group(config().maxBytes(budget).negativeTtl(MINUTE));
    for (int i = 0; i < 2_000; i++) {
      CompletableFuture<ByteView> future = group.getAsync("nobody-" + i);
      origin.next().answer().complete(Loaded.notFound());
      failure(NotFoundException.class, future);
    }

    CacheStats missing = group.stats().missingKeys();
    assertTrue(missing.bytes() <= budget / 16, "" + missing);
    assertTrue(missing.bytes() > budget / 20, "" + missing);
    assertEquals(2_000, missing.items() + missing.evictions());
  }

  @Test
  void aPutEndsTheMemoryThatAKeyWasNotFound() throws Exception {
    Group group = group(config().negativeTtl(MINUTE));
    CompletableFuture<ByteView> first = group.getAsync("Tom");
    origin.next().answer().complete(Loaded.notFound());
    failure(NotFoundException.class, first);

    group.put("Tom", ByteView.ofUtf8("630"));

    assertEquals("630", group.get("Tom").toUtf8());
    assertEquals(0, group.stats().missingKeys().items());
  }

  // A process that was stopped

  @Test
  void aNodeThatWasStoppedForLongerThanTheHotTtlTrustsNothingItHolds() throws Exception {
    Group group = group(config());
    loaded(group, "Tom", Loaded.ofUtf8("630"));
    assertNotNull(group.peek("Tom"));

    time.stopFor(Duration.ofSeconds(11));
    node.wakeUp();

    assertNull(group.peek("Tom"));
  }

  @Test
  void whatIsNotFoundWithoutATtlIsNotRememberedForAMomentEither() throws Exception {
    Group group = group(config());
    CompletableFuture<ByteView> first = group.getAsync("Nobody");
    HandOrigin.Question question = origin.next();
    time.stopFor(Duration.ofMillis(150)); // the timer is a little late
    question.answer().complete(Loaded.notFound());
    failure(NotFoundException.class, first);

    assertEquals(0, group.stats().missingKeys().items());
  }

  @Test
  void aNodeThatWasStoppedForAMomentKeepsWhatItHolds() throws Exception {
    Group group = group(config());
    loaded(group, "Tom", Loaded.ofUtf8("630"));

    time.stopFor(Duration.ofSeconds(9));
    node.wakeUp();

    assertNotNull(group.peek("Tom"));
  }

  @Test
  void aLoadThatBeganBeforeTheStopIsNotKept() throws Exception {
    Group group = group(config());
    CompletableFuture<ByteView> future = group.getAsync("Tom");
    HandOrigin.Question question = origin.next();

    time.stopFor(Duration.ofSeconds(11));
    node.wakeUp();
    question.is("630");

    assertEquals("630", value(future));
    assertNull(group.peek("Tom"));
  }
}
