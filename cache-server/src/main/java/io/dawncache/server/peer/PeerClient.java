package io.dawncache.server.peer;

import io.dawncache.core.ByteView;
import io.dawncache.core.Forget;
import io.dawncache.core.Offer;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import io.dawncache.core.PastChanges;
import io.dawncache.core.PeerGetter;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.server.PeerHealth;
import io.dawncache.server.PeerStats;
import io.dawncache.server.frame.FrameKind;
import io.dawncache.server.wire.Hello;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerAnswers;
import io.dawncache.server.wire.PeerCodec;
import io.dawncache.server.wire.PeerRequests;
import io.netty.buffer.ByteBuf;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.FullHttpResponse;
import io.netty.util.concurrent.EventExecutor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * The client of one other node: a link on each event loop, and what all links know about the node.
 */
final class PeerClient implements PeerGetter, Link.ProtocolListener {
  /*
   * In a fleet with Go nodes it is not known beforehand which member is one. So the first message
   * of ours goes to any peer. One that answers it as Go nodes do, without our headers, counts as a
   * Go node: from then on, until `resetCapabilities`, it receives only requests of the family's
   * protocol. A peer that does not grant the upgrade to frames is not asked for it again for a
   * while.
   */
  private static final long WITHOUT_FRAMES_NANOS = TimeUnit.MINUTES.toNanos(1);

  private static final Duration LISTS_TIMEOUT = Duration.ofSeconds(5);

  private static final OperationResult REFUSED =
      OperationResult.of(OperationResult.Status.NOT_ASKED, "it refused the message");

  private static final PeerResult HELD_BACK =
      PeerResult.of(PeerResult.Status.OVERLOADED, "not asked, it has refused most fetches of late");

  private final Outbound outbound;
  private final NodeUrl peer;
  private final PeerRequests requests;
  private final PeerAnswers answers;
  private final Reachability reachability;
  private final Reachability byFrames;
  private final @Nullable Health health;
  private final Throttles throttles = new Throttles();
  private final FetchCounts fetchCounts = new FetchCounts(throttles);
  private final Map<EventLoop, Link> links = new ConcurrentHashMap<>();

  private final ListExchange lists;

  private volatile @Nullable String zone; // as the peer has said
  private volatile boolean goNode; // the peer does not know our messages
  private volatile boolean ours; // the peer is known to be a node of ours
  private volatile boolean closed; // the peer has left the member list
  private volatile boolean stopped; // this node's server stops

  PeerClient(Outbound outbound, NodeUrl peer) {
    this.outbound = outbound;
    this.peer = peer;
    this.requests = outbound.requestsTo(peer);
    this.answers = outbound.answers();
    this.reachability =
        new Reachability(peer.text(), outbound.timings().avoid().toNanos(), System::nanoTime);
    this.byFrames = Reachability.unlogged(WITHOUT_FRAMES_NANOS, System::nanoTime);
    Ejections ejections = outbound.ejections();
    this.health =
        ejections == null
            ? null
            : Health.of(peer, outbound, ejections, reachability, this::readmitted);
    reachability.onMissed(this::missed);
    reachability.onLost(this::doubted);
    this.lists = new ListExchange(outbound, peer, this::sendList);
    this.ours = outbound.dialect().isOurs();
  }

  @Override
  public void fetch(PeerRequest request, Consumer<? super PeerResult> callback) {
    String group = request.group();
    if (throttles.allow(group)) {
      ask(new FetchQuestion(request, requests, answers, fetchCounts.counting(group, callback)));
    } else {
      callback.accept(HELD_BACK);
    }
  }

  @Override
  public void peek(PeerRequest request, Consumer<? super PeerResult> callback) {
    if (goNode || !outbound.frames() || !byFrames.isReachable()) {
      callback.accept(PeekQuestion.NOT_UNDERSTOOD);
    } else {
      ask(new PeekQuestion(request, requests, callback));
    }
  }

