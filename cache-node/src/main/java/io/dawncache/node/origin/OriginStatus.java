package io.dawncache.node.origin;

/**
 * What the status of an HTTP origin's answer means for the key.
 *
 * <p>A status of the class 4xx is the origin's answer to this request, so an older value of the key
 * ends. The others mean that there is no answer now, so an older value may be answered as stale
 * (RFC 5861, section 4).
 */
enum OriginStatus {
  /** The body is the whole value: 200, 201, 203. */
  VALUE,
  /** The origin holds nothing under the key: 404, 410. */
  NOT_FOUND,
  /** The origin rejects the request: any other status from 400 to 499 except 408, 425 and 429. */
  REJECTED,
  /**
   * There is no answer now: 408 (time-out), 425 (too early), 429 (too many requests), 500 and
   * above. Statuses that should not occur, such as 206 or 304, mean the same.
   */
  FAILED;

  /** Returns the meaning of {@code code}. */
  static OriginStatus of(int code) {
    return switch (code) {
      case 200, 201, 203 -> VALUE;
      case 404, 410 -> NOT_FOUND;
      case 408, 425, 429 -> FAILED;
      default -> code >= 400 && code <= 499 ? REJECTED : FAILED;
    };
  }
}
