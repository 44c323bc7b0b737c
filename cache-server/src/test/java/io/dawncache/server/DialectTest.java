package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.consistenthash.Scheme;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What the family's programs do, as the protocol's page has it. */
class DialectTest {

  @Test
  void everyDialectHasTheRingOfItsProgram() {
    assertEquals(Scheme.DAWNCACHE, Dialect.DAWNCACHE.scheme());
    assertEquals(Scheme.GROUPCACHE, Dialect.GROUPCACHE.scheme());
    assertEquals(Scheme.MAILGUN, Dialect.MAILGUN.scheme());
  }

  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  /_dawncache/,  application/octet-stream",
    "GROUPCACHE, /_groupcache/, application/x-protobuf",
    "MAILGUN,    /_groupcache/, application/x-protobuf",
  })
  void aDialectHasItsBasePathAndItsContentType(
      Dialect dialect, String basePath, String contentType) {
    assertEquals(basePath, dialect.basePath());
    assertEquals(contentType, dialect.contentType());
  }

  @ParameterizedTest
  @CsvSource({
    "DAWNCACHE,  404, false",
    "DAWNCACHE,  503, false",
    "GROUPCACHE, 404, false",
    "GROUPCACHE, 503, false",
    "MAILGUN,    404, true",
    "MAILGUN,    503, true",
    "MAILGUN,    500, false",
    "MAILGUN,    400, false",
  })
  void onlyMailgunHasStatusesThatAreFinal(Dialect dialect, int code, boolean isFinal) {
    assertEquals(isFinal, dialect.isFinal(code));
  }
}
