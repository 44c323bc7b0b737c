package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.server.Dialect;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class KeyPathTest {

  @Test
  void aPathIsSplitAtTheFirstSlashAfterTheGroup() throws BadRequestException {
    assertEquals(new KeyPath("scores", "Tom"), parsed("/_dawncache/scores/Tom"));
    assertEquals(new KeyPath("scores", "a/b/c"), parsed("/_dawncache/scores/a/b/c"));
  }

  @Test
  void anEscapedSlashInTheGroupDoesNotEndIt() throws BadRequestException {
    assertEquals(new KeyPath("a/b", "c/d"), parsed("/_dawncache/a%2Fb/c%2fd"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"/", "//", "a//b", "/a", "a/", ".", "..", "../a", "a/../b", "/_dawncache/"})
  void nothingIsNormalised(String key) throws BadRequestException {
    assertEquals(new KeyPath("g", key), parsed("/_dawncache/g/" + key));
  }

  @Test
  void theKeyMayBeEmptyAndTheGroupToo() throws BadRequestException {
    assertEquals(new KeyPath("g", ""), parsed("/_dawncache/g/"));
    assertEquals(new KeyPath("", "k"), parsed("/_dawncache//k"));
    assertEquals(new KeyPath("", ""), parsed("/_dawncache//"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"/_dawncache/", "/_dawncache/g", "/_dawncache/a%2Fb"})
  void aPathWithoutAKeyPartIsRefusedAsGoRefusesIt(String path) {
    BadRequestException refusal = assertThrows(BadRequestException.class, () -> parsed(path));

    assertEquals("bad request", refusal.getMessage());
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "g/%zz",
        "g/a%4",
        "g/%",
        "%zz/k",
        "g%4/k",
        "g/%FF",
        "%FF/k",
        "g/\u00e9",
        "\u00e9/k"
      })
  void aBrokenEscapeOrBytesThatAreNotUtf8AreRefusedInGroupAndKey(String groupAndKey) {
    assertThrows(BadRequestException.class, () -> parsed("/_dawncache/" + groupAndKey));
  }

  @Test
  void rawUtf8BytesAreReadInGroupAndKey() throws BadRequestException {
    String path = new String("/_dawncache/é/日本".getBytes(UTF_8), ISO_8859_1);

    assertEquals(new KeyPath("é", "日本"), parsed(path));
  }

  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  /_dawncache/,  true,  'c d', 'a b'",
    "GROUPCACHE, /_groupcache/, true,  'c d', 'a b'",
    "MAILGUN,    /_groupcache/, true,  'c+d', 'a+b'",
    "DAWNCACHE,  /_dawncache/,  false, 'c+d', 'a+b'",
    "GROUPCACHE, /_groupcache/, false, 'c+d', 'a+b'",
    "MAILGUN,    /_groupcache/, false, 'c+d', 'a+b'",
  })
  void aPlusIsASpaceIfAGoNodeWroteItWhoseDialectWritesItSo(
      Dialect dialect, String basePath, boolean fromGo, String group, String key)
      throws BadRequestException {
    KeyPath read = KeyPath.parse(dialect, basePath + "c+d/a+b", fromGo);

    assertEquals(new KeyPath(group, key), read);
  }

  @ParameterizedTest
  @EnumSource
  void anEscapedPlusIsAPlusWhoeverWroteIt(Dialect dialect) throws BadRequestException {
    String path = dialect.basePath() + "g/a%2Bb%20c";

    assertEquals(new KeyPath("g", "a+b c"), KeyPath.parse(dialect, path, true));
    assertEquals(new KeyPath("g", "a+b c"), KeyPath.parse(dialect, path, false));
  }

  @ParameterizedTest
  @EnumSource
  void aPathThatWeWriteIsReadAsItWasMeant(Dialect dialect) throws BadRequestException {
    for (String text :
        new String[] {
          " ", "+", "/", "//", ".", "..", "%", "%2F", "?", "#", "é", "😀", "\0", "a:b@c"
        }) {
      KeyPath meant = new KeyPath(text, text);
      String path = KeyPath.pathOf(meant.path(dialect));

      assertTrue(KeyPath.isUnder(dialect, path));
      assertEquals(meant, KeyPath.parse(dialect, path, false), path);
      assertEquals(meant, KeyPath.parse(dialect, path, true), path);
    }
  }

  @ParameterizedTest
  @CsvSource({
    "/_dawncache/g/k,                  /_dawncache/g/k",
    "/_dawncache/g/k?a=b,              /_dawncache/g/k",
    "/_dawncache/g/k?a/b?c,            /_dawncache/g/k",
    "/_dawncache/g/k%3Fa,              /_dawncache/g/k%3Fa",
    "/?,                               /",
    "http://host:8001/_dawncache/g/k,  /_dawncache/g/k",
    "HTTP://host/_dawncache/g/k?q=/x,  /_dawncache/g/k",
    "http://host,                      /",
    "http://host?q=/x,                 /",
    "/http://host/k,                   /http://host/k",
    "*,                                *",
    "'',                               ''",
  })
  void theQueryAndTheAuthorityAreNoPartOfThePath(String target, String path) {
    assertEquals(path, KeyPath.pathOf(target));
  }

  @Test
  void aPathIsUnderTheBasePathOrItIsNot() {
    assertTrue(KeyPath.isUnder(Dialect.DAWNCACHE, "/_dawncache/"));
    assertFalse(KeyPath.isUnder(Dialect.DAWNCACHE, "/_dawncache"));
    assertFalse(KeyPath.isUnder(Dialect.DAWNCACHE, "/_groupcache/g/k"));
    assertFalse(KeyPath.isUnder(Dialect.DAWNCACHE, "//_dawncache/g/k"));
    assertFalse(KeyPath.isUnder(Dialect.DAWNCACHE, "/%5Fdawncache/g/k")); // as Go's servers see it
  }

  @ParameterizedTest
  @EnumSource
  void theProbePathIsRefusedBeforeAnyLookUp(Dialect dialect) {
    String path = KeyPath.probePath(dialect);

    assertTrue(KeyPath.isUnder(dialect, path));
    assertThrows(BadRequestException.class, () -> KeyPath.parse(dialect, path, false));
  }

  private static KeyPath parsed(String path) throws BadRequestException {
    return KeyPath.parse(Dialect.DAWNCACHE, path, false);
  }
}
