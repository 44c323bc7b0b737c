package io.dawncache.server.wire;

import io.dawncache.core.GetException;
import io.dawncache.core.GetFailedException;
import io.dawncache.core.GetTimeoutException;
import io.dawncache.core.NotFoundException;
import io.dawncache.core.OverloadedException;
import io.dawncache.core.PeerResult;
import io.dawncache.core.RejectedException;
import io.dawncache.server.Dialect;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import java.time.Duration;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * An answer without a value.
 *
 * @param code the HTTP status
 * @param kind what {@link Headers#STATUS} holds; its presence shows that one of our nodes answers
 * @param text the body, for a person to read, without its last newline; one line, except for our
 *     own nodes
 * @param retryAfter when the request may succeed, as the origin says; null if it does not
 */
public record Refusal(int code, Kind kind, String text, @Nullable Duration retryAfter) {
  /** Makes a refusal of which the origin says nothing. */
  public Refusal(int code, Kind kind, String text) {
    this(code, kind, text, null);
  }

  /** Returns the answer to a client's get that ended without a value. */
  public static Refusal of(Dialect dialect, GetException error) {
    return of(dialect, error, error.shortMessage());
  }

  /**
   * Returns the answer to one of our nodes. If the getter threw something, its class and its
   * message follow the text for clients, on a line each; {@link PeerAnswers} reads them.
   */
  public static Refusal toOurs(Dialect dialect, GetException error) {
    PeerResult result = PeerResult.of(error);
    boolean hasCause = !result.causeClass().isEmpty() || !result.causeMessage().isEmpty();
    return of(
        dialect,
        error,
        result.detail()
            + (hasCause ? "\n" + result.causeClass() + "\n" + result.causeMessage() : ""));
  }

  private static Refusal of(Dialect dialect, GetException error, String text) {
    if (error instanceof NotFoundException) {
      return new Refusal(404, Kind.NOT_FOUND, text);
    }
    if (error instanceof RejectedException) {
      return new Refusal(dialect.rejectedCode(), Kind.REJECTED, text);
    }
    if (error instanceof OverloadedException) {
      return new Refusal(503, Kind.OVERLOADED, text);
    }
    if (error instanceof GetTimeoutException) {
      return new Refusal(504, Kind.TIMED_OUT, text);
    }
    Duration retryAfter = error instanceof GetFailedException failed ? failed.retryAfter() : null;
    return retryAfter == null || !dialect.isOurs()
        ? failed(dialect, text)
        : new Refusal(503, Kind.FAILED, text, retryAfter);
  }

  /**
   * Returns the value of the header Retry-After, in whole seconds, at least 1: of each 503, a
   * second unless the origin says more.
   */
  public long retryAfterSeconds() {
    return retryAfter == null ? 1 : Math.max(1, retryAfter.plusNanos(999_999_999).toSeconds());
  }

  /** Returns the answer to a get that failed. */
  public static Refusal failed(Dialect dialect, String text) {
    return new Refusal(dialect.failedCode(), Kind.FAILED, text);
  }

  /** Returns the answer to a request for a group that this node does not have. */
  public static Refusal noSuchGroup(Dialect dialect, String group) {
    return new Refusal(
        dialect.noSuchGroupCode(), Kind.NO_SUCH_GROUP, dialect.noSuchGroupText() + group);
  }

  /** Returns the answer to a node of another cluster, where no cluster counts as another one. */
  public static Refusal otherCluster() {
    return new Refusal(403, Kind.OTHER_CLUSTER, "this node is of another cluster");
  }

  /**
   * Returns the answer to what only a peer may ask for, from a process that has not proven that it
   * is one. It is the same for all such requests, and so reveals nothing about what this node
   * holds.
   */
  public static Refusal unproven() {
    return new Refusal(
        403, Kind.REFUSED, "peer: not proven (expected: the secret of this cluster)");
  }

  /** Returns the answer to a client that has to send a token, and has sent none that is known. */
  public static Refusal unauthorized() {
    return new Refusal(
        401, Kind.REFUSED, "Authorization: no known token (expected: Bearer and a token)");
  }

  /** Returns the answer to a client whose token is not for the group, if there is one. */
  public static Refusal forbidden() {
    return new Refusal(403, Kind.REFUSED, "the token's role (expected: read of this group)");
  }

  /**
   * Returns the answer to what only a peer may ask, on a connection without a peer's certificate.
   */
  public static Refusal notCertified() {
    return new Refusal(
        403,
        Kind.REFUSED,
        "peer: no certificate of one (expected: a certificate with a peer's name)");
  }

  /** Returns the answer to a path that is neither a page nor under the base path. */
  public static Refusal unexpectedPath(Dialect dialect, String path) {
    return dialect == Dialect.DAWNCACHE
        ? new Refusal(
            404,
            Kind.REFUSED,
            "path: not known here (expected: " + dialect.basePath() + "GROUP/KEY)")
        : new Refusal(400, Kind.REFUSED, "HTTPPool serving unexpected path: " + path);
  }

  /** A peek finds no value in this node's memory. */
  public static Refusal notHeld() {
    return new Refusal(404, Kind.REFUSED, "not held");
  }

  /** Returns the answer to a request that cannot be understood. */
  public static Refusal badRequest(String text) {
    return new Refusal(400, Kind.REFUSED, text);
  }

  /**
   * Returns the answer to bytes that are not an HTTP request, or to one that exceeds the limits.
   */
  public static Refusal malformed(Throwable cause) {
    int code =
        cause instanceof TooLongHttpLineException
            ? 414
            : cause instanceof TooLongHttpHeaderException ? 431 : 400;
    return new Refusal(code, Kind.REFUSED, "malformed request: " + cause.getMessage());
  }

  /** Returns the answer to a request of another major version of HTTP. */
  public static Refusal versionNotSupported(String version) {
    return new Refusal(505, Kind.REFUSED, "version: " + version + " (expected: HTTP/1.1)");
  }

  /** Returns the answer to a body with a transfer coding that we cannot read. */
  public static Refusal codingNotImplemented(String codings) {
    boolean ends = codings.toLowerCase(Locale.ROOT).endsWith("chunked"); // so its end is known
    return new Refusal(
        ends ? 501 : 400, Kind.REFUSED, "Transfer-Encoding: not chunked alone (expected: chunked)");
  }

  /** Returns the answer to an expectation that this server does not meet. */
  public static Refusal expectationFailed() {
    return new Refusal(417, Kind.REFUSED, "Expect: not known (expected: 100-continue)");
  }

  /** Returns the answer to a request that is not whole after {@code timeout}. */
  public static Refusal requestTimedOut(Duration timeout) {
    return new Refusal(
        408, Kind.REFUSED, "request: incomplete after " + timeout.toMillis() + " ms");
  }

  /** Returns the answer to a body or value that is longer than allowed. */
  public static Refusal tooLong(String what, long maxBytes) {
    return new Refusal(
        413, Kind.REFUSED, what + ": too long (expected: <= " + maxBytes + " bytes)");
  }

  /** Returns the answer to a request for which the account of bytes in flight has no room. */
  public static Refusal tooMuchInFlight() {
    return new Refusal(503, Kind.OVERLOADED, "overloaded, too many bytes in flight");
  }

  /** Returns the answer to a method that HTTP does not define. */
  public static Refusal notImplemented() {
    return new Refusal(501, Kind.REFUSED, "method: not known (expected: one of HTTP)");
  }

  /** Returns the answer to a method that the path does not take. */
  public static Refusal methodNotAllowed(Dialect dialect, String method) {
    String expected = dialect.putsAndDeletes() ? "GET, HEAD, PUT or DELETE" : "GET or HEAD";
    return new Refusal(405, Kind.REFUSED, "method " + method + " (expected: " + expected + ")");
  }
}