  @Override
  public void fetchAll(
      List<PeerRequest> fetches, BiConsumer<PeerRequest, ? super PeerResult> callback) {
    int maxBytes = outbound.limits().maxBodyBytes();
    if (goNode || fetches.size() < 2) {
      fetchEach(fetches, callback);
    } else if (!PeerRequests.fits(fetches, maxBytes)) {
      int half = fetches.size() / 2;
      fetchAll(fetches.subList(0, half), callback);
      fetchAll(fetches.subList(half, fetches.size()), callback);
    } else {
      List<PeerRequest> allowed =
          throttles.allowed(fetches, fetch -> callback.accept(fetch, HELD_BACK));
      if (!allowed.isEmpty()) {
        askAll(allowed, callback);
      }
    }
  }

  private void askAll(
      List<PeerRequest> fetches, BiConsumer<PeerRequest, ? super PeerResult> callback) {
    long startNanos = System.nanoTime();
    Runnable onGoNode =
        () -> {
          goNode = true;
          fetchEachInTheRest(startNanos, fetches, callback);
        };
    ask(
        new BulkQuestion(
            fetches,
            requests,
            answers,
            outbound.limits().maxBodyBytes(),
            fetchCounts.counting(callback),
            onGoNode));
  }

  private void fetchEach(
      List<PeerRequest> fetches, BiConsumer<PeerRequest, ? super PeerResult> callback) {
    fetches.forEach(fetch -> fetch(fetch, result -> callback.accept(fetch, result)));
  }

  private void fetchEachInTheRest(
      long startNanos,
      List<PeerRequest> fetches,
      BiConsumer<PeerRequest, ? super PeerResult> callback) {
    for (PeerRequest fetch : fetches) {
      try {
        Duration spent = Duration.ofNanos(System.nanoTime() - startNanos);
        PeerRequest shorter =
            new PeerRequest(
                fetch.group(),
                fetch.key(),
                fetch.timeout().minus(spent),
                fetch.copyGets(),
                fetch.trace());
        fetch(shorter, result -> callback.accept(fetch, result));
      } catch (Throwable t) {
        callback.accept(fetch, FetchQuestion.BROKEN); // and continue: the other callers wait, too
      }
    }
  }

  @Override
  public void forget(Forget what, Duration timeout, Consumer<? super OperationResult> callback) {
    long startNanos = System.nanoTime();
    boolean asPlainRequest = outbound.dialect().putsAndDeletes() && !what.isAll();
    if (asPlainRequest && (goNode || what.keys().size() == 1)) {
      new Deletes(this, what, timeout, callback).start();
    } else {
      // To forget more than requested is always correct, and the message for all keys fits this
      // node's limits and the peer's, which may be narrower.
      Forget all = Forget.all(what.group());
      Forget fitting = PeerRequests.fits(what, outbound.limits().maxBodyBytes()) ? what : all;
      operate(
          timeout,
          FrameKind.FORGET,
          () -> PeerCodec.encode(fitting),
          () -> requests.forget(fitting),
          answer -> PeerAnswers.isRefused(answer) ? REFUSED : ofMessage(answer),
          result -> result.status() == OperationResult.Status.NOT_ASKED ? REFUSED : result,
          result -> {
            Duration left = timeout.minusNanos(System.nanoTime() - startNanos);
            if (result.equals(REFUSED) && !fitting.isAll()) {
              orBroken(callback, () -> forget(all, left, callback));
            } else if (asPlainRequest && result.status() == OperationResult.Status.NOT_UNDERSTOOD) {
              // The peer is a Go node after all.
              orBroken(callback, () -> new Deletes(this, what, left, callback).start());
            } else {
              callback.accept(result);
            }
          });
    }
  }

  /** Runs what will call {@code callback}; calls it here if that throws before it has begun. */
  private static void orBroken(Consumer<? super OperationResult> callback, Runnable next) {
    try {
      next.run();
    } catch (Throwable t) {
      callback.accept(OperationQuestion.BROKEN);
    }
  }

  /** Makes the peer forget one key by mailgun's request. */
  void delete(
      String group, String key, Duration timeout, Consumer<? super OperationResult> callback) {
    operate(
        timeout,
        FrameKind.FORGET,
        () -> PeerCodec.encode(Forget.key(group, key)),
        () -> requests.delete(group, key),
        answers::ofDelete,
        UnaryOperator.identity(),
        callback);
  }

