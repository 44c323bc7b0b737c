package io.dawncache.bench.chaos;

import com.google.gson.Gson;
import com.google.gson.JsonObject;
import io.dawncache.core.PeerResult;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * What clients do beside their gets, one call at a time: puts, removes and bulk gets. Every node is
 * asked for a key that was changed, at once if the change has reached all members, and once more
 * some seconds later: by then members that were away have received it, too.
 */
final class SoakCalls implements AutoCloseable {
  private static final long INTERVAL_MILLIS = 100;
  private static final int BULK = 40; // keys
  private static final int LOOKS_BACK = 60; // turns, each of two changes of one key
  private static final int START = 40; // letters of a value, with its key and version
  private static final long END_SECONDS = 60;

  /** What a call is. */
  enum Kind {
    PUT("puts"),
    REMOVE("removes"),
    BULK_GET("bulk gets"),
    /** Every node is asked for a key that was changed some seconds ago. */
    LOOK_BACK("looks back at changes");

    private final String label;

    Kind(String label) {
      this.label = label;
    }

    String label() {
      return label;
    }
  }

  /**
   * One call.
   *
   * @param span from its begin to its end
   * @param failure why it failed; null if it was done
   * @param unreached whether it was done, and did not reach all members
   * @param stale which node answered another value than the last one of the key; null if none did
   *     that had to have it
   */
  record Call(
      Kind kind, Span span, @Nullable String failure, boolean unreached, @Nullable String stale) {}

  private final List<ChaosNode> nodes;
  private final List<String> operations;
  private final Predicate<ChaosNode> ready;
  private final SoakKeys keys;
  private final OriginValues values;
  private final int steady;
  private final SplittableRandom random = new SplittableRandom(7);
  private final Queue<Call> calls = new ConcurrentLinkedQueue<>();
  private final ScheduledExecutorService thread =
      Executors.newSingleThreadScheduledExecutor(
          task -> {
            Thread thread = new Thread(task, "soak-calls");
            thread.setDaemon(true);
            return thread;
          });

  /** Keys of which is not known whether their last change was made. Belongs to the thread. */
  private final Set<String> doubtful = new HashSet<>();

  private int number; // belongs to the thread

  /**
   * Makes calls from now on.
   *
   * @param operations the authorities of the nodes' operations listeners, in the same order
   * @param ready whether clients ask a node now
   * @param steady how many keys never change
   */
  SoakCalls(
      List<ChaosNode> nodes,
      List<String> operations,
      Predicate<ChaosNode> ready,
      SoakKeys keys,
      OriginValues values,
      int steady) {
    this.nodes = List.copyOf(nodes);
    this.operations = List.copyOf(operations);
    this.ready = ready;
    this.keys = keys;
    this.values = values;
    this.steady = steady;
    thread.scheduleWithFixedDelay(
        this::callNext, INTERVAL_MILLIS, INTERVAL_MILLIS, TimeUnit.MILLISECONDS);
  }

  private void callNext() {
    int turn = number++;
    int node = turn / 4 % nodes.size();
    if (!ready.test(nodes.get(node))) {
      return;
    }
    try {
      switch (turn % 4) {
        case 0 -> change(Kind.PUT, node, SoakKeys.changing(turn / 4));
        case 1 -> change(Kind.REMOVE, node, SoakKeys.changing(turn / 4));
        case 2 -> bulkGet(node);
        default -> lookBack(turn / 4 - 1 - random.nextInt(LOOKS_BACK));
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private void change(Kind kind, int node, String key) throws InterruptedException {
    values.change(key);
    String value = values.of(key);
    Map<String, String> arguments =
        kind == Kind.PUT
            ? Map.of("group", ChaosNode.GROUP, "key", key, "value", value)
            : Map.of("group", ChaosNode.GROUP, "key", key);
    long fromNanos = System.nanoTime();
    String failure = null;
    boolean unreached = false;
    String stale = null;
    try {
      String path = kind == Kind.PUT ? "/put" : "/remove";
      String answer = Direct.operate(operations.get(node), path, new Gson().toJson(arguments));
      JsonObject applied = new Gson().fromJson(answer, JsonObject.class);
      unreached =
          !applied.getAsJsonArray("unreached").isEmpty()
              || !applied.getAsJsonArray("otherLists").isEmpty();
      stale = unreached ? null : stale(key, value);
    } catch (IOException e) {
      failure = "node " + nodes.get(node).number() + ": " + e;
    }
    if (failure == null) {
      doubtful.remove(key);
    } else {
      doubtful.add(key);
    }
    calls.add(new Call(kind, Scene.since(fromNanos), failure, unreached, stale));
  }

  /** Asks for the key of an earlier turn, if its last change was made. */
  private void lookBack(int turn) throws InterruptedException {
    String key = SoakKeys.changing(turn);
    if (turn < 0 || doubtful.contains(key)) {
      return;
    }
    long fromNanos = System.nanoTime();
    String failure = null;
    String stale = null;
    try {
      stale = stale(key, values.of(key));
    } catch (IOException e) {
      failure = e.toString(); // some have no message
    }
    calls.add(new Call(Kind.LOOK_BACK, Scene.since(fromNanos), failure, false, stale));
  }

  /** Returns which node that is ready answers another value, or null. */
  private @Nullable String stale(String key, String value)
      throws IOException, InterruptedException {
    for (ChaosNode node : nodes) {
      String answer = ready.test(node) ? Direct.get(node, key) : value;
      if (!answer.equals(value)) {
        return "node " + node.number() + ": " + start(answer) + ", not " + start(value);
      }
    }
    return null;
  }

  private static String start(String value) {
    return value.substring(0, Math.min(value.length(), START)).replaceAll("[ .]*$", "");
  }

  private void bulkGet(int node) throws InterruptedException {
    List<String> asked = new ArrayList<>();
    for (int i = 0; i < BULK; i++) {
      asked.add(keys.name(random.nextInt(steady)));
    }
    List<String> distinct = asked.stream().distinct().toList();
    long fromNanos = System.nanoTime();
    String failure = null;
    try {
      Map<String, PeerResult> results = Direct.getAll(nodes.get(node), distinct);
      for (String key : distinct) {
        PeerResult result = results.get(key);
        if (result == null || !result.value().toUtf8().equals(values.of(key))) {
          failure = key + ": " + (result == null ? "no result" : result.status());
        }
      }
    } catch (IOException e) {
      failure = "node " + nodes.get(node).number() + ": " + e;
    }
    calls.add(new Call(Kind.BULK_GET, Scene.since(fromNanos), failure, false, null));
  }

  /** Returns the calls that have ended. */
  List<Call> calls() {
    return List.copyOf(calls);
  }

  /** Ends the last call, and makes none after it. */
  @Override
  public void close() {
    thread.shutdown();
    try {
      if (!thread.awaitTermination(END_SECONDS, TimeUnit.SECONDS)) {
        thread.shutdownNow();
      }
    } catch (InterruptedException e) {
      thread.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
