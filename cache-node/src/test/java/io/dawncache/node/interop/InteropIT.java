package io.dawncache.node.interop;

import static java.util.Objects.requireNonNull;
import static java.util.concurrent.TimeUnit.MINUTES;
import static java.util.stream.Collectors.toMap;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Real nodes of golang/groupcache and real nodes of ours in one fleet: each finds the owners that
 * the others find, and each answers the others.
 */
@ParameterizedClass(name = "peerFrames: {0}")
@ValueSource(booleans = {true, false})
@Timeout(value = 5, unit = MINUTES)
class InteropIT {
  private static final int KEYS = 1_000;
  private static final int CALLERS = 16;

  private static final List<String> ODD_TEXTS =
      List.of(
          "a/b",
          "a//b",
          "/a",
          "a/",
          ".",
          "..",
          "../a",
          "a/../b",
          "%",
          "%2F",
          "100%25",
          "a+b",
          "+",
          "?",
          "a?b=c&d",
          "#a",
          "!\"$&'()*,:;<=>@[\\]^`{|}~",
          "tab\there",
          "line\nbreak",
          "é",
          "日本",
          "\uD83D\uDE00", // an emoji
          "k".repeat(8 * 1024)); // its value is more than the 2 KB from which Go answers in chunks

  // Of all tests that leave it as it was; each asks for keys of its own.
  private static @Nullable MixedFleet shared;

  private final boolean peerFrames; // between the nodes of ours
  private MixedFleet fleet;

  InteropIT(boolean peerFrames) {
    this.peerFrames = peerFrames;
  }

  @BeforeParameterizedClassInvocation
  static void startFleet(boolean peerFrames) throws Exception {
    shared = new MixedFleet(peerFrames);
  }

  @BeforeEach
  void takeFleet() {
    fleet = requireNonNull(shared);
    fleet.origin().forgetLoads();
  }

  @AfterParameterizedClassInvocation
  static void stopFleet() {
    if (shared != null) {
      shared.close();
    }
  }

  @Test
  void everyNodeAnswersEveryKeyFromTheOwnerThatTheRingNamesAndTheFleetLoadsItOnce()
      throws Exception {
    List<String> keys = keys("key-", KEYS);
    Map<NodeProcess, Map<String, Long>> before = counters();

    assertRight(fleet, answers(questions(fleet.nodes(), keys)));

    assertLoadedOnce(keys);
    Map<NodeProcess, Map<String, Long>> after = counters();
    Map<NodeProcess, Long> owned =
        fleet.nodes().stream()
            .collect(
                toMap(
                    Function.identity(),
                    node -> keys.stream().filter(key -> fleet.owner(key) == node).count()));
    for (NodeProcess node : fleet.nodes()) {
      // Each node was asked for each key once: for its own by us and by three peers, for all others
      // by us alone. So its books say how many fetches went each way.
      long own = owned.get(node);
      assertTrue(own > 0, () -> node + " owns none of the keys");
      // Go cannot tell us from a peer.
      long fromUs = fleet.goNodes().contains(node) ? KEYS : 0;
      Map<String, Long> expected =
          Map.of(
              "gets",
              KEYS + 3 * own,
              "localLoads",
              own,
              "localLoadErrs",
              0L,
              "peerLoads",
              KEYS - own,
              "peerErrors",
              0L,
              "serverRequests",
              fromUs + 3 * own);
      Map<String, Long> counted = new HashMap<>();
      for (String counter : expected.keySet()) {
        counted.put(counter, after.get(node).get(counter) - before.get(node).get(counter));
      }
      assertEquals(expected, counted, node::toString);
    }
    assertBooks(fleet);
  }

