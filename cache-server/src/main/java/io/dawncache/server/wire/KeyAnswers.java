package io.dawncache.server.wire;

import com.google.protobuf.CodedInputStream;
import com.google.protobuf.CodedOutputStream;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.UnsafeByteOperations;
import io.dawncache.core.ByteView;
import io.dawncache.core.Metadata;
import io.dawncache.core.PeerRequest;
import io.dawncache.core.PeerResult;
import io.dawncache.core.PeerResult.Status;
import io.dawncache.server.wire.pb.KeyAnswer;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The answer to a get of many keys: a sequence of results, each after its length, in the order in
 * which they were found. An instance puts them together again from the pieces that arrive.
 */
public final class KeyAnswers {
  private static final int MAX_LENGTH_BYTES = 5;
  private static final int MAX_ARRAY_BYTES = Integer.MAX_VALUE - 8;

  private final int maxBytes;
  private final BiConsumer<PeerRequest, ? super PeerResult> callback;
  private final @Nullable PeerRequest[] unanswered;

  private byte[] bytes = new byte[0]; // arrived and not yet read
  private int start;
  private int end;

  /**
   * Expects an answer to each of {@code requests}.
   *
   * @param maxBytes the greatest length of one result
   * @param callback called with each result as soon as it is whole
   */
  public KeyAnswers(
      List<PeerRequest> requests,
      int maxBytes,
      BiConsumer<PeerRequest, ? super PeerResult> callback) {
    this.unanswered = requests.toArray(PeerRequest[]::new);
    this.maxBytes = maxBytes;
    this.callback = callback;
  }

  /** Appends a result to {@code out}. */
  public static void write(int index, PeerResult result, ByteBuf out) {
    write(builder(result).setIndex(index).build(), out);
  }

  /** Returns the message of a result, with index 0. */
  public static KeyAnswer.Builder builder(PeerResult result) {
    KeyAnswer.Builder answer =
        KeyAnswer.newBuilder()
            .setStatus(
                switch (result.status()) {
                  case VALUE -> KeyAnswer.Status.VALUE;
                  case NOT_FOUND -> KeyAnswer.Status.NOT_FOUND;
                  case REJECTED -> KeyAnswer.Status.REJECTED;
                  case FAILED, UNCLEAR -> KeyAnswer.Status.FAILED;
                  case TIMED_OUT -> KeyAnswer.Status.TIMED_OUT;
                  case OVERLOADED -> KeyAnswer.Status.OVERLOADED;
                  case NOT_ASKED -> KeyAnswer.Status.NOT_ASKED;
                })
            .setValue(UnsafeByteOperations.unsafeWrap(result.value().asReadOnlyBuffer()))
            .setStale(result.stale())
            .setMinuteQps(result.minuteQps())
            .setDetail(result.detail())
            .setCauseClass(result.causeClass())
            .setCauseMessage(result.causeMessage());
    if (result.ttlNanos() != Long.MAX_VALUE) {
      answer.setTtlNanos(result.ttlNanos());
    }
    Metadata metadata = result.value().metadata();
    if (metadata != null) {
      answer
          .setContentType(Objects.requireNonNullElse(metadata.contentType(), ""))
          .setEtag(Objects.requireNonNullElse(metadata.etag(), ""));
    }
    Duration retryAfter = result.retryAfter();
    if (retryAfter != null) {
      answer.setRetryAfterMillis(Headers.millis(retryAfter));
    }
    return answer;
  }

  private static void write(KeyAnswer answer, ByteBuf out) {
    int size = answer.getSerializedSize();
    int length = CodedOutputStream.computeUInt32SizeNoTag(size) + size;
    out.ensureWritable(length);
    CodedOutputStream into =
        CodedOutputStream.newInstance(out.nioBuffer(out.writerIndex(), length));
    try {
      into.writeUInt32NoTag(size);
      answer.writeTo(into);
      into.flush();
    } catch (IOException e) {
      throw new UncheckedIOException(e); // the buffer has room for all of it
    }
    out.writerIndex(out.writerIndex() + length);
  }

