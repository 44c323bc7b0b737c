package io.dawncache.bench.chaos;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Lock;

/** What is done to a fleet during a soak, one after the other. */
enum SoakFault {
  LEAVE("leaves the member list and returns") {
    @Override
    void inflict(Victim victim) throws IOException, InterruptedException {
      List<ChaosNode> all = victim.fleet().nodes();
      List<ChaosNode> others = all.stream().filter(node -> node != victim.node()).toList();
      victim.fleet().putMembers(others);
      victim.fleet().awaitMembers(others);
      SECONDS.sleep(LASTS_SECONDS);
      victim.fleet().putMembers(all);
      victim.fleet().awaitMembers(all);
    }
  },
  RESTART("is restarted: SIGTERM") {
    @Override
    void inflict(Victim victim) throws IOException, InterruptedException {
      victim.node().terminate();
      startAgain(victim);
    }
  },
  KILL("is restarted: SIGKILL") {
    @Override
    void inflict(Victim victim) throws IOException, InterruptedException {
      victim.node().kill();
      SECONDS.sleep(LASTS_SECONDS);
      startAgain(victim);
    }
  },
  HANG("hangs: SIGSTOP, then SIGCONT") {
    @Override
    void inflict(Victim victim) throws IOException, InterruptedException {
      victim.node().signal("STOP");
      try {
        SECONDS.sleep(LASTS_SECONDS);
      } finally {
        victim.node().signal("CONT");
      }
      victim.fleet().awaitReady(victim.node());
    }
  },
  ORIGIN("loads nothing, nor do the others: the origin is down") {
    @Override
    void inflict(Victim victim) throws InterruptedException {
      victim.origin().setDown(true);
      try {
        SECONDS.sleep(LASTS_SECONDS);
      } finally {
        victim.origin().setDown(false);
      }
    }
  };

  private static final TimeUnit SECONDS = TimeUnit.SECONDS;
  private static final long LASTS_SECONDS = 5;

  private final String title;

  SoakFault(String title) {
    this.title = title;
  }

  /**
   * The nodes that it is done to.
   *
   * @param node the one to which it is done
   */
  record Victim(ChaosNode node, NodeProcesses fleet, CountingOrigin origin) {}

  /** Returns what becomes of the node. */
  String title() {
    return title;
  }

  /** Does it, and returns when the cause has gone and the node is ready. */
  abstract void inflict(Victim victim) throws IOException, InterruptedException;

  /** Does it while nobody measures the node. */
  void inflict(Victim victim, Sampler sampler) throws IOException, InterruptedException {
    Lock lock = sampler.lock(victim.node());
    try {
      inflict(victim);
    } finally {
      lock.unlock();
    }
  }

  private static void startAgain(Victim victim) throws IOException, InterruptedException {
    victim.node().start();
    victim.fleet().awaitReady(victim.node());
  }
}
