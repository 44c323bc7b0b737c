package io.dawncache.core;

import io.dawncache.core.PeerResult.Status;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Consumer;

/** A peer that is asked and answers when the test says so. */
final class FakePeer implements PeerGetter {
  final String url;
  private final List<PeerRequest> requests = new CopyOnWriteArrayList<>();
  private final List<Consumer<? super PeerResult>> callbacks = new CopyOnWriteArrayList<>();
  private final Map<String, Consumer<? super PeerResult>> peeks = new ConcurrentHashMap<>();
  private volatile boolean holdsPeeks;
  private volatile boolean inAnotherZone;
  private volatile int timesClosed;

  FakePeer(String url) {
    this.url = url;
  }

  /** Returns the peer as a picker names it. */
  Owner peer() {
    return new Owner.Remote(url, this);
  }

  @Override
  public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
    requests.add(request);
    callbacks.add(callback);
  }

  /** By default nothing is found. */
  @Override
  public void peek(PeerRequest request, Consumer<? super PeerResult> callback) {
    if (holdsPeeks) {
      peeks.put(request.key(), callback);
    } else {
      callback.accept(PeerResult.of(Status.NOT_ASKED, "not held"));
    }
  }

  /** From now on a peek waits until the test answers it. */
  void holdPeeks() {
    holdsPeeks = true;
  }

  /** Answers the latest peek for the key, on this thread, as soon as there is one. */
  void answerPeek(String key, PeerResult result) {
    Consumer<? super PeerResult> callback = peeks.remove(key);
    while (callback == null) {
      Thread.onSpinWait(); // until the test's time-out
      callback = peeks.remove(key);
    }
    callback.accept(result);
  }

  @Override
  public boolean isInAnotherZone() {
    return inAnotherZone;
  }

  void isInAnotherZone(boolean another) {
    inAnotherZone = another;
  }

  @Override
  public synchronized void close() {
    timesClosed++;
  }

  /** Returns all that this peer was asked. */
  List<PeerRequest> requests() {
    return List.copyOf(requests);
  }

  int timesClosed() {
    return timesClosed;
  }

  /** Answers the latest fetch, on this thread. */
  void answer(PeerResult result) {
    callbacks.get(callbacks.size() - 1).accept(result);
  }

  void is(String value) {
    answer(PeerResult.value(ByteView.ofUtf8(value)));
  }

  void cannotBeAsked() {
    answer(PeerResult.of(Status.NOT_ASKED, "connection refused"));
  }

  @Override
  public String toString() {
    return "FakePeer[" + url + "]";
  }
}
