package io.dawncache.node.origin;

import io.dawncache.node.origin.OriginClient.RefusedAnswerException;
import java.io.IOException;
import java.util.Locale;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.MessageHeaders;

/** Which redirects of a server are followed, and where they lead. */
enum Redirects {
  /** Those to the server that was asked. */
  SAME_ORIGIN,
  /** Those to any server, but none from https to http. */
  FOLLOW,
  /** None: a redirect is a failure. */
  REFUSE;

  /** How many are followed for one answer. */
  static final int MOST = 5;

  /** Returns the policy of this name, which is in lower case with hyphens. */
  static Redirects of(String name) {
    return valueOf(name.toUpperCase(Locale.ROOT).replace('-', '_'));
  }

  /** Returns whether an answer of this status leads to another that is wanted instead. */
  boolean leadsOn(int status) {
    return this != REFUSE
        && switch (status) {
          case 301, 302, 303, 307, 308 -> true;
          default -> false;
        };
  }

  /**
   * Returns where a redirect leads.
   *
   * @param asked the URL that it is the answer to
   * @param status of the answer
   * @param head of the answer
   * @throws RefusedAnswerException if that is no URL, or one that this policy excludes; its message
   *     is for clients and names no URL, its cause is for the log and names the other server
   */
  HttpUrl next(HttpUrl asked, int status, MessageHeaders head) throws RefusedAnswerException {
    Header[] locations = head.getHeaders(HttpHeaders.LOCATION);
    if (locations.length != 1) {
      throw refused(status, locations.length == 0 ? "without Location" : "with two Locations");
    }
    HttpUrl next = asked.resolve(locations[0].getValue());
    if (next == null) {
      throw refused(status, "to what is no URL of http or https");
    }
    if (asked.scheme().equals("https") && next.scheme().equals("http")) {
      throw refused(status, "from https to http");
    }
    if (this == SAME_ORIGIN && !next.isSameOrigin(asked)) {
      throw (RefusedAnswerException)
          refused(status, "to another server").initCause(new IOException(next.authority()));
    }
    return next;
  }

  /** Returns the failure of an answer that redirects {@code how}. */
  static RefusedAnswerException refused(int status, String how) {
    return new RefusedAnswerException("status " + status + ", a redirect " + how);
  }
}
