package io.dawncache.server.inbound;

import io.dawncache.core.ByteAccount;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.server.wire.KeyAnswers;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBuf;
import java.time.Duration;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The results of a get of many keys, on their way out. They arrive on any thread and wait as values
 * in the order of their arrival. They become bytes when the connection takes some.
 */
final class ResultStream implements BiConsumer<PeerRequest, PeerResult> {
  /*
   * A thousand results must not become a thousand tasks of the event loop. So only the first result
   * after the loop last found nothing calls `onResult`. `notified` is true while the loop is sure
   * to call `hasNext`: in a task, at the answer's turn, or when the channel takes bytes again. The
   * loop sets it to false when it finds nothing, and then looks once more:
   *   1. the loop finds nothing;
   *   2. a result arrives and does not call `onResult`, because `notified` is true;
   *   3. the loop sets `notified` to false. Without the second look nothing would write this
   *      result.
   *
   * What waits is counted in the node's account. A value for which the account has no room is not
   * kept: its request goes to `later` and is sent to the source again when everything that this
   * stream held has been written. So a connection that does not read holds no more than there is
   * room for, and one that reads receives everything. If there is no room although this stream
   * holds nothing, others hold it all, and the result is "overloaded".
   */
  /** A piece ends with the result that fills it. */
  private static final int PIECE_BYTES = 64 << 10;

  /** How many requests are sent again at a time: as many loads may be wasted. */
  private static final int ASKED_AGAIN = 8;

  private static final PeerResult NO_ROOM =
      PeerResult.of(PeerResult.Status.OVERLOADED, Refusal.tooMuchInFlight().text());

  /** Gets many keys, as {@link io.dawncache.core.GroupEndpoint#getAllForPeer}. */
  @FunctionalInterface
  interface Source {
    void getAll(List<PeerRequest> requests, BiConsumer<PeerRequest, ? super PeerResult> callback);
  }

  private record Result(int index, PeerResult end) {}

  private record Later(int index, PeerRequest request) {}

  private final IdentityHashMap<PeerRequest, Integer> indexes = new IdentityHashMap<>();
  private final int maxValueBytes;
  private final Runnable onResult;
  private final Consumer<Throwable> onLost;
  private final Queue<Result> ready = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean notified = new AtomicBoolean();
  private final ByteAccount.Holder holder;
  private final Source source;
  private final long startNanos = System.nanoTime();
  private final Queue<Later> later = new ConcurrentLinkedQueue<>();
  private final AtomicInteger askedAgain = new AtomicInteger(); // and not arrived
  private volatile boolean closed;
  private int unwritten;
  private long leavingBytes; // of values that are written but may not have left yet

  /**
   * Expects a result of each request.
   *
   * @param maxValueBytes a longer value becomes a failure
   * @param onResult run on the thread that brought a result; has the event loop call {@link
   *     #hasNext}
   * @param onLost called on that thread with the reason if a result could not be kept: the stream
   *     then never ends
   * @param source receives the requests that are sent again
   * @param holder of the values that wait; closed with this
   */
  ResultStream(
      List<PeerRequest> requests,
      int maxValueBytes,
      Runnable onResult,
      Consumer<Throwable> onLost,
      Source source,
      ByteAccount.Holder holder) {
    this.maxValueBytes = maxValueBytes;
    this.onResult = onResult;
    this.onLost = onLost;
    this.source = source;
    this.holder = holder;
    this.unwritten = requests.size();
    for (int i = 0; i < requests.size(); i++) {
      indexes.put(requests.get(i), i);
    }
  }

  @Override
  public void accept(PeerRequest request, PeerResult end) {
    Integer index = indexes.get(request);
    if (index != null) {
      addOrLose(index, request, end);
    }
  }

  private void addOrLose(int index, PeerRequest request, PeerResult end) {
    try {
      add(index, request, bounded(end));
    } catch (Throwable t) { // no memory
      onLost.accept(t);
    }
  }

  private void add(int index, PeerRequest request, PeerResult end) {
    if (holder.add(end.value().length())) {
      ready.add(new Result(index, end));
    } else if (closed) {
      return;
    } else if (holder.bytes() > 0) {
      later.add(new Later(index, request));
    } else {
      ready.add(new Result(index, NO_ROOM));
    }
    if (closed) {
      drop(); // the close may have happened before
    } else if (notified.compareAndSet(false, true)) {
      onResult.run();
    }
  }

  private PeerResult bounded(PeerResult end) {
    int length = end.value().length();
    return length <= maxValueBytes
        ? end
        : PeerResult.of(
            PeerResult.Status.FAILED,
            "value: " + length + " bytes (expected: <= " + maxValueBytes + ")");
  }

  /**
   * Returns whether there is something to write; if not, the next result calls {@code onResult}.
   */
  boolean hasNext() {
    if (ready.isEmpty() && !later.isEmpty() && askedAgain.get() == 0) {
      notified.set(true); // what arrives before this returns is seen below
      askAgain();
    }
    return !ready.isEmpty() || (notified.getAndSet(false) && !ready.isEmpty());
  }

  private void askAgain() {
    IdentityHashMap<PeerRequest, Integer> batch = new IdentityHashMap<>();
    long waitedNanos = System.nanoTime() - startNanos;
    for (int i = 0; i < ASKED_AGAIN; i++) {
      Later next = later.poll();
      if (next == null) {
        break;
      }
      PeerRequest asked = next.request();
      Duration left = asked.timeout().minusNanos(waitedNanos);
      if (left.isNegative() || left.isZero()) {
        ready.add(new Result(next.index(), NO_ROOM));
      } else {
        batch.put(
            new PeerRequest(asked.group(), asked.key(), left, 0, asked.trace()), next.index());
      }
    }
    if (batch.isEmpty()) {
      return;
    }
    askedAgain.set(batch.size());
    source.getAll(
        List.copyOf(batch.keySet()),
        (request, end) -> {
          Integer index = batch.get(request);
          if (index != null) {
            askedAgain.decrementAndGet(); // first: hasNext may start the next batch
            addOrLose(index, request, end);
          }
        });
  }

  /** Returns whether the last result has been written. */
  boolean isOver() {
    return unwritten == 0;
  }

  /** Returns whether the value that is written next is longer than a piece. */
  boolean isNextLong() {
    Result next = ready.peek();
    return next != null && next.end().value().length() > PIECE_BYTES;
  }

  /** Writes the results that have arrived, up to a full piece; there must be one. */
  void write(ByteBuf out) {
    int start = out.writerIndex();
    do {
      Result next = ready.remove();
      KeyAnswers.write(next.index(), next.end(), out);
      leavingBytes += next.end().value().length();
      unwritten--;
    } while (out.writerIndex() - start < PIECE_BYTES && !ready.isEmpty());
  }

  /** What has been written so far has left, or is counted elsewhere. */
  void left() {
    holder.moved();
    holder.remove(leavingBytes);
    leavingBytes = 0;
  }

  /** The last result has been written, or will not be: drops what waits and what still arrives. */
  void close() {
    closed = true;
    holder.close();
    drop();
  }

  private void drop() {
    ready.clear();
    later.clear();
  }
}
