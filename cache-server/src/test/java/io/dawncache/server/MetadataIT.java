package io.dawncache.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.dawncache.core.ByteView;
import io.dawncache.core.Entry;
import io.dawncache.core.GetResult;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.core.Metadata;
import io.dawncache.server.wire.pb.Response;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Content types and ETags on their way through real nodes. */
@ParameterizedClass(name = "peerFrames: {0}")
@ValueSource(booleans = {true, false})
@Timeout(120)
class MetadataIT extends CountingFleet {
  private static final Duration LONG_WAIT = Duration.ofSeconds(60);

  private final boolean peerFrames;

  MetadataIT(boolean peerFrames) {
    super(GroupConfig.builder().build());
    this.peerFrames = peerFrames;
  }

  private ServerConfig config(Dialect dialect) {
    return ServerConfig.builder().dialect(dialect).peerFrames(peerFrames).build();
  }

  private ServerConfig config() {
    return config(Dialect.DAWNCACHE);
  }

  private static Metadata metadataOf(String key) {
    return new Metadata("text/plain; charset=utf-8", "\"" + key + "\"");
  }

  @Override
  Loaded answer(String key) {
    return super.answer(key).withMetadata(metadataOf(key));
  }

  private String keyOwnedBy(int index) {
    List<String> members = servers.get(0).members();
    return Fleet.keyOwnedBy(servers.get(index).self(), members);
  }

  private static void assertDescribed(String key, Entry entry) {
    assertNotNull(entry);
    assertEquals("value of " + key, entry.value().toUtf8());
    assertEquals(metadataOf(key), entry.metadata());
  }

  @ParameterizedTest
  @EnumSource
  void aFetchedValueHasIt(Dialect dialect) throws IOException {
    startFleet(2, config(dialect));

    for (String key : keys()) {
      assertDescribed(key, group(0).getEntry(key, LONG_WAIT));
      assertDescribed(key, group(1).getEntry(key, LONG_WAIT));
    }

    assertEquals(KEYS, loads.get(), "the others were fetched");
  }

  @ParameterizedTest
  @EnumSource
  void theValuesOfABulkGetHaveIt(Dialect dialect) throws IOException {
    startFleet(3, config(dialect));

    Map<String, GetResult> results = group(0).getAll(keys());

    results.forEach((key, result) -> assertDescribed(key, result.entry()));
    assertEquals(KEYS, results.size());
    long asked =
        group(1).stats().events().bulkRequests() + group(2).stats().events().bulkRequests();
    assertTrue(asked > 0, "one asks for many");
  }

  @Test
  void aHotCopyHasIt() throws IOException {
    startFleet(2, config());
    String key = keyOwnedBy(1);

    while (group(0).stats().events().hotHits() == 0) { // until the test's time-out
      assertDescribed(key, group(0).getEntry(key, LONG_WAIT));
    }

    assertEquals(1, loads.get());
  }

  @Test
  void aValueInPiecesHasIt() throws IOException {
    startFleet(2, config());
    String key = keyOwnedBy(1);
    ByteView large = ByteView.copyOf(new byte[300_000]).withMetadata(metadataOf(key));
    assertTrue(group(1).put(key, large).isEverywhere());

    Entry fetched = group(0).getEntry(key, LONG_WAIT);

    assertEquals(large, fetched.value());
    assertEquals(metadataOf(key), fetched.metadata());
  }

  @ParameterizedTest
  @EnumSource(names = "MAILGUN", mode = EnumSource.Mode.EXCLUDE) // its puts have no room for it
  void aPutAtAnotherNodeTakesItToTheOwner(Dialect dialect) throws IOException {
    startFleet(3, config(dialect));
    Metadata metadata = new Metadata(null, "W/\"630\"");

    for (String key : keys().subList(0, 20)) {
      ByteView value = ByteView.ofUtf8("put").withMetadata(metadata);
      assertTrue(group(0).put(key, value).isEverywhere());

      for (int i = 0; i < 3; i++) {
        Entry entry = group(i).getEntry(key, LONG_WAIT);
        assertEquals("put", entry.value().toUtf8());
        assertEquals(metadata, entry.metadata());
      }
    }

    assertEquals(0, loads.get());
  }

  @Test
  void aClientReceivesTheValueAlone() throws Exception {
    startFleet(1, config());
    String url = servers.get(0).self() + "/_dawncache/scores/Tom";

    HttpResponse<byte[]> answer =
        HttpClient.newHttpClient()
            .send(
                HttpRequest.newBuilder(URI.create(url)).build(),
                HttpResponse.BodyHandlers.ofByteArray());

    Response expected =
        Response.newBuilder().setValue(ByteString.copyFrom("value of Tom", UTF_8)).build();
    assertEquals(expected, Response.parseFrom(answer.body()));
    assertNull(answer.headers().firstValue("etag").orElse(null));
    assertDescribed("Tom", group(0).peek("Tom"));
  }
}
