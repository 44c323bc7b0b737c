package io.dawncache.server.history;

import static java.util.concurrent.TimeUnit.MINUTES;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Gets, removals, puts and clears at random, over three processes, while loads are under way: no
 * get that began after a change was answered sees a value whose load began before it, but where the
 * promise says so; and when all is quiet, none at all.
 */
@ParameterizedClass(name = "peerFrames: {0}")
@ValueSource(booleans = {true, false})
@Timeout(value = 5, unit = MINUTES)
class HistoryIT {
  private static final int ROUNDS = Integer.getInteger("dawncache.history.rounds", 10_000);

  /** After this, what was not reached has been told or has ended. */
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final History history = new History();
  private final SlowOrigin origin = new SlowOrigin(history);
  private final Clients clients = new Clients(history, origin);
  private final List<Member> members = new ArrayList<>();
  private final boolean peerFrames;

  HistoryIT(boolean peerFrames) {
    this.peerFrames = peerFrames;
  }

  @BeforeEach
  void startFleet() throws IOException {
    for (int i = 0; i < 3; i++) {
      members.add(new Member(origin, peerFrames));
    }
    setMembers(members).join();
  }

  @AfterEach
  void stopFleet() throws InterruptedException {
    for (Member member : members) {
      member.stop();
    }
  }

  /** Tells all nodes, one after the other as it happens, who the members are. */
  private CompletableFuture<Void> setMembers(List<Member> list) {
    List<String> urls = list.stream().map(Member::url).toList();
    history.listsChange();
    return CompletableFuture.allOf(
            members.stream()
                .map(member -> member.ask("members", String.join(",", urls)))
                .toArray(CompletableFuture<?>[]::new))
        .thenRun(() -> history.listsAre(urls));
  }

  private void rounds(int count, List<Member> asked) throws InterruptedException {
    for (int i = 0; i < count; i++) {
      clients.round(asked);
    }
    assertEquals(List.of(), history.takeFaults());
  }

  /** Hints are delivered when a node is asked, and every second. */
  private void nothingOldIsLeft() throws Exception {
    clients.rest();
    assertEquals(List.of(), history.takeFaults());
    history.isQuiet();
    long start = System.nanoTime();
    List<String> old;
    do {
      clients.getAll(members);
      old = history.takeFaults();
    } while (!old.isEmpty() && System.nanoTime() - start < PATIENCE.toNanos());
    assertEquals(List.of(), old);
  }

  @Test
  void noGetSeesWhatAChangeHadEnded() throws Exception {
    rounds(ROUNDS, members);

    assertTrue(history.strictlyJudged() > 0);
    nothingOldIsLeft();
    assertEquals(0, clients.failedGets());
  }

  @Test
  void norWithAMemberPaused() throws Exception {
    List<Duration> pauses =
        List.of(
            Duration.ofMillis(500),
            HistoryNode.HOT_TTL.plusMillis(500),
            Duration.ofSeconds(1),
            HistoryNode.HOT_TTL.plusMillis(500));
    int strictInPauses = 0;
    for (int i = 0; i < pauses.size(); i++) {
      rounds(ROUNDS / 5, members);
      int before = history.strictlyJudged();
      roundsWithout(members.get(i % members.size()), pauses.get(i));
      strictInPauses += history.strictlyJudged() - before;
    }
    int before = history.strictlyJudged();
    rounds(ROUNDS / 5, members);

    assertTrue(strictInPauses > 0);
    assertTrue(history.strictlyJudged() > before);
    nothingOldIsLeft();
    assertTrue(history.changesElsewhere() > 0);
  }

  private void roundsWithout(Member paused, Duration pause) throws Exception {
    List<Member> others = new ArrayList<>(members);
    others.remove(paused);
    paused.pause();
    long start = System.nanoTime();
    while (System.nanoTime() - start < pause.toNanos()) {
      clients.round(others);
    }
    if (System.nanoTime() - start > HistoryNode.HOT_TTL.plusMillis(100).toNanos()) {
      history.forgotAll(paused.url());
    }
    paused.resume();
  }

  @Test
  void norWithAMemberJoiningAndLeaving() throws Exception {
    int steps = 20;
    for (int i = 0; i < steps; i++) {
      List<Member> list = new ArrayList<>(members);
      if (i % 2 == 0) {
        list.remove(i / 2 % members.size());
      }
      CompletableFuture<Void> joined = setMembers(list);
      rounds(ROUNDS / 2 / steps, members);
      joined.join();
    }
    for (int i = 0; i < 2; i++) {
      remove(members.get(0));
      add(new Member(origin, peerFrames));
      int before = history.strictlyJudged();
      rounds(ROUNDS / 4, members);
      assertTrue(history.strictlyJudged() > before);
    }

    nothingOldIsLeft();
  }

  @Test
  void norWithMembersLeavingOfTheirOwnAccordAndReturning() throws Exception {
    for (int i = 0; i < 4; i++) {
      int before = history.strictlyJudged();
      rounds(ROUNDS / 8, members);
      leaveAndReturn(members.get(0)); // whoever has not for the longest time
      rounds(ROUNDS / 8, members);
      assertTrue(history.strictlyJudged() > before);
    }

    nothingOldIsLeft();
    assertTrue(history.changesElsewhere() > 0);
  }

  /** While it leaves and is gone, the others are asked; another process returns in its place. */
  private void leaveAndReturn(Member leaver) throws Exception {
    List<String> urls = members.stream().map(Member::url).toList();
    members.remove(leaver);
    CompletableFuture<List<String>> left = leaver.leave();
    while (!left.isDone()) {
      clients.round(members);
    }
    leaver.stop();
    rounds(ROUNDS / 16, members);
    history.forgotAll(leaver.url());
    members.add(new Member(origin, peerFrames, leaver.port(), urls));
  }

  private void remove(Member member) throws Exception {
    members.remove(member);
    setMembers(members).join();
    member.stop();
  }

  /** It owns every key as long as it stands alone, and hears of no change. */
  private void add(Member newcomer) throws Exception {
    clients.getAll(List.of(newcomer));
    rounds(100, members);
    members.add(newcomer);
    setMembers(members).join();
  }
}
