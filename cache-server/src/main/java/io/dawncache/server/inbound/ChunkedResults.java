package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;

/** The answer to a get of many keys over HTTP: the results that have arrived leave as a chunk. */
final class ChunkedResults implements Pieces {
  /** A chunk's length, filled in afterwards, in as many hex digits as an int may need. */
  private static final int CHUNK_HEAD_BYTES = 8 + 2;

  private static final byte[] LINE_END = "\r\n".getBytes(US_ASCII);
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(US_ASCII);

  private final ResultStream results;
  private boolean begun; // the head is written

  ChunkedResults(ResultStream results) {
    this.results = results;
  }

  @Override
  public boolean hasNext() {
    return !begun || results.hasNext();
  }

  @Override
  public boolean isNextLong() {
    return begun && results.isNextLong();
  }

  @Override
  public boolean isOver() {
    return results.isOver();
  }

  @Override
  public long heldBytes() {
    return 0; // the stream counts them
  }

  @Override
  public void close() {
    results.close();
  }

  @Override
  public void write(Persistence persistence, Outbox out) {
    if (begun) {
      writeChunk(out);
    } else {
      begun = true;
      Responses.resultsToCome().write(false, persistence, out);
    }
  }

  private void writeChunk(Outbox out) {
    ByteBuf buffer = out.room(CHUNK_HEAD_BYTES + LINE_END.length + LAST_CHUNK.length);
    int start = buffer.writerIndex();
    buffer.writeZero(CHUNK_HEAD_BYTES);
    results.write(buffer);
    results.left();
    int length = buffer.writerIndex() - start - CHUNK_HEAD_BYTES;
    buffer.setCharSequence(start, String.format("%08x\r\n", length), US_ASCII);
    buffer.writeBytes(LINE_END);
    if (results.isOver()) {
      buffer.writeBytes(LAST_CHUNK);
    }
    out.written();
  }
}
