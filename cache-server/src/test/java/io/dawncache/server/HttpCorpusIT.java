package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Loaded;
import io.dawncache.server.testing.Books;
import io.dawncache.server.testing.Corpus;
import io.dawncache.server.testing.HttpCase;
import java.io.IOException;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Sends the bytes of each case of {@code http.corpus} to a real port, whole and in single bytes:
 * both have the verdict that the case names, and leave nothing behind.
 */
@Timeout(60)
class HttpCorpusIT {
  /** More are cut into parts of this length, or a case would take seconds. */
  private static final int MAX_PARTS = 2000;

  private static final Map<Dialect, CacheNode> NODES = new EnumMap<>(Dialect.class);
  private static final Map<Dialect, CacheServer> SERVERS = new EnumMap<>(Dialect.class);

  @BeforeAll
  static void start() throws IOException {
    for (Dialect dialect : List.of(Dialect.DAWNCACHE, Dialect.MAILGUN)) {
      CacheNode node = CacheNode.create();
      NODES.put(dialect, node);
      node.addGroup("g", HttpCase::load);
      node.addGroup("long", key -> Loaded.of(ByteView.copyOf(new byte[300_000])));
      ServerConfig config =
          ServerConfig.builder()
              .dialect(dialect)
              .maxRequestLineBytes(4096)
              .maxHeaderBytes(4096)
              .maxValueBytes(1 << 20)
              .page("/page", new Page("text/plain", () -> new byte[10]))
              .build();
      SERVERS.put(dialect, CacheServer.start(node, config));
    }
  }

  @AfterAll
  static void stop() {
    SERVERS.values().forEach(CacheServer::close);
    NODES.values().forEach(CacheNode::close);
    NODES.values().forEach(Books::check);
  }

  static List<HttpCase> cases() throws IOException {
    return HttpCase.all();
  }

  @Test
  void thereAreAsManyAsWerePromised() throws IOException {
    assertTrue(cases().size() >= 300, () -> "too few");
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theVerdictIsTheExpectedOne(HttpCase next) throws IOException {
    assertEquals(next.verdict(), verdict(next, List.of(next.bytes())));
    theNextRequestIsServed(next.dialect());
  }

  @ParameterizedTest
  @MethodSource("cases")
  void theVerdictIsTheSameInSingleBytes(HttpCase next) throws IOException {
    String bytes = next.bytes();
    int length = 1 + bytes.length() / MAX_PARTS;
    assertEquals(next.verdict(), verdict(next, Corpus.parts(bytes, length)));
    theNextRequestIsServed(next.dialect());
  }

  /**
   * The answer to one request more, or the end of the connection, shows that no more answers come.
   */
  private static String verdict(HttpCase next, List<String> parts) throws IOException {
    String path = next.dialect().basePath() + "g/last";
    String last = "GET " + path + " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n";
    try (RawClient client = new RawClient(SERVERS.get(next.dialect()).address())) {
      try {
        for (String part : parts) {
          client.send(part);
        }
        if (next.halfClosed()) {
          client.endOutput();
        } else {
          client.send(last);
        }
      } catch (IOException e) {
        // The node has closed the connection already: which the case may expect.
      }
      String received = client.rest();
      int lastHead = received.lastIndexOf("HTTP/1.1 ");
      boolean open = !next.halfClosed() && received.endsWith("last") && lastHead >= 0;
      return next.verdict(open ? received.substring(0, lastHead) : received, open);
    }
  }

  private static void theNextRequestIsServed(Dialect dialect) throws IOException {
    String path = dialect.basePath() + "g/again";
    assertEquals(200, RawClient.get(SERVERS.get(dialect), path).status());
    Books.check(NODES.get(dialect));
  }
}
