package io.dawncache.server.wire;

import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.HexFormat;
import org.jspecify.annotations.Nullable;

/** The headers that our nodes say things in which the family's protocol has no words for. */
public final class Headers {
  /** On a request: it comes from the node whose URL this is, and is not to be forwarded. */
  public static final AsciiString PEER = AsciiString.cached("Dawncache-Peer");

  /** On a get, anybody's: after how many milliseconds its sender waits no longer. */
  public static final AsciiString TIMEOUT = AsciiString.cached("Dawncache-Timeout");

  /** On a get of one of our nodes: how many gets its copies have answered since its last. */
  public static final AsciiString COPY_GETS = AsciiString.cached("Dawncache-Copy-Gets");

  /**
   * On an answer without a value: why, as a {@link Kind#label()}. In our own dialect, on an answer
   * with one: {@link #VALUE}. So an answer that is not a node's is known by its absence.
   */
  public static final AsciiString STATUS = AsciiString.cached("Dawncache-Status");

  /** What {@link #STATUS} says of a value. */
  public static final AsciiString VALUE = AsciiString.cached("value");

  /** On an answer with a value: {@code true} if it has expired and the origin failed. */
  public static final AsciiString STALE = AsciiString.cached("Dawncache-Stale");

  /** On a message between our nodes, and on its answer: its {@link MessageKind#label()}. */
  public static final AsciiString MESSAGE = AsciiString.cached("Dawncache-Message");

  /** On the answer to a put, once a member: the member's URL, which could not be told of it. */
  public static final AsciiString UNREACHED = AsciiString.cached("Dawncache-Unreached");

  /** A node that holds another member list, by its URL, to a client that made a change. */
  public static final AsciiString OTHER_LISTS = AsciiString.cached("Dawncache-Other-Lists");

  /** On what one of our nodes sends: the name of its cluster; left out if it has none. */
  public static final AsciiString CLUSTER = AsciiString.cached("Dawncache-Cluster");

  /** On the wish for frames and on its answer: the fingerprint of a member list, in hex digits. */
  public static final AsciiString MEMBERS = AsciiString.cached("Dawncache-Members");

  /** On the wish for frames and on its answer: the number of a process, in hex digits. */
  public static final AsciiString INSTANCE = AsciiString.cached("Dawncache-Instance");

  /** A number of more digits is beyond what a long holds, and beyond all sense. */
  private static final int MAX_DIGITS = 18;

  private static final int HEX_DIGITS = 16;

  private Headers() {}

  /**
   * Returns the kind of message that this is.
   *
   * @throws BadRequestException if it is none that we know
   */
  public static MessageKind message(HttpHeaders headers) throws BadRequestException {
    String label = headers.get(MESSAGE);
    MessageKind kind = MessageKind.of(label);
    if (kind == null) {
      throw new BadRequestException(
          MESSAGE
              + ": "
              + (label == null ? "none" : label)
              + " (expected: forget, coordinate, get-all or members)");
    }
    return kind;
  }

  /**
   * Returns how long the sender waits, or null if it does not say.
   *
   * @throws BadRequestException if that is no number of milliseconds
   */
  public static @Nullable Duration timeout(HttpHeaders headers) throws BadRequestException {
    String millis = headers.get(TIMEOUT);
    return millis == null
        ? null
        : Duration.ofMillis(number(TIMEOUT, millis, 1, "whole milliseconds, >= 1"));
  }

  /**
   * Returns how many gets the sender's copies have answered.
   *
   * @throws BadRequestException if that is no number
   */
  public static long copyGets(HttpHeaders headers) throws BadRequestException {
    String gets = headers.get(COPY_GETS);
    return gets == null ? 0 : number(COPY_GETS, gets, 0, "a whole number, >= 0");
  }

  /** Returns whether a body follows a request with these headers; an empty one in chunks counts. */
  public static boolean announceBody(HttpHeaders headers) {
    if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return true;
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return length != null && !length.chars().allMatch(c -> c == '0');
  }

  /** Returns the number that a header says in hex digits, or null if it says none. */
  static @Nullable Long hex(HttpHeaders headers, AsciiString name) {
    String digits = headers.get(name);
    if (digits == null || digits.length() != HEX_DIGITS) {
      return null;
    }
    try {
      return Long.parseUnsignedLong(digits, 16);
    } catch (NumberFormatException e) {
      return null;
    }
  }

  static String hex(long number) {
    return HexFormat.of().toHexDigits(number);
  }

  /** Returns {@code left} in whole milliseconds, upwards, at least 1. */
  static long millis(Duration left) {
    return Math.max(1, left.plusNanos(999_999).toMillis());
  }

  private static long number(AsciiString header, String text, long min, String expected)
      throws BadRequestException {
    boolean digits =
        !text.isEmpty()
            && text.length() <= MAX_DIGITS
            && text.chars().allMatch(c -> c >= '0' && c <= '9');
    if (digits && Long.parseLong(text) >= min) {
      return Long.parseLong(text);
    }
    throw new BadRequestException(header + ": " + text + " (expected: " + expected + ")");
  }
}
