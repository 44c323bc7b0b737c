package io.dawncache.node.origin.jdbc;

import io.dawncache.server.testing.FuzzedReader;
import java.util.List;

/** The reader of queries, for the fuzzer. */
public final class QueryReaders implements FuzzedReader.Source {
  @Override
  public List<FuzzedReader> readers() {
    return List.of(
        FuzzedReader.ofText(
            "query",
            IllegalArgumentException.class,
            List.of(
                "SELECT value FROM scores WHERE name = :key -- one",
                "SELECT 'it''s :no', \"a:b\", $tag$ :x $tag$ /* :y */ FROM a WHERE b = ANY(:key)",
                "SELECT E'\\'', a::text FROM b WHERE c = :key OR d = :key"),
            QueryReaders::read));
  }

  private static void read(String text) {
    for (boolean backslashes : List.of(true, false)) {
      NamedQuery query = NamedQuery.parse(text, "key", backslashes);
      if (query.occurrences() < 1 || !query.sql(1).contains("?")) {
        throw new AssertionError(query);
      }
      query.isOfArray();
    }
  }
}