  @Test
  void everyKeyIsAnsweredWhileAndAfterAGoNodeIsKilled() throws Exception {
    try (MixedFleet mortal = new MixedFleet(peerFrames)) {
      List<String> warm = keys("key-", KEYS);
      assertRight(mortal, answers(questions(mortal.nodes(), warm)));
      NodeProcess dead = mortal.goNodes().get(0);
      List<NodeProcess> living = mortal.nodes().subList(1, mortal.nodes().size());

      List<String> cold = keys("cold-", KEYS / 4);
      List<Answer> answers =
          answersWhile(questions(living, cold), /* answered= */ KEYS / 4, dead::kill);
      answers.addAll(answers(questions(living, warm)));
      answers.addAll(answers(questions(living, keys("late-", KEYS / 4))));

      List<String> wrong = new ArrayList<>();
      for (Answer answer : answers) {
        if (heirs(mortal, answer.question, dead).stream().noneMatch(answer::isFrom)) {
          wrong.add(answer.toString());
        }
      }
      assertNone(wrong);
      assertBooks(mortal);
    }
  }

  @Test
  void keysOfOddCharactersAreRightOnEveryWay() throws Exception {
    List<String> keys = new ArrayList<>();
    for (String text : ODD_TEXTS) {
      keys.add(text);
      for (NodeProcess owner : fleet.nodes()) {
        keys.add(fleet.keyOwnedBy(owner, text));
      }
    }

    assertRight(fleet, answers(questions(fleet.nodes(), keys)));

    assertLoadedOnce(keys);
    assertBooks(fleet);
  }

  /**
   * Go writes a space as a plus and reads a plus as a plus. So a key with a space is wrong on the
   * one way from Go to Go; a Java node writes it so that Go can read it, and reads what Go meant.
   */
  @Test
  void keysWithSpacesAreRightOnEveryWayButFromGoToGo() throws Exception {
    List<String> keys = new ArrayList<>();
    for (String text : List.of("a b", " ", "  a", "a + b ")) {
      for (NodeProcess owner : fleet.nodes()) {
        keys.add(fleet.keyOwnedBy(owner, text));
      }
    }
    List<Question> questions = questions(fleet.nodes(), keys);
    questions.removeIf(
        question -> {
          NodeProcess owner = fleet.owner(question.key);
          return owner != question.asked
              && fleet.goNodes().contains(owner)
              && fleet.goNodes().contains(question.asked);
        });

    assertRight(fleet, answers(questions));

    assertLoadedOnce(keys);
    assertBooks(fleet);
  }

  @Test
  void anEmptyValueIsAValueOnEveryWay() throws Exception {
    List<String> keys = keys(CountingOrigin.EMPTY, 40);

    assertRight(fleet, answers(questions(fleet.nodes(), keys)));

    assertLoadedOnce(keys);
    assertBooks(fleet);
  }

  /** A Go node knows no such thing as a key that is not found: it answers 500 and asks again. */
  @Test
  void aJavaNodeSays404ForAMissingKeyWhoeverOwnsIt() throws Exception {
    for (NodeProcess owner : fleet.nodes()) {
      String key = fleet.keyOwnedBy(owner, CountingOrigin.MISSING);
      for (NodeProcess node : fleet.nodes()) {
        int expected = fleet.javaNodes().contains(node) ? 404 : 500;
        assertEquals(expected, node.status(key), () -> node + " for a key of " + owner);
      }
    }
    assertBooks(fleet);
  }

  private record Question(NodeProcess asked, String key) {}

  private record Answer(Question question, String value) {
    boolean isFrom(NodeProcess loader) {
      return value.equals(CountingOrigin.value(loader.index(), question.key));
    }

    @Override
    public String toString() {
      return question.asked + " for " + abbreviated(question.key) + ": " + abbreviated(value);
    }
  }

  @FunctionalInterface
  private interface Event {
    void happen() throws Exception;
  }

  private static List<String> keys(String prefix, int count) {
    return IntStream.range(0, count).mapToObj(number -> prefix + number).toList();
  }

  /** Returns every key for every node, shuffled: nodes are asked for the same key side by side. */
  private static List<Question> questions(List<NodeProcess> nodes, List<String> keys) {
    List<Question> questions = new ArrayList<>();
    for (String key : keys) {
      for (NodeProcess node : nodes) {
        questions.add(new Question(node, key));
      }
    }
    Collections.shuffle(questions, new Random(20));
    return questions;
  }

