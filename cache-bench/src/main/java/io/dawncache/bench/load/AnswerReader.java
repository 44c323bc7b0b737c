package io.dawncache.bench.load;

import io.netty.buffer.ByteBuf;
import java.net.ProtocolException;

/**
 * Reads the answers of one HTTP/1.1 connection as they arrive, in pieces cut anywhere. For each it
 * reports the status, how long the body was and whether the connection stays open; it skips bodies.
 *
 * <p>Knows Content-Length, chunks, bodies that end with the connection, and interim answers, but no
 * answers to HEAD. Allocates nothing. After an exception nothing more may be read.
 */
final class AnswerReader {
  /** Receives each answer when it is complete. */
  interface Listener {
    /**
     * An answer is complete.
     *
     * @param head the first two bytes of its body, the first one highest; 0 for missing ones
     * @param keepsAlive whether the server takes more requests on this connection
     * @throws ProtocolException if no request waits for an answer
     */
    void answered(int status, long bodyBytes, int head, boolean keepsAlive)
        throws ProtocolException;
  }

  private enum State {
    STATUS_LINE,
    HEADER,
    BODY,
    BODY_UNTIL_CLOSE,
    CHUNK_SIZE,
    CHUNK,
    CHUNK_END,
    TRAILER
  }

  private static final int MAX_LINE_BYTES = 16 << 10;
  private static final int MAX_DIGITS = 18;
  private static final long UNKNOWN = -1;

  private final Listener listener;
  private final byte[] line = new byte[MAX_LINE_BYTES];
  private int lineBytes;
  private boolean lineIsRead; // the next piece begins a new line

  private State state = State.STATUS_LINE;
  private int status;
  private boolean keepsAlive;
  private boolean chunked;
  private long contentLength = UNKNOWN;
  private long left; // bytes of the body, or of the chunk
  private long bodyBytes;
  private int bodyHead;

  AnswerReader(Listener listener) {
    this.listener = listener;
  }

  /**
   * Reads all of {@code in}.
   *
   * @throws ProtocolException if these bytes are not an answer to a request of ours
   */
  void read(ByteBuf in) throws ProtocolException {
    while (in.isReadable()) {
      switch (state) {
        case BODY, CHUNK -> {
          skipBody(in, (int) Math.min(left, in.readableBytes()));
          if (left == 0) {
            endOfBodyOrChunk();
          }
        }
        case BODY_UNTIL_CLOSE -> skipBody(in, in.readableBytes());
        default -> {
          if (readLine(in)) {
            takeLine();
          }
        }
      }
    }
  }

  /**
   * The connection has ended, and with it some bodies.
   *
   * @throws ProtocolException if no request waits for an answer
   */
  void end() throws ProtocolException {
    if (state == State.BODY_UNTIL_CLOSE) {
      complete();
    }
  }

  private void skipBody(ByteBuf in, int count) {
    for (int i = 0; i < count && bodyBytes + i < 2; i++) {
      int value = in.getUnsignedByte(in.readerIndex() + i);
      bodyHead |= bodyBytes + i == 0 ? value << 8 : value;
    }
    in.skipBytes(count);
    left -= count;
    bodyBytes += count;
  }

  private void endOfBodyOrChunk() throws ProtocolException {
    if (state == State.CHUNK) {
      state = State.CHUNK_END;
    } else {
      complete();
    }
  }

  /** Reads a line, or its beginning, and returns whether it is whole. */
  private boolean readLine(ByteBuf in) throws ProtocolException {
    if (lineIsRead) {
      lineIsRead = false;
      lineBytes = 0;
    }
    int upToEnd = in.bytesBefore((byte) '\n');
    int count = upToEnd < 0 ? in.readableBytes() : upToEnd;
    if (lineBytes + count > MAX_LINE_BYTES) {
      throw new ProtocolException("a line of more than " + MAX_LINE_BYTES + " bytes");
    }
    in.readBytes(line, lineBytes, count);
    lineBytes += count;
    if (upToEnd < 0) {
      return false;
    }
    in.skipBytes(1);
    if (lineBytes > 0 && line[lineBytes - 1] == '\r') {
      lineBytes--;
    }
    lineIsRead = true;
    return true;
  }

  private void takeLine() throws ProtocolException {
    switch (state) {
      case STATUS_LINE -> takeStatusLine();
      case HEADER -> {
        if (lineBytes == 0) {
          endOfHead();
        } else {
          takeHeader();
        }
      }
      case CHUNK_SIZE -> takeChunkSize();
      case CHUNK_END -> {
        if (lineBytes > 0) {
          throw new ProtocolException("a chunk longer than it says");
        }
        state = State.CHUNK_SIZE;
      }
      case TRAILER -> {
        if (lineBytes == 0) {
          complete();
        }
      }
      default -> throw new AssertionError(state);
    }
  }