  /**
   * Takes the next piece of the answer, and passes each result that it completes to the callback.
   * Does not change the piece's reference count.
   *
   * @throws IOException if this is not an answer to those requests
   */
  public void received(ByteBuf piece) throws IOException {
    int more = piece.readableBytes();
    makeRoom(more);
    piece.readBytes(bytes, end, more);
    end += more;
    while (readOne()) {
      // the next result
    }
  }

  /**
   * Calls the callback with {@code forTheRest} for each request without a result. If the callback
   * throws, the remaining calls are still made; the first exception is thrown at the end. Allocates
   * nothing.
   */
  public void end(PeerResult forTheRest) {
    RuntimeException failure = null;
    Error error = null;
    for (int i = 0; i < unanswered.length; i++) {
      PeerRequest request = unanswered[i];
      if (request == null) {
        continue;
      }
      unanswered[i] = null;
      try {
        callback.accept(request, forTheRest);
      } catch (RuntimeException e) {
        failure = failure == null ? e : failure;
      } catch (Error e) {
        error = error == null ? e : error;
      }
    }
    if (error != null) {
      throw error;
    }
    if (failure != null) {
      throw failure;
    }
  }

  private void makeRoom(int more) {
    if (more > bytes.length - end) {
      int held = end - start;
      long roomy = Math.min(2L * (held + more), MAX_ARRAY_BYTES);
      byte[] roomier = held + more > bytes.length ? new byte[(int) roomy] : bytes;
      System.arraycopy(bytes, start, roomier, 0, held);
      bytes = roomier;
      start = 0;
      end = held;
    }
  }

  private boolean readOne() throws IOException {
    long length = 0;
    int from = start;
    byte next;
    do {
      if (from - start == MAX_LENGTH_BYTES) {
        throw new IOException("a length of more than " + MAX_LENGTH_BYTES + " bytes");
      }
      if (from == end) {
        return false;
      }
      next = bytes[from];
      length |= (long) (next & 0x7f) << (7 * (from - start));
      from++;
    } while (next < 0);
    if (length > maxBytes) {
      throw new IOException("a result of " + length + " bytes (expected: <= " + maxBytes + ")");
    }
    if (end - from < length) {
      return false;
    }
    start = from + (int) length;
    CodedInputStream input = CodedInputStream.newInstance(bytes, from, (int) length);
    deliver(
        GroupcacheCodec.parse(
            KeyAnswer.parser(), input)); // the value is copied before the bytes change
    return true;
  }

  private void deliver(KeyAnswer answer) throws IOException {
    int index = answer.getIndex();
    PeerRequest request = index >= 0 && index < unanswered.length ? unanswered[index] : null;
    if (request == null) {
      throw new IOException("a result of key " + index + ", which is not waited for");
    }
    PeerResult result = result(answer); // may throw for want of heap: the request stays
    unanswered[index] = null;
    callback.accept(request, result);
  }

  /**
   * Returns the result that a message holds.
   *
   * @throws InvalidProtocolBufferException if content type and ETag are none
   */
  public static PeerResult result(KeyAnswer answer) throws InvalidProtocolBufferException {
    return switch (answer.getStatus()) {
      case VALUE ->
          PeerResult.value(
              ByteView.copyOf(answer.getValue().asReadOnlyByteBuffer())
                  .withMetadata(
                      GroupcacheCodec.metadata(answer.getContentType(), answer.getEtag())),
              answer.hasTtlNanos() ? answer.getTtlNanos() : Long.MAX_VALUE,
              answer.getStale(),
              answer.getMinuteQps());
      case NOT_FOUND -> end(Status.NOT_FOUND, answer);
      case REJECTED -> end(Status.REJECTED, answer);
      case FAILED, UNRECOGNIZED -> end(Status.FAILED, answer);
      case TIMED_OUT -> end(Status.TIMED_OUT, answer);
      case OVERLOADED -> end(Status.OVERLOADED, answer);
      case NOT_ASKED -> end(Status.NOT_ASKED, answer);
    };
  }

  private static PeerResult end(Status status, KeyAnswer answer) {
    long retryAfterMillis = answer.getRetryAfterMillis();
    return PeerResult.of(
            status, answer.getDetail(), answer.getCauseClass(), answer.getCauseMessage())
        .withRetryAfter(retryAfterMillis <= 0 ? null : Duration.ofMillis(retryAfterMillis));
  }
}
