package io.dawncache.server.inbound;

import io.dawncache.core.ByteAccount;
import io.dawncache.server.wire.Refusal;
import io.netty.buffer.ByteBuf;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import java.nio.ByteBuffer;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The body of a request, put together as it arrives, in memory that grows with what has arrived and
 * not with what was announced.
 */
final class Body implements AutoCloseable {
  private static final int FIRST_BYTES = 256;
  private static final byte[] NO_BYTES = {};

  private final int maxBytes;
  private final ByteAccount.Holder holder;
  private byte[] bytes = NO_BYTES;
  private int length;
  private boolean whole;
  private @Nullable Refusal fault;

  /**
   * Expects the body of {@code request}.
   *
   * @param maxBytes how long it may be
   * @param holder of what has arrived
   */
  Body(HttpRequest request, int maxBytes, ByteAccount.Holder holder) {
    this.maxBytes = maxBytes;
    this.holder = holder;
    if (HttpUtil.getContentLength(request, 0L) > maxBytes) {
      fault = Refusal.tooLong("body", maxBytes);
    }
  }

  /** Takes the next part; drops it after a fault. */
  void add(HttpContent part) {
    ByteBuf content = part.content();
    if (fault != null) {
      return;
    }
    if (part.decoderResult().isFailure()) {
      fail(Refusal.malformed(part.decoderResult().cause()));
    } else if (content.readableBytes() > maxBytes - length) {
      fail(Refusal.tooLong("body", maxBytes));
    } else if (!hasRoomFor(content.readableBytes())) {
      fail(Refusal.tooMuchInFlight());
    } else {
      append(content);
      whole = part instanceof LastHttpContent;
    }
  }

  /** Refuses the body: drops what has arrived and what still arrives. */
  void fail(Refusal why) {
    fault = why;
    close();
  }

  /** Makes room for {@code more} bytes; returns whether there is room. */
  private boolean hasRoomFor(int more) {
    holder.moved();
    if (more > bytes.length - length) {
      long roomier = Math.min(Math.max(FIRST_BYTES, 2L * (length + more)), maxBytes);
      if (!holder.add(roomier - bytes.length)) {
        return false;
      }
      bytes = Arrays.copyOf(bytes, (int) roomier);
    }
    return true;
  }

  private void append(ByteBuf content) {
    int more = content.readableBytes();
    content.getBytes(content.readerIndex(), bytes, length, more);
    length += more;
  }

  /** Returns whether there is nothing more to wait for: all has arrived, or something is wrong. */
  boolean isOver() {
    return whole || fault != null;
  }

  /** Returns what is wrong with it, or null; nothing after it on its connection can be read. */
  @Nullable Refusal fault() {
    return fault;
  }

  /** Releases its bytes: the request has been served, or will not be. */
  @Override
  public void close() {
    bytes = NO_BYTES;
    length = 0;
    holder.close();
  }

  /** Returns its bytes, to be read at once. */
  ByteBuffer bytes() {
    return ByteBuffer.wrap(bytes, 0, length);
  }
}