  /** Reads a line such as HTTP/1.1 200 OK. */
  private void takeStatusLine() throws ProtocolException {
    if (lineBytes < 12 || !startsWith("http/1.", 0) || line[8] != ' ') {
      throw new ProtocolException("a status line that is none: " + shown());
    }
    status = 0;
    for (int i = 9; i < 12; i++) {
      status = 10 * status + digit(i, 10);
    }
    if (status < 100 || status > 599) {
      throw new ProtocolException("a status line that is none: " + shown());
    }
    keepsAlive = line[7] != '0'; // HTTP/1.0 closes by default
    chunked = false;
    contentLength = UNKNOWN;
    bodyBytes = 0;
    bodyHead = 0;
    state = State.HEADER;
  }

  private void takeHeader() throws ProtocolException {
    switch (line[0] | 0x20) { // most headers do not matter, and end here
      case 'c' -> {
        if (startsWith("content-length:", 0)) {
          takeContentLength(valueStart("content-length:"));
        } else if (startsWith("connection:", 0)) {
          int start = valueStart("connection:");
          keepsAlive =
              startsWith("keep-alive", start) || (keepsAlive && !startsWith("close", start));
        }
      }
      case 't' -> {
        if (startsWith("transfer-encoding:", 0)) {
          chunked = startsWith("chunked", valueStart("transfer-encoding:"));
        }
      }
      default -> {}
    }
  }

  private void takeContentLength(int start) throws ProtocolException {
    int end = lineBytes;
    while (end > start && line[end - 1] == ' ') {
      end--;
    }
    long length = number(start, end, 10);
    if (contentLength != UNKNOWN && contentLength != length) {
      throw new ProtocolException("two lengths: " + contentLength + " and " + length);
    }
    contentLength = length;
  }

  private void endOfHead() throws ProtocolException {
    if (status < 200) {
      if (status == 101) {
        throw new ProtocolException("101, a switch of protocols that no request asked for");
      }
      state = State.STATUS_LINE; // an interim answer: the final one follows
    } else if (status == 204 || status == 304) {
      complete();
    } else if (chunked) {
      state = State.CHUNK_SIZE;
    } else if (contentLength == UNKNOWN) {
      keepsAlive = false;
      state = State.BODY_UNTIL_CLOSE;
    } else if (contentLength == 0) {
      complete();
    } else {
      left = contentLength;
      state = State.BODY;
    }
  }

  private void takeChunkSize() throws ProtocolException {
    int end = 0;
    while (end < lineBytes && line[end] != ';' && line[end] != ' ') {
      end++;
    }
    left = number(0, end, 16);
    state = left == 0 ? State.TRAILER : State.CHUNK;
  }

  private void complete() throws ProtocolException {
    state = State.STATUS_LINE;
    listener.answered(status, bodyBytes, bodyHead, keepsAlive);
  }

  private int valueStart(String name) {
    int start = name.length();
    while (start < lineBytes && (line[start] == ' ' || line[start] == '\t')) {
      start++;
    }
    return start;
  }

  private long number(int start, int end, int radix) throws ProtocolException {
    if (start >= end || end - start > (radix == 16 ? 15 : MAX_DIGITS)) {
      throw new ProtocolException("no length: " + shown());
    }
    long number = 0;
    for (int i = start; i < end; i++) {
      number = radix * number + digit(i, radix);
    }
    return number;
  }

  private int digit(int index, int radix) throws ProtocolException {
    int digit = Character.digit(line[index], radix);
    if (digit < 0) {
      throw new ProtocolException("no number: " + shown());
    }
    return digit;
  }

  /** Compares with a text in lower case, ignoring the line's case. */
  private boolean startsWith(String lowerCase, int from) {
    if (from + lowerCase.length() > lineBytes) {
      return false;
    }
    for (int i = 0; i < lowerCase.length(); i++) {
      int c = line[from + i];
      if ((c >= 'A' && c <= 'Z' ? c | 0x20 : c) != lowerCase.charAt(i)) {
        return false;
      }
    }
    return true;
  }

  private String shown() {
    StringBuilder shown = new StringBuilder();
    for (int i = 0; i < Math.min(lineBytes, 60); i++) {
      shown.append(line[i] >= ' ' && line[i] < 0x7f ? (char) line[i] : '?');
    }
    return shown.toString();
  }
}
