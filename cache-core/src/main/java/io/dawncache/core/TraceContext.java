package io.dawncache.core;

import java.util.Arrays;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * The trace that a request belongs to, as the headers {@code traceparent} and {@code tracestate} of
 * the W3C Trace Context have it. A node records no spans, so it passes both on as it received them.
 *
 * @param traceparent the version {@code 00}, a trace id, the id of the caller's span and flags, all
 *     in lower-case hex digits: 55 chars
 * @param tracestate what tracing systems add: at most 32 of {@code KEY=VALUE} with commas between
 *     them, 512 chars together; or null
 * @see <a href="https://www.w3.org/TR/trace-context/">Trace Context</a>
 * @since 0.1.0
 */
public record TraceContext(String traceparent, @Nullable String tracestate) {
  /** The longest {@code tracestate} that is passed on, in chars. */
  public static final int MOST_STATE_CHARS = 512;

  /** The length of every {@link #traceparent}, in chars. */
  public static final int PARENT_CHARS = 55;

  private static final String ZEROS = "0".repeat(32);

  /** Any version; a later one than 00 may have more behind the flags. */
  private static final Pattern PARENT =
      Pattern.compile("([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?");

  /** An empty member may stand where a header was empty. */
  private static final Pattern MEMBER =
      Pattern.compile(
          "[ \\t]*+([a-z0-9][a-z0-9_*/@-]{0,255}=[ -+\\--<>-~]{0,255}[!-+\\--<>-~][ \\t]*+)?");

  private static final int MOST_MEMBERS = 32;

  /** Rejects what {@link #read} would not return. */
  public TraceContext {
    if (!traceparent.equals(normalized(traceparent))) {
      throw new IllegalArgumentException(
          "traceparent: " + traceparent + " (expected: 00-TRACE_ID-SPAN_ID-FLAGS in hex digits)");
    }
    if (tracestate != null && !isState(tracestate)) {
      throw new IllegalArgumentException(
          "tracestate: "
              + tracestate
              + " (expected: KEY=VALUE, up to "
              + MOST_MEMBERS
              + " with commas between them, <= "
              + MOST_STATE_CHARS
              + " chars)");
    }
  }

  /**
   * Reads the two headers of a request, as the W3C requires: with a wrong {@code traceparent} the
   * request counts as one without a trace; a wrong or too long {@code tracestate} is left out. Of a
   * later version than 00 the fields that 00 knows are read, and of its flags only <em>sampled</em>
   * remains.
   *
   * @param traceparent the only header of this name, or null
   * @param tracestate all headers of this name with commas between them, or null
   * @return the trace, or null if there is none
   */
  public static @Nullable TraceContext read(
      @Nullable String traceparent, @Nullable String tracestate) {
    String parent = traceparent == null ? null : normalized(traceparent);
    if (parent == null) {
      return null;
    }
    return new TraceContext(parent, tracestate != null && isState(tracestate) ? tracestate : null);
  }

  private static @Nullable String normalized(String traceparent) {
    Matcher fields = PARENT.matcher(traceparent);
    if (!fields.matches()
        || fields.group(1).equals("ff")
        || fields.group(2).equals(ZEROS)
        || ZEROS.startsWith(fields.group(3))) {
      return null;
    }
    if (fields.group(1).equals("00")) {
      return fields.group(5) == null ? traceparent : null;
    }
    int flags = Integer.parseInt(fields.group(4), 16);
    return "00-" + fields.group(2) + "-" + fields.group(3) + ((flags & 1) == 0 ? "-00" : "-01");
  }

  private static boolean isState(String tracestate) {
    if (tracestate.indexOf('=') < 0 || tracestate.length() > MOST_STATE_CHARS) {
      return false;
    }
    String[] members = tracestate.split(",", -1);
    return members.length <= MOST_MEMBERS
        && Arrays.stream(members).allMatch(member -> MEMBER.matcher(member).matches());
  }

  /** {@return the id of the whole trace, in 32 hex digits} */
  public String traceId() {
    return traceparent.substring(3, 35);
  }
}