  private static List<Answer> answers(List<Question> questions) throws Exception {
    return answersWhile(questions, 0, () -> {});
  }

  /** Asks all the questions, and makes {@code event} happen when some have been answered. */
  private static List<Answer> answersWhile(List<Question> questions, int answered, Event event)
      throws Exception {
    CountDownLatch some = new CountDownLatch(answered);
    ExecutorService callers = Executors.newFixedThreadPool(CALLERS);
    try {
      List<Future<Answer>> asked = new ArrayList<>();
      for (Question question : questions) {
        Callable<Answer> ask =
            () -> {
              try {
                return new Answer(question, question.asked.get(question.key));
              } finally {
                some.countDown();
              }
            };
        asked.add(callers.submit(ask));
      }
      some.await();
      event.happen();

      List<Answer> answers = new ArrayList<>();
      for (int i = 0; i < asked.size(); i++) {
        try {
          answers.add(asked.get(i).get());
        } catch (ExecutionException e) {
          Question question = questions.get(i);
          throw new AssertionError(
              question.asked + " for " + abbreviated(question.key) + ": " + e.getCause(), e);
        }
      }
      return answers;
    } finally {
      callers.shutdownNow();
    }
  }

  private static void assertRight(MixedFleet fleet, List<Answer> answers) {
    List<String> wrong = new ArrayList<>();
    for (Answer answer : answers) {
      NodeProcess owner = fleet.owner(answer.question.key);
      if (!answer.isFrom(owner)) {
        wrong.add(answer + " (expected: the value of " + owner + ")");
      }
    }
    assertNone(wrong);
  }

  private static void assertNone(List<String> wrong) {
    assertTrue(
        wrong.isEmpty(),
        () ->
            wrong.size()
                + " wrong answers, among them\n"
                + String.join("\n", wrong.subList(0, Math.min(10, wrong.size()))));
  }

  /**
   * Returns whose value is right for a question when {@code dead} is dead. A living owner's,
   * always. Of a dead owner's key: a copy from before; or what a Java node has from the next Java
   * node on the ring or, before it knows which nodes are Java's, from itself; or what a Go node
   * loads itself, for Go knows no next owner.
   */
  private static List<NodeProcess> heirs(MixedFleet fleet, Question question, NodeProcess dead) {
    List<NodeProcess> owners = fleet.owners(question.key);
    if (owners.get(0) != dead) {
      return List.of(owners.get(0));
    }
    if (fleet.goNodes().contains(question.asked)) {
      return List.of(dead, question.asked);
    }
    NodeProcess next =
        owners.stream().filter(fleet.javaNodes()::contains).findFirst().orElseThrow();
    return List.of(dead, question.asked, next);
  }

  private void assertLoadedOnce(List<String> keys) {
    Map<String, Integer> once =
        keys.stream().distinct().collect(toMap(Function.identity(), key -> 1));
    assertEquals(once, fleet.origin().loadsByKey());
  }

  private Map<NodeProcess, Map<String, Long>> counters() throws Exception {
    Map<NodeProcess, Map<String, Long>> counters = new HashMap<>();
    for (NodeProcess node : fleet.nodes()) {
      counters.put(node, node.counters());
    }
    return counters;
  }

  /** Checks the identities between the counters of our nodes, which are at rest now. */
  private static void assertBooks(MixedFleet fleet) throws Exception {
    for (NodeProcess node : fleet.javaNodes()) {
      Map<String, Long> of = node.counters();
      assertEquals(of.get("gets"), of.get("cacheHits") + of.get("loads"), () -> node + ": " + of);
      assertEquals(
          of.get("loadsDeduped"),
          of.get("localLoads")
              + of.get("localLoadErrs")
              + of.get("peerLoads")
              + of.get("peerErrors"),
          () -> node + ": " + of);
      assertTrue(of.get("serverRequests") <= of.get("gets"), () -> node + ": " + of);
    }
  }

  private static String abbreviated(String text) {
    return text.length() <= 80 ? text : text.substring(0, 80) + "... (" + text.length() + ")";
  }
}
