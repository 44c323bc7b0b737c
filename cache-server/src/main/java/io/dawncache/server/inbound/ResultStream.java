package io.dawncache.server.inbound;

import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.server.wire.KeyAnswers;
import io.netty.buffer.ByteBuf;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BiConsumer;

/**
 * The results of a get of many keys, on their way out. They come on any thread; what has come waits
 * as values, in the order in which it came, and is made into bytes when the connection takes some.
 */
final class ResultStream implements BiConsumer<PeerRequest, PeerResult> {
  /*
   * A thousand results are not to be a thousand tasks of the event loop. So a result that comes
   * tells only if nobody has since the loop last found nothing: `told` is true while the loop is
   * bound to ask `hasNext`, be it in a task, when the turn comes, or when the channel takes bytes
   * again. The loop takes it back when it finds nothing, and then looks once more:
   *   1. the loop finds nothing;
   *   2. a result comes, and does not tell, for `told` is true;
   *   3. the loop sets `told` to false. Without the second look nobody would come again.
   */
  /** A piece ends with the result that fills it. */
  private static final int PIECE_BYTES = 64 << 10;

  private record Result(int index, PeerResult end) {}

  private final IdentityHashMap<PeerRequest, Integer> indexes = new IdentityHashMap<>();
  private final int maxValueBytes;
  private final Runnable onCome;
  private final Queue<Result> come = new ConcurrentLinkedQueue<>();
  private final AtomicBoolean told = new AtomicBoolean();
  private int unwritten;

  /**
   * Expects a result of each request.
   *
   * @param maxValueBytes a longer value is told as a failure
   * @param onCome run on the thread that brought a result, to have {@link #hasNext} asked
   */
  ResultStream(List<PeerRequest> requests, int maxValueBytes, Runnable onCome) {
    this.maxValueBytes = maxValueBytes;
    this.onCome = onCome;
    this.unwritten = requests.size();
    for (int i = 0; i < requests.size(); i++) {
      indexes.put(requests.get(i), i);
    }
  }

  @Override
  public void accept(PeerRequest request, PeerResult end) {
    Integer index = indexes.get(request);
    if (index != null) {
      come.add(new Result(index, bounded(end)));
      if (told.compareAndSet(false, true)) {
        onCome.run();
      }
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

  /** Returns whether there is something to write; if not, the next result to come will tell. */
  boolean hasNext() {
    return !come.isEmpty() || (told.getAndSet(false) && !come.isEmpty());
  }

  /** Returns whether the last result has been written. */
  boolean isOver() {
    return unwritten == 0;
  }

  /** Writes the results that have come, up to a full piece; there must be one. */
  void write(ByteBuf out) {
    int start = out.writerIndex();
    do {
      Result next = come.remove();
      KeyAnswers.write(next.index(), next.end(), out);
      unwritten--;
    } while (out.writerIndex() - start < PIECE_BYTES && !come.isEmpty());
  }
}
