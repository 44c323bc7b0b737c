package io.dawncache.server.inbound;

import io.dawncache.core.ByteView;
import io.dawncache.core.Entry;
import io.dawncache.server.Dialect;
import io.dawncache.server.wire.Freshness;
import io.dawncache.server.wire.GroupcacheCodec;
import io.netty.buffer.ByteBuf;

/**
 * An answer whose value is copied piece by piece, as the client takes it. A slow client holds one
 * piece of memory; the few pieces of a fast one stay in the processor's cache.
 */
final class LargeValue implements Pieces {
  /** Longer values are written in pieces of this length. */
  static final int PIECE_BYTES = 64 << 10;

  private final ByteView value;
  private final boolean stale;
  private final Freshness freshness;
  private final Dialect dialect;
  private int written = -1; // bytes of the value; -1 before the head

  LargeValue(Entry entry, Freshness freshness, Dialect dialect) {
    this.value = entry.value();
    this.stale = entry.isStale();
    this.freshness = freshness;
    this.dialect = dialect;
  }

  @Override
  public boolean hasNext() {
    return !isOver();
  }

  @Override
  public boolean isNextLong() {
    return true;
  }

  @Override
  public boolean isOver() {
    return written == value.length();
  }

  @Override
  public long heldBytes() {
    return value.length();
  }

  @Override
  public void close() {}

  @Override
  public void write(Persistence persistence, Outbox out) {
    if (written < 0) {
      written = 0;
      ByteBuf head = out.room(Values.AROUND_VALUE_BYTES);
      Values.writeHead(value, freshness, stale, dialect, persistence, out.date(), head);
      GroupcacheCodec.writeUpToValue(value, head);
    }
    int end = Math.min(value.length(), written + PIECE_BYTES);
    GroupcacheCodec.writeValue(value.slice(written, end), out.room(end - written));
    written = end;
    if (isOver() && !freshness.equals(Freshness.NONE)) {
      int bytes = GroupcacheCodec.bytesFromValueOn(freshness);
      GroupcacheCodec.writeFromValueOn(freshness, out.room(bytes));
    }
    out.written();
  }
}
