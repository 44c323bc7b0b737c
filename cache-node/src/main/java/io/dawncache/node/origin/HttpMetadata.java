package io.dawncache.node.origin;

import io.dawncache.core.Metadata;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicBoolean;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;
import org.jspecify.annotations.Nullable;

/**
 * Makes a value's metadata of the head of the answer that it came with. What has no room there is
 * left out, which the log says once per group. Safe for use by several threads.
 */
final class HttpMetadata {
  private static final System.Logger LOG = System.getLogger(HttpMetadata.class.getName());

  private final String group;
  private final AtomicBoolean logged = new AtomicBoolean();

  HttpMetadata(String group) {
    this.group = group;
  }

  /** Returns the metadata of {@code answer}, or null if nothing is known. */
  @Nullable Metadata of(OriginClient.Answer answer) {
    String type = contentType(answer.head());
    // The ETag of another URL says nothing to the server that is asked first.
    String etag = answer.redirected() ? null : HttpCondition.etag(answer.head());
    int left = Metadata.MAX_BYTES;
    if (type != null && type.length() > left) {
      log("Content-Type", type);
      type = null;
    }
    left -= type == null ? 0 : type.length();
    if (etag != null && etag.length() > left) {
      log("ETag", etag);
      etag = null;
    }
    return type == null && etag == null ? null : new Metadata(type, etag);
  }

  private static @Nullable String contentType(MessageHeaders head) {
    Header header = head.getFirstHeader(HttpHeaders.CONTENT_TYPE);
    String type = header == null ? "" : header.getValue().trim();
    boolean isUsable = !type.isEmpty() && type.chars().allMatch(c -> c >= ' ' && c <= '~');
    return isUsable ? type : null;
  }

  private void log(String header, String value) {
    if (logged.compareAndSet(false, true)) {
      LOG.log(
          Level.WARNING,
          () ->
              "group %s: the origin's %s is left out: %d bytes (expected: <= %d with the other)"
                  .formatted(group, header, value.length(), Metadata.MAX_BYTES));
    }
  }
}
