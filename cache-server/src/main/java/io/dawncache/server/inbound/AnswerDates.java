package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.netty.buffer.ByteBuf;
import java.time.Instant;
import java.time.InstantSource;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeFormatterBuilder;
import java.time.temporal.ChronoField;
import java.util.Locale;
import java.util.Map;

/**
 * The {@code Date} of a server's answers: rendered once for each second in which the server
 * answers, and copied into every answer of that second. Safe for use by any thread.
 *
 * @see <a href="https://www.rfc-editor.org/rfc/rfc9110#section-6.6.1">RFC 9110, section 6.6.1</a>
 */
final class AnswerDates {
  /*
   * All event loops of a server share the latest rendering. Two loops may find it old at the same
   * time; both then render the same bytes, and it does not matter which rendering stays.
   */
  private final InstantSource clock;
  private volatile Second latest;

  /** Takes the dates from {@code clock}. */
  AnswerDates(InstantSource clock) {
    this.clock = clock;
    this.latest = new Second(epochSecond(clock));
  }

  /** Returns the present second. Allocates nothing while it stays the same. */
  Second now() {
    long present = epochSecond(clock);
    Second known = latest;
    if (known.epochSecond != present) {
      known = new Second(present);
      latest = known;
    }
    return known;
  }

  private static long epochSecond(InstantSource clock) {
    return Math.floorDiv(clock.millis(), 1_000L);
  }

  /** One second, as it is written in the heads of answers. Immutable. */
  static final class Second {
    /** How many bytes {@link #writeDate} writes. */
    static final int DATE_BYTES = "date: Thu, 26 Nov 2026 17:00:00 GMT\r\n".length();

    private static final String OK = "HTTP/1.1 200 OK\r\n";

    /** Uses the names that RFC 9110 gives; those of a locale may differ. */
    private static final DateTimeFormatter DATE =
        new DateTimeFormatterBuilder()
            .appendText(
                ChronoField.DAY_OF_WEEK,
                Map.of(1L, "Mon", 2L, "Tue", 3L, "Wed", 4L, "Thu", 5L, "Fri", 6L, "Sat", 7L, "Sun"))
            .appendPattern(", dd ")
            .appendText(
                ChronoField.MONTH_OF_YEAR,
                Map.ofEntries(
                    Map.entry(1L, "Jan"),
                    Map.entry(2L, "Feb"),
                    Map.entry(3L, "Mar"),
                    Map.entry(4L, "Apr"),
                    Map.entry(5L, "May"),
                    Map.entry(6L, "Jun"),
                    Map.entry(7L, "Jul"),
                    Map.entry(8L, "Aug"),
                    Map.entry(9L, "Sep"),
                    Map.entry(10L, "Oct"),
                    Map.entry(11L, "Nov"),
                    Map.entry(12L, "Dec")))
            .appendPattern(" uuuu HH:mm:ss 'GMT'")
            .toFormatter(Locale.ROOT)
            .withZone(ZoneOffset.UTC);

    private final long epochSecond;
    private final byte[] okAndDate;

    private Second(long epochSecond) {
      this.epochSecond = epochSecond;
      String date = DATE.format(Instant.ofEpochSecond(epochSecond));
      this.okAndDate = (OK + "date: " + date + "\r\n").getBytes(US_ASCII);
    }

    /** Writes the status line of an answer with a value, and its date. */
    void writeOkAndDate(ByteBuf out) {
      out.writeBytes(okAndDate);
    }

    /** Writes the header line with the date. */
    void writeDate(ByteBuf out) {
      out.writeBytes(okAndDate, OK.length(), okAndDate.length - OK.length());
    }
  }
}
