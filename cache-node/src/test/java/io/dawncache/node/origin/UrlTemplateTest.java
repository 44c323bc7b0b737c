package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class UrlTemplateTest {
  private static String url(String template, String key) {
    HttpUrl url = UrlTemplate.parse(template).url(key);
    return url == null ? null : url.toString();
  }

  @Test
  void theUrlIsWrittenWholeOrShareTheOriginsScheme() {
    assertEquals("http://a:9000/items/Tom", url("http://a:9000/items/{key}", "Tom"));
    assertEquals("http://a:9000/items/Tom", url("//a:9000/items/{key}", "Tom"));
    assertEquals("https://a/Tom.json", url("https://a/{key}.json", "Tom"));
  }

  @Test
  void theKeyMayStandInTheQueryAndMoreThanOnce() {
    assertEquals("http://a/?k=Tom", url("//a?k={key}", "Tom"));
    assertEquals("http://a/Tom?k=Tom", url("//a/{key}?k={key}", "Tom"));
  }

  @Test
  void everyByteOfTheKeyThatIsNotUnreservedIsEscaped() {
    assertEquals(
        "http://a/x%20%2B%2F%25%3F%23%26%3D%C3%A9-_.~", url("//a/{key}", "x +/%?#&=é-_.~"));
  }

  @Test
  void aKeyThatEveryServerWouldTakeForAStepHasNoUrl() {
    assertNull(url("//a/items/{key}", "."));
    assertNull(url("//a/items/{key}", ".."));
    assertEquals("http://a/items/..%2F..", url("//a/items/{key}", "../.."));
    assertEquals("http://a/items/...json", url("//a/items/{key}.json", ".."));
    assertEquals("http://a/?k=..", url("//a?k={key}", ".."));
  }

  @Test
  void aPlusKeepsTheSlashesOfTheKeyAndNothingElse() {
    assertEquals("http://a/items/x/y/z", url("//a/items/{+key}", "x/y/z"));
    assertEquals("http://a/items/x%3F/%23y/%25%3A", url("//a/items/{+key}", "x?/#y/%:"));
    assertEquals("http://a/x/y?k=x%2Fy", url("//a/{+key}?k={key}", "x/y"));
    assertEquals("http://a//x//y/", url("//a/{+key}", "/x//y/"));
  }

  @Test
  void noKeyLeavesThePathOfItsTemplate() {
    for (String key : List.of("..", ".", "../x", "x/..", "x/../y", "./x", "x/./y", "/..", "../")) {
      assertNull(url("//a/items/{+key}", key), key);
    }
    assertEquals("http://a/items/...", url("//a/items/{+key}", "..."));
    assertEquals("http://a/items/%252e%252e/x", url("//a/items/{+key}", "%2e%2e/x"));
    assertEquals("http://a/items/x%5C../y", url("//a/items/{+key}", "x\\../y"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "//a/../{key}",
        "//a/./{key}",
        "//a/{key}/..",
        "//a/%2e%2e/{key}",
        "//a/%2E%2e/{key}",
        "//a/.%2E/{key}",
        "//a/%2e./{+key}",
        "//a/%2e/{key}",
        "//a/{key}/%2e%2E?q",
        "//a/%2E%2E?k={key}"
      })
  void aTemplateWithAStepToAnotherPathIsRefusedAlsoIfItsDotsAreEscaped(String template) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> UrlTemplate.parse(template))
            .getMessage();

    assertEquals("no segment . or .. in its path, written out or as %2e", message);
  }

  @Test
  void aKeyMakesNoStepOutOfADotOfItsTemplate() {
    assertNull(url("//a/%2e{key}", "."));
    assertNull(url("//a/.{+key}/x", "."));
    assertEquals("http://a/%2e{+key}".replace("{+key}", "x"), url("//a/%2e{+key}", "x"));
    assertEquals("http://a/x?k=%2e%2e", url("//a/{key}?k=%2e%2e", "x"));
  }

  @Test
  void theServerIsANameWithUnderscoresOrAnAddress() {
    HttpUrl name = UrlTemplate.parse("https://my_origin:9000/{key}").url("Tom");
    HttpUrl address = UrlTemplate.parse("//[::1]/{key}").url("Tom");

    assertEquals("https", name.scheme());
    assertEquals("my_origin", name.host());
    assertEquals(9000, name.port());
    assertEquals("::1", address.host());
    assertEquals(-1, address.port());
    assertEquals("http://[::1]/Tom", url("//[::1]/{key}", "Tom"));
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
        "//a:0/{key}",
        "//a:65536/{key}",
        "http://{key}",
        "{key}",
        "items/{key}",
        "/items/{key}",
        "ftp://a/{key}",
        "//a/#{key}",
        "//u@a/{key}",
        "//a/{key}/{other}",
        "//a/ {key}",
        "//a/%zz{key}",
        "http:///{key}"
      })
  void anythingElseIsRefused(String template) {
    String message =
        assertThrows(IllegalArgumentException.class, () -> UrlTemplate.parse(template))
            .getMessage();

    assertTrue(message.startsWith("http:URL with {key}"), message);
  }
}