  @Override
  public void coordinate(
      Operation operation, Duration timeout, Consumer<? super OperationResult> callback) {
    ByteView value = operation.value();
    int maxBytes = outbound.limits().maxValueBytes();
    if (value != null && value.length() > maxBytes) {
      String why = "value: " + value.length() + " bytes (expected: <= " + maxBytes + ")";
      callback.accept(OperationResult.of(OperationResult.Status.NOT_ASKED, why));
      return;
    }
    boolean asPlainRequest = value != null && outbound.dialect().putsAndDeletes();
    operate(
        timeout,
        FrameKind.COORDINATE,
        () -> PeerCodec.encode(operation),
        () -> asPlainRequest ? requests.put(operation) : requests.coordinate(operation),
        asPlainRequest ? answers::ofPut : this::ofMessage,
        UnaryOperator.identity(),
        callback);
  }

  @Override
  public void offer(Offer offer, Duration timeout, Consumer<? super OperationResult> callback) {
    if (goNode || !outbound.frames()) { // without frames it could not peek
      PeerGetter.super.offer(offer, timeout, callback);
      return;
    }
    operate(
        timeout,
        FrameKind.OFFER,
        () -> PeerCodec.encode(offer),
        () -> requests.offer(offer),
        this::ofMessage,
        UnaryOperator.identity(),
        callback);
  }

  @Override
  public void handOver(
      PastChanges changes, Duration timeout, Consumer<? super OperationResult> callback) {
    if (goNode) {
      PeerGetter.super.handOver(changes, timeout, callback);
      return;
    }
    Forget what = changes.what();
    boolean fits = PeerRequests.fits(what, outbound.limits().maxBodyBytes());
    PastChanges fitting =
        fits ? changes : new PastChanges(Forget.all(what.group()), changes.missedBy());
    operate(
        timeout,
        FrameKind.HAND_OVER,
        () -> PeerCodec.encode(fitting),
        () -> requests.handOver(fitting),
        this::ofMessage,
        UnaryOperator.identity(),
        callback);
  }

  private OperationResult ofMessage(FullHttpResponse answer) {
    goNode |= PeerAnswers.isFromGoNode(answer);
    ours |= PeerAnswers.isOurs(answer);
    return answers.ofMessage(answer);
  }

  private void operate(
      Duration timeout,
      FrameKind kind,
      Supplier<ByteBuf> message,
      Supplier<FullHttpRequest> request,
      Function<FullHttpResponse, OperationResult> meaning,
      UnaryOperator<OperationResult> meaningInFrames,
      Consumer<? super OperationResult> callback) {
    long startNanos = System.nanoTime();
    ask(
        new OperationQuestion(
            timeout,
            kind,
            message,
            request,
            meaning,
            meaningInFrames,
            answer -> lists.noteFingerprint(answer, startNanos),
            callback));
  }

  // Member lists.

  @Override
  public void framesGranted(Hello hello) {
    ours = true;
    if (lists.framesGranted(hello)) {
      lists.exchange(() -> {});
    }
  }

  @Override
  public void framesRefused() {
    lists.framesRefused();
  }

  private void exchangeListsIfDue(long nowNanos) {
    if (lists.isDue(nowNanos) && reachability.isReachable()) {
      compareLists();
    }
  }

  /** Sends this node's list and asks for that of the peer, if it is a node of ours. */
  void compareLists() {
    compareLists(() -> {});
  }

  /** As {@link #compareLists()}; calls {@code done} with any outcome. */
  void compareLists(Runnable done) {
    if (goNode || closed || stopped) {
      done.run();
    } else {
      lists.exchange(done);
    }
  }

  private void sendList(boolean wasEjected, Consumer<OperationResult> callback) {
    operate(
        LISTS_TIMEOUT,
        FrameKind.MEMBERS,
        () -> PeerCodec.encode(outbound.fleet().report(), wasEjected, outbound.fleet().isLeaving()),
        () -> requests.members(wasEjected),
        this::ofMessage,
        UnaryOperator.identity(),
        callback);
  }

