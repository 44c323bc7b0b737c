package io.dawncache.server.wire;

import io.dawncache.core.TraceContext;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.util.AsciiString;
import java.time.Duration;
import java.util.HexFormat;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The headers of our nodes, for what the family's protocol cannot express. */
public final class Headers {
  /** On a request: the URL of the node that sends it; such a request must not be forwarded. */
  public static final AsciiString PEER = AsciiString.cached("Dawncache-Peer");

  /** On any get: how many milliseconds its sender waits. */
  public static final AsciiString TIMEOUT = AsciiString.cached("Dawncache-Timeout");

  /**
   * On a fetch by one of our nodes: how many gets its hot copies have answered since its last
   * fetch.
   */
  public static final AsciiString COPY_GETS = AsciiString.cached("Dawncache-Copy-Gets");

  /**
   * On an answer without a value: the reason, as a {@link Kind#label()}. In our own dialect, on an
   * answer with a value: {@link #VALUE}. So an answer without this header is not a node's.
   */
  public static final AsciiString STATUS = AsciiString.cached("Dawncache-Status");

  /** The {@link #STATUS} of a value. */
  public static final AsciiString VALUE = AsciiString.cached("value");

  /** On an answer with a value: {@code true} if it has expired and the origin failed. */
  public static final AsciiString STALE = AsciiString.cached("Dawncache-Stale");

  /** On a message between our nodes, and on its answer: its {@link MessageKind#label()}. */
  public static final AsciiString MESSAGE = AsciiString.cached("Dawncache-Message");

  /** On the answer to a put, once for each member that it did not reach: the member's URL. */
  public static final AsciiString UNREACHED = AsciiString.cached("Dawncache-Unreached");

  /** On the answer to a client's change: the URL of a node that holds another member list. */
  public static final AsciiString OTHER_LISTS = AsciiString.cached("Dawncache-Other-Lists");

  /** On requests and answers of our nodes: the name of the sender's cluster, if it has one. */
  public static final AsciiString CLUSTER = AsciiString.cached("Dawncache-Cluster");

  /**
   * On the request for frames and on its answer: the fingerprint of a member list, in hex digits.
   */
  public static final AsciiString MEMBERS = AsciiString.cached("Dawncache-Members");

  /** On the request for frames and on its answer: the number of a process, in hex digits. */
  public static final AsciiString INSTANCE = AsciiString.cached("Dawncache-Instance");

  /**
   * On the request for frames and on its answer: the names of the rings that the sender knows,
   * beside the one that every node knows, with commas between them.
   */
  public static final AsciiString RINGS = AsciiString.cached("Dawncache-Rings");

  /**
   * Between nodes that have a secret, on the request for frames and on the answer that asks for a
   * proof: the sender's nonce.
   */
  public static final AsciiString NONCE = AsciiString.cached("Dawncache-Nonce");

  /** On the request for frames and on the grant: the proofs of {@link ClusterSecrets}. */
  public static final AsciiString PROOF = AsciiString.cached("Dawncache-Proof");

  /** On any get: the trace that it belongs to; see {@link TraceContext}. */
  public static final AsciiString TRACE_PARENT = AsciiString.cached("traceparent");

  /** Beside {@link #TRACE_PARENT}, maybe several times: what tracing systems add. */
  public static final AsciiString TRACE_STATE = AsciiString.cached("tracestate");

  /** A number with more digits may exceed a long. */
  private static final int MAX_DIGITS = 18;

  private static final int HEX_DIGITS = 16;

  private Headers() {}

  /**
   * Returns the kind of message that this is.
   *
   * @throws BadRequestException if we do not know it
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
   * Returns how long the sender waits, or null if not given.
   *
   * @throws BadRequestException if it is not a number of milliseconds
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
   * @throws BadRequestException if it is not a number
   */
  public static long copyGets(HttpHeaders headers) throws BadRequestException {
    String gets = headers.get(COPY_GETS);
    return gets == null ? 0 : number(COPY_GETS, gets, 0, "a whole number, >= 0");
  }

  /** Returns the trace that a request belongs to, or null if it names none, or none that is one. */
  public static @Nullable TraceContext trace(HttpHeaders headers) {
    String parent = headers.get(TRACE_PARENT);
    if (parent == null || headers.getAll(TRACE_PARENT).size() > 1) {
      return null;
    }
    List<String> states = headers.getAll(TRACE_STATE);
    return TraceContext.read(parent, states.isEmpty() ? null : String.join(",", states));
  }

  static void set(TraceContext trace, HttpHeaders headers) {
    headers.set(TRACE_PARENT, trace.traceparent());
    if (trace.tracestate() != null) {
      headers.set(TRACE_STATE, trace.tracestate());
    }
  }

  /**
   * Returns whether a body follows a request with these headers; an empty body in chunks counts.
   */
  public static boolean announceBody(HttpHeaders headers) {
    if (headers.contains(HttpHeaderNames.TRANSFER_ENCODING)) {
      return true;
    }
    String length = headers.get(HttpHeaderNames.CONTENT_LENGTH);
    return length != null && !length.chars().allMatch(c -> c == '0');
  }

  /** Returns the number in a header's hex digits, or null if there is none. */
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

  /** Returns after how long an answer asks for a repetition, or null if it names no seconds. */
  static @Nullable Duration retryAfter(HttpHeaders headers) {
    String seconds = headers.get(HttpHeaderNames.RETRY_AFTER);
    try {
      return seconds == null
          ? null
          : Duration.ofSeconds(number(HttpHeaderNames.RETRY_AFTER, seconds, 1, ""));
    } catch (BadRequestException e) {
      return null; // a date, as proxies may send
    }
  }

  /** Returns {@code left} in whole milliseconds, rounded up, at least 1. */
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
