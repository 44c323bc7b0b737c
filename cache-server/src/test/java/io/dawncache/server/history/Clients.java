package io.dawncache.server.history;

import static java.util.concurrent.TimeUnit.MILLISECONDS;

import io.dawncache.server.history.History.Change;
import java.util.List;
import java.util.Random;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;

/** The clients of a fleet: each round one of them asks some member for something. */
final class Clients {
  private static final int MOST_AT_ONCE = 32;
  private static final int STUCK_MILLIS = 5;
  private static final List<String> KEYS = IntStream.range(0, 12).mapToObj(i -> "key" + i).toList();

  private final History history;
  private final SlowOrigin origin;
  private final Random random = new Random();
  private final Semaphore turns = new Semaphore(MOST_AT_ONCE);
  private final AtomicInteger failedGets = new AtomicInteger();

  Clients(History history, SlowOrigin origin) {
    this.history = history;
    this.origin = origin;
  }

  /** Has one of {@code members} asked for something; may wait until others have been answered. */
  void round(List<Member> members) throws InterruptedException {
    origin.nextRound();
    takeTurn();
    Member member = members.get(random.nextInt(members.size()));
    String key = KEYS.get(random.nextInt(KEYS.size()));
    int dice = random.nextInt(100);
    if (dice < 80) {
      get(member, key, turns::release);
    } else if (dice < 90) {
      change(history.remove(key), member, turns::release);
    } else if (dice < 98) {
      change(history.put(key), member, turns::release);
    } else {
      change(history.remove(null), member, turns::release);
    }
  }

  /** Where all turns are taken for long, all may be waiting for a slow load. */
  private void takeTurn() throws InterruptedException {
    while (!turns.tryAcquire(STUCK_MILLIS, MILLISECONDS)) {
      origin.endOldest();
    }
  }

  /** Waits until all have been answered. */
  void rest() throws InterruptedException {
    origin.hurry();
    turns.acquire(MOST_AT_ONCE);
    turns.release(MOST_AT_ONCE);
    origin.relax();
  }

  /** Gets every key of every member, and waits for all. */
  void getAll(List<Member> members) throws InterruptedException {
    Semaphore answered = new Semaphore(0);
    members.forEach(member -> KEYS.forEach(key -> get(member, key, answered::release)));
    origin.hurry();
    answered.acquire(members.size() * KEYS.size());
    origin.relax();
  }

  private void get(Member member, String key, Runnable over) {
    History.Get get = history.get(member.url(), key);
    ask(
        member,
        answer -> {
          if (answer.get(0).equals("value")) {
            history.answered(get, answer.get(2));
          } else {
            failedGets.incrementAndGet();
          }
        },
        over,
        "get",
        key);
  }

  private void change(Change change, Member member, Runnable over) {
    Consumer<List<String>> answered =
        answer -> {
          if (answer.get(0).equals("done")) {
            change.done(urls(answer.get(2)));
          }
        };
    String key = change.key;
    String value = change.value;
    if (key == null) {
      ask(member, answered, over, "clear");
    } else if (value == null) {
      ask(member, answered, over, "remove", key);
    } else {
      ask(member, answered, over, "put", key, value);
    }
  }

  private static void ask(
      Member member, Consumer<List<String>> answered, Runnable over, String what, String... more) {
    var unused =
        member.ask(what, more).thenAccept(answered).whenComplete((nothing, error) -> over.run());
  }

  private static List<String> urls(String joined) {
    return joined.isEmpty() ? List.of() : List.of(joined.split(","));
  }

  /** Returns how many gets were answered with a failure. */
  int failedGets() {
    return failedGets.get();
  }
}
