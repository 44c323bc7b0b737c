package io.dawncache.server.inbound;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Locale;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AnswerDatesTest {
  private final AtomicReference<Instant> time = new AtomicReference<>(Instant.EPOCH);
  private final AnswerDates dates = new AnswerDates(() -> time.get());

  private String dateAt(String instant) {
    time.set(Instant.parse(instant));
    return date(dates.now());
  }

  private static String date(AnswerDates.Second second) {
    ByteBuf line = Unpooled.buffer();
    second.writeDate(line);
    assertEquals(AnswerDates.Second.DATE_BYTES, line.readableBytes());
    return line.toString(US_ASCII);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          1970-01-01T00:00:00.000Z | Thu, 01 Jan 1970 00:00:00 GMT
          1969-12-31T23:59:59.001Z | Wed, 31 Dec 1969 23:59:59 GMT
          1994-11-06T08:49:37.999Z | Sun, 06 Nov 1994 08:49:37 GMT
          2026-11-26T17:00:00.000Z | Thu, 26 Nov 2026 17:00:00 GMT
          2026-12-31T23:59:59.999Z | Thu, 31 Dec 2026 23:59:59 GMT
          2027-01-01T00:00:00.000Z | Fri, 01 Jan 2027 00:00:00 GMT
          2027-02-28T23:59:59.000Z | Sun, 28 Feb 2027 23:59:59 GMT
          2027-03-01T00:00:00.000Z | Mon, 01 Mar 2027 00:00:00 GMT
          2028-02-29T12:00:00.000Z | Tue, 29 Feb 2028 12:00:00 GMT
          2027-04-07T09:05:03.000Z | Wed, 07 Apr 2027 09:05:03 GMT
          2027-05-08T01:00:00.000Z | Sat, 08 May 2027 01:00:00 GMT
          2027-06-30T23:59:59.000Z | Wed, 30 Jun 2027 23:59:59 GMT
          2027-07-01T00:00:00.000Z | Thu, 01 Jul 2027 00:00:00 GMT
          2027-08-31T10:10:10.000Z | Tue, 31 Aug 2027 10:10:10 GMT
          2027-09-30T20:20:20.000Z | Thu, 30 Sep 2027 20:20:20 GMT
          2027-10-01T00:00:00.000Z | Fri, 01 Oct 2027 00:00:00 GMT
          """)
  void aDateIsAnImfFixdateOfTheClock(String instant, String date) {
    assertEquals("date: " + date + "\r\n", dateAt(instant));
  }

  @Test
  void aSecondIsRenderedOnce() {
    time.set(Instant.parse("2026-11-26T17:00:00.000Z"));
    AnswerDates.Second second = dates.now();
    time.set(Instant.parse("2026-11-26T17:00:00.999Z"));

    assertSame(second, dates.now());
    assertEquals("date: Thu, 26 Nov 2026 17:00:01 GMT\r\n", dateAt("2026-11-26T17:00:01Z"));
  }

  @Test
  void aClockThatIsSetBackIsFollowed() {
    dateAt("2026-11-26T17:00:01Z");

    assertEquals("date: Thu, 26 Nov 2026 17:00:00 GMT\r\n", dateAt("2026-11-26T17:00:00Z"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"th-TH-u-ca-buddhist-nu-thai", "ar-EG-u-nu-arab", "de-DE", "ja-JP"})
  void theLocaleOfTheMachineIsOfNoAccount(String tag) {
    Locale before = Locale.getDefault();
    Locale.setDefault(Locale.forLanguageTag(tag));
    try {
      AnswerDates inLocale =
          new AnswerDates(InstantSource.fixed(Instant.parse("2027-09-05T07:08:09Z")));
      assertEquals("date: Sun, 05 Sep 2027 07:08:09 GMT\r\n", date(inLocale.now()));
    } finally {
      Locale.setDefault(before);
    }
  }
}
