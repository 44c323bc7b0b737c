package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class HttpUrlTest {
  private static HttpUrl url(String text) {
    return Objects.requireNonNull(HttpUrl.parse(text));
  }

  /** Most rows are those of RFC 3986, section 5.4. */
  @ParameterizedTest
  @CsvSource(
      quoteCharacter = '~',
      value = {
        "g, http://my_host:81/b/c/g",
        "./g, http://my_host:81/b/c/g",
        "g/, http://my_host:81/b/c/g/",
        "/g, http://my_host:81/g",
        "//g, http://g/",
        "//g_h:82/x, http://g_h:82/x",
        "?y, http://my_host:81/b/c/d;p?y",
        "g?y, http://my_host:81/b/c/g?y",
        "#s, http://my_host:81/b/c/d;p",
        "g#s, http://my_host:81/b/c/g",
        "~~, http://my_host:81/b/c/d;p",
        ";x, http://my_host:81/b/c/;x",
        "., http://my_host:81/b/c/",
        ".., http://my_host:81/b/",
        "../../g, http://my_host:81/g",
        "g%2Fh%20, http://my_host:81/b/c/g%2Fh%20",
        "https://h, https://h/",
        "https://h?y, https://h/?y",
        "http://[::1]:83/g, http://[::1]:83/g",
      })
  void aReferenceIsResolved(String reference, String expected) {
    HttpUrl resolved = url("http://my_host:81/b/c/d;p").resolve(reference);

    assertEquals(expected, Objects.requireNonNull(resolved).toString());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "http://[::99999999999.1.1.1]/",
        "ftp://h/",
        "mailto:a@h",
        "http:g",
        "http://u@h/",
        "http://h:0/",
        "http://h:65536/",
        "http://",
        "/a b",
        "/%",
        "/é",
        "a:b"
      })
  void aReferenceToNothingThatCanBeAskedForIsNone(String reference) {
    assertNull(url("http://h/b").resolve(reference));
  }

  @Test
  void anOriginIsSchemeHostAndPort() {
    HttpUrl url = url("http://h/a");

    assertTrue(url.isSameOrigin(url("http://H:80/b")));
    assertFalse(url.isSameOrigin(url("https://h/a")));
    assertFalse(url.isSameOrigin(url("http://g/a")));
    assertFalse(url.isSameOrigin(url("http://h:81/a")));
    assertTrue(url("https://h:443/").isSameOrigin(url("https://h/")));
  }
}
