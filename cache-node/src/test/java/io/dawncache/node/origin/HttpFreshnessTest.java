package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.time.Duration;
import java.util.List;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HttpFreshnessTest {
  private static Long seconds(String... headers) {
    BasicHttpResponse head = new BasicHttpResponse(200);
    for (int i = 0; i < headers.length; i += 2) {
      head.addHeader(headers[i], headers[i + 1]);
    }
    Duration ttl = HttpFreshness.of(head);
    return ttl == null ? null : ttl.toSeconds();
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
  void directivesMayBeInSeveralHeaders() {
    assertEquals(0, seconds("Cache-Control", "max-age=60", "Cache-Control", "no-store"));
  }

  @Test
  void anAnswerThatVariesWithEverythingIsNotKept() {
    assertEquals(0, seconds("Cache-Control", "max-age=60", "Vary", "Accept, *"));
    assertEquals(60, seconds("Cache-Control", "max-age=60", "Vary", "Accept"));
  }
}
