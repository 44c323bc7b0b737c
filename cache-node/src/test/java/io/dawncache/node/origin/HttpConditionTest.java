package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Metadata;
import java.util.List;
import java.util.Objects;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.message.BasicHttpResponse;
import org.junit.jupiter.api.Test;

class HttpConditionTest {
  private static final String LATER = "Sun, 06 Nov 1994 08:49:38 GMT";
  private static final String TIME = "Sun, 06 Nov 1994 08:49:37 GMT";

  private static MessageHeaders head(String... headers) {
    BasicHttpResponse head = new BasicHttpResponse(200);
    for (int i = 0; i < headers.length; i += 2) {
      head.addHeader(headers[i], headers[i + 1]);
    }
    return head;
  }

  private static HttpCondition condition(String etag) {
    return Objects.requireNonNull(HttpCondition.of(new Metadata(null, etag)));
  }

  private static String sent(String etag) {
    return condition(etag).header().toString();
  }

  @Test
  void theEtagOfAServerComesBackAsItWas() {
    for (String etag : List.of("\"v17\"", "W/\"v17\"", "\"\"", "\"a,b\\c\"")) {
      assertEquals(etag, HttpCondition.etag(head("ETag", etag, "Last-Modified", TIME)));
      assertEquals("If-None-Match: " + etag, sent(etag));
    }
  }

  @Test
  void aTimeAloneBecomesAnEtagAndATimeAgain() {
    String etag = HttpCondition.etag(head("Last-Modified", TIME, "Date", LATER));

    assertEquals("W/\"modified-784111777\"", etag);
    assertEquals("If-Modified-Since: " + TIME, sent(etag));
  }

  @Test
  void aTimeInWhichTheValueMayChangeAgainIsNoVersion() {
    assertNull(HttpCondition.etag(head("Last-Modified", TIME, "Date", TIME)));
    assertNull(HttpCondition.etag(head("Last-Modified", LATER, "Date", TIME)));
    assertEquals(
        "W/\"modified-784111777\"",
        HttpCondition.etag(head("Last-Modified", TIME)),
        "by this node's clock");
    assertNull(HttpCondition.etag(head("Last-Modified", "Fri, 31 Dec 9999 23:59:59 GMT")));
  }

  @Test
  void whatIsNoEtagOrTimeIsLeftOut() {
    for (String etag :
        List.of("v17", "\"v17", "w/\"v17\"", "\"a\", \"b\"", "\"é\"", "\"a b\"", "*", "")) {
      assertNull(HttpCondition.etag(head("ETag", etag)), etag);
    }
    assertNull(HttpCondition.etag(head("Last-Modified", "yesterday")));
    assertNull(HttpCondition.etag(head("Last-Modified", "Wed, 31 Dec 1969 23:59:59 GMT")));
    assertNull(HttpCondition.etag(head()));
    assertNull(HttpCondition.of(null));
    assertNull(HttpCondition.of(new Metadata("text/plain", null)));
  }

  @Test
  void theEtagOfAServerIsNotTakenForATime() {
    assertNull(HttpCondition.etag(head("ETag", "W/\"modified-784111777\"")));
    assertEquals("If-None-Match: \"modified-784111777\"", sent("\"modified-784111777\""));
  }

  @Test
  void anAnswerForAnotherEtagIsNone() {
    assertTrue(condition("\"v17\"").isAnsweredBy(head()));
    assertTrue(condition("\"v17\"").isAnsweredBy(head("ETag", "W/\"v17\"")));
    assertFalse(condition("\"v17\"").isAnsweredBy(head("ETag", "\"v18\"")));
    assertTrue(condition("W/\"modified-784111777\"").isAnsweredBy(head("ETag", "\"v18\"")));
  }
}
