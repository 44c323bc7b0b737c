package io.dawncache.core;

import io.dawncache.core.OperationResult.Status;
import java.time.Duration;
import java.util.List;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The way from one node of a simulation to another: messages and answers travel as events, and are
 * lost where it is broken, or by chance.
 */
final class SimulatedWay implements PeerGetter {
  /** How a node at the end of a way takes it to be told to forget. */
  interface Ear {
    /** Does so, now or never; what is to be answered is answered after this. */
    void hear(Forget what);

    /** It begins to coordinate a change, or has ended one. */
    void changes(int more);
  }

  /** A lossy way loses one message in so many. */
  private static final int LOST = 4;

  private static final OperationResult DONE = OperationResult.done(List.of());
  private static final OperationResult UNKNOWN = OperationResult.of(Status.UNKNOWN, "lost");
  private static final OperationResult NOT_ASKED = OperationResult.of(Status.NOT_ASKED, "broken");

  private final String name;
  private final Schedule schedule;
  private final Supplier<Neighbour> there;
  private final Ear ear;
  private boolean broken;
  private boolean lossy;

  /**
   * Makes a way that is whole.
   *
   * @param there the process at the end of the way now
   * @param lossy whether it loses a message now and then
   */
  SimulatedWay(String name, Schedule schedule, boolean lossy, Supplier<Neighbour> there, Ear ear) {
    this.name = name;
    this.schedule = schedule;
    this.lossy = lossy;
    this.there = there;
    this.ear = ear;
  }

  void breakOrHeal() {
    broken = !broken;
    schedule.say(() -> this + (broken ? " breaks" : " heals"));
  }

  /** From now on nothing is lost. */
  void heal() {
    broken = false;
    lossy = false;
  }

  private boolean loses() {
    return broken || (lossy && schedule.onceIn(LOST));
  }

  @Override
  public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
    fetchAll(List.of(request), (same, result) -> callback.accept(result));
  }

  @Override
  public void fetchAll(
      List<PeerRequest> requests, BiConsumer<PeerRequest, ? super PeerResult> callback) {
    schedule.later(
        () -> this + " " + requests,
        () -> {
          if (loses()) {
            PeerResult lost = PeerResult.of(PeerResult.Status.NOT_ASKED, "broken");
            requests.forEach(request -> callback.accept(request, lost));
          } else if (requests.size() == 1) {
            PeerRequest request = requests.get(0);
            there.get().fetch(request, result -> answer(request, result, callback));
          } else {
            there.get().fetchAll(requests, (request, result) -> answer(request, result, callback));
          }
        });
  }

  @Override
  public void peek(PeerRequest request, Consumer<? super PeerResult> callback) {
    schedule.later(
        () -> this + " peeks " + request.key(),
        () -> {
          if (loses()) {
            callback.accept(PeerResult.of(PeerResult.Status.NOT_ASKED, "broken"));
          } else {
            there
                .get()
                .peek(
                    request,
                    result -> answer(request, result, (same, seen) -> callback.accept(seen)));
          }
        });
  }

  private void answer(
      PeerRequest request,
      PeerResult result,
      BiConsumer<PeerRequest, ? super PeerResult> callback) {
    PeerResult lost = PeerResult.of(PeerResult.Status.FAILED, "lost");
    schedule.later(
        () -> this + " answers " + request.key() + ": " + result,
        () -> callback.accept(request, loses() ? lost : result));
  }

  @Override
  public void forget(Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
    send(
        () -> this + " " + what,
        answer -> {
          ear.hear(what);
          answer.accept(DONE);
        },
        callback);
  }

  @Override
  public void coordinate(
      Operation operation, Duration timeout, Consumer<? super OperationResult> callback) {
    send(
        () -> this + " " + operation,
        answer -> {
          ear.changes(1);
          there
              .get()
              .coordinate(
                  operation,
                  timeout,
                  result -> {
                    ear.changes(-1);
                    answer.accept(result);
                  });
        },
        callback);
  }

  @Override
  public void offer(Offer offer, Duration timeout, Consumer<? super OperationResult> callback) {
    send(() -> this + " " + offer, answer -> there.get().offer(offer, timeout, answer), callback);
  }

  @Override
  public void handOver(
      PastChanges changes, Duration timeout, Consumer<? super OperationResult> callback) {
    send(
        () -> this + " " + changes,
        answer -> there.get().handOver(changes, timeout, answer),
        callback);
  }

  /** A message that is lost may yet arrive when nobody counts on it any more. */
  private void send(
      Supplier<String> what,
      Consumer<Consumer<OperationResult>> deliver,
      Consumer<? super OperationResult> callback) {
    schedule.later(
        what,
        () -> {
          if (!loses()) {
            deliver.accept(
                result ->
                    schedule.later(
                        () -> what.get() + " is answered " + result,
                        () -> callback.accept(loses() ? UNKNOWN : result)));
          } else if (schedule.onceIn(2)) {
            callback.accept(NOT_ASKED);
          } else {
            callback.accept(UNKNOWN);
            if (schedule.onceIn(2)) {
              schedule.later(
                  () -> what.get() + " arrives after all", () -> deliver.accept(result -> {}));
            }
          }
        });
  }

  @Override
  public String toString() {
    return name;
  }
}
