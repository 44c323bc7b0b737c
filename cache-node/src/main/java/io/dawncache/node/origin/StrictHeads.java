package io.dawncache.node.origin;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpVersion;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.ProtocolException;
import org.apache.hc.core5.http.ProtocolVersion;
import org.apache.hc.core5.http.config.Http1Config;
import org.apache.hc.core5.http.impl.io.DefaultHttpResponseParser;
import org.apache.hc.core5.http.io.SessionInputBuffer;
import org.jspecify.annotations.Nullable;

/**
 * Reads the heads of one connection's answers and refuses what could turn an answer into another
 * value than its server meant: a head that ends early, bytes that no request asked for, a length
 * that is given twice or in two ways.
 */
final class StrictHeads extends DefaultHttpResponseParser {
  /** Enough for any correct server; one that sends more is cut off. */
  private static final int MAX_INTERIM_ANSWERS = 16;

  private int interimAnswers;

  StrictHeads(Http1Config limits) {
    super(limits);
  }

  /**
   * Reads the next head, skipping interim ones (1xx).
   *
   * @return null if the connection ended before the head began
   */
  @Override
  public @Nullable ClassicHttpResponse parse(SessionInputBuffer buffer, InputStream in)
      throws IOException, HttpException {
    if (interimAnswers == 0 && buffer.length() > 0) {
      // Bytes that followed the last answer. Read as the next answer, they would give one key the
      // value of another.
      throw new StaleConnectionException("more came after an answer than its length", null);
    }
    ClassicHttpResponse head = super.parse(buffer, new WholeHead(in, buffer.length() > 0));
    if (head == null) {
      return null;
    }
    if (head.getCode() >= 200) {
      interimAnswers = 0;
      checkFraming(head);
    } else if (++interimAnswers > MAX_INTERIM_ANSWERS) {
      throw new MessageConstraintException(
          "interim answers: " + interimAnswers + " (expected: <= " + MAX_INTERIM_ANSWERS + ")");
    }
    return head;
  }

  private static void checkFraming(ClassicHttpResponse head) throws ProtocolException {
    ProtocolVersion version = head.getVersion();
    if (!version.equals(HttpVersion.HTTP_1_1) && !version.equals(HttpVersion.HTTP_1_0)) {
      throw new ProtocolException("version: " + version + " (expected: HTTP/1.1 or HTTP/1.0)");
    }
    Header[] lengths = head.getHeaders(HttpHeaders.CONTENT_LENGTH);
    if (lengths.length > 1) {
      throw new ProtocolException("Content-Length: given twice (expected: once)");
    }
    if (lengths.length == 1 && !isNumber(lengths[0].getValue())) {
      throw new ProtocolException(
          "Content-Length: " + lengths[0].getValue() + " (expected: a number of bytes)");
    }
    if (head.containsHeader(HttpHeaders.TRANSFER_ENCODING)
        && (lengths.length == 1 || version.equals(HttpVersion.HTTP_1_0))) {
      throw new ProtocolException(
          "Transfer-Encoding: with "
              + (lengths.length == 1 ? "Content-Length" : version)
              + " (expected: one way to tell the length)");
    }
  }

  private static boolean isNumber(String text) {
    return !text.isEmpty()
        && text.length() <= 18
        && text.chars().allMatch(c -> c >= '0' && c <= '9');
  }

  /** The library accepts the end of a connection as the end of a head; here it is an error. */
  private static final class WholeHead extends FilterInputStream {
    private boolean begun;

    WholeHead(InputStream in, boolean begun) {
      super(in);
      this.begun = begun;
    }

    @Override
    public int read() throws IOException {
      return checked(super.read());
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
      return checked(super.read(bytes, offset, length));
    }

    private int checked(int read) throws IOException {
      if (read < 0 && begun) {
        throw new ConnectionClosedException("the connection ended in the head of an answer");
      }
      begun = true;
      return read;
    }
  }
}
