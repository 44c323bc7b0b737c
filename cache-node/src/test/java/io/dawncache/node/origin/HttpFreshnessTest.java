package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.Loaded;
import java.time.Duration;
import java.util.List;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpFreshnessTest {
  private static HttpFreshness freshness(String... headers) {
    BasicHttpResponse head = new BasicHttpResponse(200);
    for (int i = 0; i < headers.length; i += 2) {
      head.addHeader(headers[i], headers[i + 1]);
    }
    return HttpFreshness.of(head);
  }

  private static Long seconds(String... headers) {
    Duration fresh = freshness(headers).fresh();
    return fresh == null ? null : fresh.toSeconds();
  }

  private static Loaded value(String... headers) {
    return freshness(headers).applyTo(Loaded.ofUtf8("630"));
  }

  private static Loaded expected(long ttl, Integer refreshAfter, Integer staleIfError) {
    Loaded loaded = Loaded.ofUtf8("630").withTtl(Duration.ofSeconds(ttl));
    loaded =
        refreshAfter == null ? loaded : loaded.withRefreshAfter(Duration.ofSeconds(refreshAfter));
    return staleIfError == null
        ? loaded
        : loaded.withStaleIfError(Duration.ofSeconds(staleIfError));
  }

  private static void assertTimes(Loaded expected, Loaded actual) {
    assertEquals(expected.ttl(), actual.ttl());
    assertEquals(expected.refreshAfter(), actual.refreshAfter());
    assertEquals(expected.staleIfError(), actual.staleIfError());
  }

  @Test
  void aStaleValueAnswersForAsLongAsItsServerAllows() {
    assertTimes(expected(60, null, null), value("Cache-Control", "max-age=60"));
    assertTimes(
        expected(90, 60, null), value("Cache-Control", "max-age=60, stale-while-revalidate=30"));
    assertTimes(expected(60, null, 300), value("Cache-Control", "max-age=60, stale-if-error=300"));
    assertTimes(
        expected(90, 60, 270),
        value("Cache-Control", "max-age=60, stale-while-revalidate=30, stale-if-error=300"));
    assertTimes(
        expected(90, 60, 0),
        value("Cache-Control", "max-age=60, stale-while-revalidate=30, stale-if-error=10"));
  }

  @Test
  void theAgeOfTheAnswerCountsForItsStaleTimesToo() {
    assertTimes(
        expected(20, 0, 270),
        value(
            "Cache-Control",
            "max-age=60, stale-while-revalidate=30, stale-if-error=300",
            "Age",
            "70"));
    assertTimes(
        expected(0, null, 0),
        value(
            "Cache-Control",
            "max-age=60, stale-while-revalidate=30, stale-if-error=40",
            "Age",
            "1000"));
  }

  @Test
  void aServerCanForbidStaleAnswers() {
    for (String forbids : List.of("must-revalidate", "proxy-revalidate")) {
      assertTimes(
          expected(60, null, 0),
          value(
              "Cache-Control",
              "max-age=60, stale-while-revalidate=30, stale-if-error=300, " + forbids));
    }
    assertTimes(expected(0, null, 0), value("Cache-Control", "no-store, stale-if-error=300"));
  }

  @Test
  void theGroupsTtlIsBeforeTheTimeForErrorsIfTheServerHasNone() {
    Loaded loaded = value("Cache-Control", "stale-if-error=300, stale-while-revalidate=30");

    assertEquals(null, loaded.ttl());
    assertEquals(null, loaded.refreshAfter());
    assertEquals(Duration.ofMinutes(5), loaded.staleIfError());
  }

  @Test
  void thatAKeyIsNotFoundHoldsForAsLongAsItIsFresh() {
    Loaded missing =
        freshness("Cache-Control", "max-age=60, stale-while-revalidate=30, stale-if-error=300")
            .applyTo(Loaded.notFound());

    assertEquals(Duration.ofSeconds(60), missing.ttl());
    assertEquals(null, missing.staleIfError());
  }

  @Test
  void ofTwoAnswersTheShorterTimesHold() {
    HttpFreshness all =
        freshness("Cache-Control", "max-age=60, stale-while-revalidate=30, stale-if-error=300");
    HttpFreshness brief = freshness("Cache-Control", "max-age=5");

    assertEquals(
        new HttpFreshness(Duration.ofSeconds(5), Duration.ZERO, Duration.ofSeconds(270)),
        all.and(brief));
    assertEquals(all.and(brief), brief.and(all));
    assertEquals(all, all.and(freshness()));
    assertEquals(all, freshness().and(all));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '~',
      nullValues = "none",
      value = {
        "max-age=60 | 60",
        "MAX-AGE=60 | 60",
        "public, max-age=60 | 60",
        "max-age=\"60\" | 60",
        "max-age=60, s-maxage=10 | 10",
        "s-maxage=10,max-age=60 | 10",
        "max-age=60, max-age=5 | 60",
        "no-store | 0",
        "max-age=60, no-store | 0",
        "no-cache | 0",
        "private, max-age=60 | 0",
        "private=\"set-cookie, x\", max-age=60 | 0",
        "max-age=-1 | 0",
        "max-age=soon | 0",
        "max-age | 0",
        "max-age=99999999999999999999 | 2147483648",
        "public | none",
        "x=\"no-store\" | none",
        "no-storey | none",
      })
  void cacheControlSaysHowLongAnAnswerHolds(String cacheControl, Long expected) {
    assertEquals(expected, seconds("Cache-Control", cacheControl));
  }

  @Test
  void theAgeOfTheAnswerCounts() {
    assertEquals(40, seconds("Cache-Control", "max-age=60", "Age", "20"));
    assertEquals(0, seconds("Cache-Control", "max-age=60", "Age", "100"));
    assertEquals(60, seconds("Cache-Control", "max-age=60", "Age", "old"));
    assertEquals(null, seconds("Age", "20"));
  }

  @Test
  void expiresCountsFromTheServersDateIfThereIsNoMaxAge() {
    String date = "Sun, 06 Nov 1994 08:49:37 GMT";
    String minuteLater = "Sun, 06 Nov 1994 08:50:37 GMT";
    assertEquals(60, seconds("Date", date, "Expires", minuteLater));
    assertEquals(50, seconds("Date", date, "Expires", minuteLater, "Age", "10"));
    assertEquals(0, seconds("Date", minuteLater, "Expires", date));
    assertEquals(5, seconds("Date", date, "Expires", minuteLater, "Cache-Control", "max-age=5"));
    assertEquals(0, seconds("Date", date, "Expires", minuteLater, "Cache-Control", "no-store"));
    assertEquals(60, seconds("Date", date, "Expires", minuteLater, "Cache-Control", "public"));
    for (String none : List.of("0", "-1", "", "tomorrow")) {
      assertEquals(0, seconds("Expires", none), none);
    }
    assertEquals(0, seconds("Expires", date), "by this node's clock");
    assertEquals(2147483648L, seconds("Date", date, "Expires", "Fri, 31 Dec 9999 23:59:59 GMT"));
  }

  @Test
  void aQuotedValueMayHaveAnyLength() {
    String quoted = "\"" + "a\\\"".repeat(100_000);
    assertEquals(60, seconds("Cache-Control", "private-note=" + quoted + "\", max-age=60"));
    assertEquals(null, seconds("Cache-Control", "private-note=" + quoted), "without an end");
  }

  @Test
  void directivesMayBeInSeveralHeaders() {
    assertEquals(0, seconds("Cache-Control", "max-age=60", "Cache-Control", "no-store"));
  }

  @Test
  void anAnswerThatVariesWithEverythingIsNotKept() {
    assertEquals(0, seconds("Cache-Control", "max-age=60", "Vary", "Accept, *"));
    assertEquals(60, seconds("Cache-Control", "max-age=60", "Vary", "Accept"));
  }
}
