package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTemplateTest {
  private static String url(String template, String key) {
    return String.valueOf(UrlTemplate.parse(template).url(key));
  }

  @Test
  void theUrlIsWrittenWholeOrShareTheOriginsScheme() {
    assertEquals("http://a:9000/items/Tom", url("http://a:9000/items/{key}", "Tom"));
    assertEquals("http://a:9000/items/Tom", url("//a:9000/items/{key}", "Tom"));
    assertEquals("https://a/Tom.json", url("https://a/{key}.json", "Tom"));
  }

  @Test
  void theKeyMayStandInTheQueryAndMoreThanOnce() {
    assertEquals("http://a?k=Tom", url("//a?k={key}", "Tom"));
    assertEquals("http://a/Tom?k=Tom", url("//a/{key}?k={key}", "Tom"));
  }

  @Test
  void everyByteOfTheKeyThatIsNotUnreservedIsEscaped() {
    assertEquals(
        "http://a/x%20%2B%2F%25%3F%23%26%3D%C3%A9-_.~", url("//a/{key}", "x +/%?#&=é-_.~"));
  }

  @Test
  void aKeyThatEveryServerWouldTakeForAStepHasNoUrl() {
    UrlTemplate whole = UrlTemplate.parse("//a/items/{key}");

    assertNull(whole.url("."));
    assertNull(whole.url(".."));
    assertEquals("http://a/items/..%2F..", String.valueOf(whole.url("../..")));
    assertEquals("http://a/items/...json", url("//a/items/{key}.json", ".."));
    assertEquals("http://a?k=..", url("//a?k={key}", ".."));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "//",
        "//a",
        "//a/items",
        "//a/items/{KEY}",
        "//{key}/items",
        "//a:{key}/",
        "http://{key}",
        "{key}",
        "items/{key}",
        "/items/{key}",
        "ftp://a/{key}",
        "//a/#{key}",
        "//u@a/{key}",
        "//a/../{key}",
        "//a/{key}/{other}",
        "//a/ {key}",
        "//a/%zz{key}",
        "http:///{key}"
      })
  void anythingElseIsRefused(String template) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> UrlTemplate.parse(template))
            .getMessage();

    assertTrue(message.startsWith("http:" + template + " (expected: http:URL with {key}"), message);
  }
}