  @Override
  public boolean actsForOthers() {
    return ours && !goNode; // a Go node would ask the owner that cannot be asked
  }

  /** The peer has said in which zone it is, or null for none. */
  void noteZone(@Nullable String zone) {
    this.zone = zone;
  }

  @Override
  public boolean isInAnotherZone() {
    String its = zone;
    String own = outbound.fleet().list().zone();
    return its != null && own != null && !its.equals(own);
  }

  @Override
  public void doubted() {
    if (health != null) {
      health.doubted();
    }
  }

  /** Returns what is known and counted of the peer; null once it has left the list. */
  @Nullable PeerStats stats() {
    if (health == null || closed) {
      return null;
    }
    PeerHealth present = health.present().inZone(zone);
    return new PeerStats(present, fetchCounts.snapshot());
  }

  /** Notes that the peer's process leaves; calls {@code done} when others own its keys. */
  void leaves(long instance, Runnable done) {
    if (health == null || closed) {
      done.run();
    } else {
      health.leaves(instance, done);
    }
  }

  /** Notes the instance number of a process at the peer's URL. */
  void met(long instance) {
    if (health != null) {
      health.met(instance);
    }
  }

  /** Sends the peer that other nodes acted as owners of its keys. */
  private void readmitted() {
    lists.readmitted();
    compareLists();
  }

  private void missed(String why) {
    outbound.fleet().noteUnreachable();
    if (health != null) {
      health.missed(why);
    }
  }

  private void closeHealth() {
    if (health != null) {
      health.close();
    }
  }

  /** Returns whether the peer has left the member list. */
  boolean isClosed() {
    return closed;
  }

  /** Returns the peer's URL. */
  String url() {
    return peer.text();
  }

  /**
   * Starts an exchange. If this throws, it has not begun, and the question is never called. Member
   * lists that are due go first: the answer to the question may show that the peer is a Go node.
   * But not if the peer was lost: only one exchange may find out whether it is back.
   */
  void ask(Question question) {
    EventLoop loop = presentLoop();
    PeerExchange asked = new PeerExchange(loop, question, reachability);
    exchangeListsIfDue(asked.startNanos());
    if (loop.inEventLoop()) {
      start(loop, asked);
    } else {
      loop.execute(() -> start(loop, asked));
    }
  }

  private void start(EventLoop loop, PeerExchange asked) {
    try {
      link(loop).start(asked);
    } catch (Throwable t) {
      asked.broken(t);
    }
  }

  /** A request that arrived on one of our loops stays there; another thread takes any loop. */
  private EventLoop presentLoop() {
    for (EventExecutor loop : outbound.loops()) {
      if (loop.inEventLoop()) {
        return (EventLoop) loop;
      }
    }
    return outbound.loops().next();
  }

  private Link link(EventLoop loop) {
    Link link = links.get(loop);
    if (link == null) {
      link = links.computeIfAbsent(loop, this::newLink);
    }
    if (stopped) {
      link.stop();
    } else if (closed) {
      link.close(); // a fetch that began before the peer left may end, but leaves nothing open
    }
    return link;
  }

  private Link newLink(EventLoop loop) {
    return new Link(outbound, peer, reachability, byFrames, this, loop);
  }

  /** Forgets what the peer can do: another process may answer at its URL now. */
  void resetCapabilities() {
    goNode = false;
    ours = outbound.dialect().isOurs();
    byFrames.reached();
    lists.makeDue();
  }

  /** Has the peer prove again that it is one: the secrets have changed. */
  void redial() {
    links.forEach((loop, link) -> onLoop(loop, link::redial));
  }

  /** Ends all fetches, present and later ones: the event loops are about to stop. */
  void stop() {
    stopped = true;
    closeHealth();
    links.forEach((loop, link) -> onLoop(loop, link::stop));
  }

  @Override
  public void close() {
    closed = true;
    closeHealth();
    links.forEach((loop, link) -> onLoop(loop, link::close));
  }

  private static void onLoop(EventLoop loop, Runnable task) {
    try {
      loop.execute(task);
    } catch (RejectedExecutionException e) {
      // The loop has ended, and the connections on it with it.
    }
  }
}
