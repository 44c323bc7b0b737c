package io.dawncache.node.origin;

import io.dawncache.core.Metadata;
import java.time.Duration;
import java.time.Instant;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.apache.hc.client5.http.utils.DateUtils;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.message.BasicHeader;
import org.jspecify.annotations.Nullable;

/**
 * Asks a server for a value only if it is another one than the value that is held: the header of a
 * request, made of the held value's ETag (RFC 9110, section 13.1).
 *
 * <p>A value keeps one validator. If a server sends {@code Last-Modified} alone, it becomes an ETag
 * of a form of our own, from which the condition is made again.
 *
 * @param header {@code If-None-Match} or {@code If-Modified-Since}
 * @param etag of the held value
 */
record HttpCondition(Header header, String etag) {
  private static final Pattern ETAG = Pattern.compile("(?:W/)?\"[\\x21\\x23-\\x7e]*\"");

  private static final Pattern MODIFIED = Pattern.compile("W/\"modified-([0-9]{1,12})\"");

  /** A server may write a value twice in one second, under one time. */
  private static final Duration SETTLED = Duration.ofSeconds(1);

  /** Returns the condition for a held value of this metadata, or null if it has no ETag. */
  static @Nullable HttpCondition of(@Nullable Metadata held) {
    String etag = held == null ? null : held.etag();
    if (etag == null) {
      return null;
    }
    Matcher modified = MODIFIED.matcher(etag);
    return new HttpCondition(
        modified.matches()
            ? new BasicHeader(
                HttpHeaders.IF_MODIFIED_SINCE,
                DateUtils.formatStandardDate(
                    Instant.ofEpochSecond(Long.parseLong(modified.group(1)))))
            : new BasicHeader(HttpHeaders.IF_NONE_MATCH, etag),
        etag);
  }

  /** Returns the ETag of an answer, or the one that stands for its time; null if it has neither. */
  static @Nullable String etag(MessageHeaders head) {
    Header etag = head.getFirstHeader(HttpHeaders.ETAG);
    if (etag != null) {
      String text = etag.getValue();
      boolean isUsable = ETAG.matcher(text).matches() && !MODIFIED.matcher(text).matches();
      return isUsable ? text : null;
    }
    Instant modified = DateUtils.parseStandardDate(head, HttpHeaders.LAST_MODIFIED);
    Instant date = DateUtils.parseStandardDate(head, HttpHeaders.DATE);
    Instant answered = date == null ? Instant.now() : date;
    boolean isUsable =
        modified != null
            && modified.getEpochSecond() >= 0
            && !modified.plus(SETTLED).isAfter(answered);
    return isUsable ? "W/\"modified-" + modified.getEpochSecond() + "\"" : null;
  }

  /**
   * Returns whether an answer 304 is about the held value: it names its ETag, or none. Some caches
   * answer 304 for a value that they hold and the asker does not.
   */
  boolean isAnsweredBy(MessageHeaders head) {
    Header other = head.getFirstHeader(HttpHeaders.ETAG);
    return other == null
        || header.getName().equals(HttpHeaders.IF_MODIFIED_SINCE)
        || opaque(other.getValue()).equals(opaque(etag));
  }

  private static String opaque(String etag) {
    return etag.startsWith("W/") ? etag.substring(2) : etag;
  }
}
