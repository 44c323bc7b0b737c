package io.dawncache.server;

import io.dawncache.core.Membership;
import io.dawncache.server.peer.Ejections;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Ejects members and readmits them on the {@link OwnersThread}. */
final class EjectedMembers implements Ejections {
  private final int maxPercent;
  private final Executor thread;
  private final LongAdder ejections = new LongAdder();
  private volatile @Nullable Membership membership;
  private volatile Consumer<Runnable> onLeft = Runnable::run;
  private volatile Consumer<String> onReadmitted = url -> {};

  /**
   * Starts without ejections.
   *
   * @param maxPercent how many of 100 members may be ejected
   */
  EjectedMembers(int maxPercent, Executor thread) {
    this.maxPercent = maxPercent;
    this.thread = thread;
  }

  /** Sets the membership, before the first request is sent. */
  void setMembership(Membership membership) {
    this.membership = membership;
  }

  /** Sets what is run when a member has left; the listener runs its argument when it is done. */
  void onLeft(Consumer<Runnable> listener) {
    onLeft = listener;
  }

  /** Sets what is called with the URL of a member that has been readmitted; it must not block. */
  void onReadmitted(Consumer<String> listener) {
    onReadmitted = listener;
  }

  private Membership membership() {
    return Objects.requireNonNull(membership, "membership");
  }

  /** Returns how many times a member has been ejected. */
  long ejections() {
    return ejections.sum();
  }

  @Override
  public void eject(String url, Consumer<Boolean> done) {
    thread.execute(
        () -> {
          Membership present = membership();
          int staying = present.members().size() - present.leaving().size();
          boolean ejected = present.eject(url, fewestLeft(staying));
          if (ejected) {
            ejections.increment();
          }
          done.accept(ejected);
        });
  }

  @Override
  public void leave(String url, Runnable done) {
    thread.execute(
        () -> {
          membership().leave(url);
          onLeft.accept(done);
        });
  }

  private int fewestLeft(int members) {
    return members - members * maxPercent / 100;
  }

  @Override
  public void readmit(String url, Runnable done) {
    thread.execute(
        () -> {
          membership().readmit(url);
          done.run();
          onReadmitted.accept(url);
        });
  }

  /** Notes that another member has held this node ejected until now. */
  void wasEjected() {
    thread.execute(() -> membership().wasEjected());
  }
}
