package io.dawncache.server.inbound;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.ByteAccount;
import io.dawncache.core.ByteView;
import io.dawncache.core.CacheNode;
import io.dawncache.core.Entry;
import io.dawncache.core.GetCallback;
import io.dawncache.core.GetException;
import io.dawncache.core.Group;
import io.dawncache.core.Loaded;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ValuesInTransitTest {
  private static final int VALUE_BYTES = ValuesInTransit.SMALL_BYTES + 1;

  private final CacheNode node = CacheNode.create();
  private final ByteAccount account = node.bytesInFlight();
  private final Group group =
      node.addGroup("g", key -> Loaded.of(ByteView.copyOf(new byte[VALUE_BYTES])));
  private final ValuesInTransit inTransit = new ValuesInTransit(account);

  @AfterEach
  void close() {
    node.close();
  }

  private Entry entry(String key) throws Exception {
    CompletableFuture<Entry> entry = new CompletableFuture<>();
    group
        .forServers()
        .get(
            key,
            Duration.ofMinutes(1),
            new GetCallback() {
              @Override
              public void value(Entry value, double minuteQps) {
                entry.complete(value);
              }

              @Override
              public void error(GetException error) {
                entry.completeExceptionally(error);
              }
            });
    return entry.get();
  }

  @Test
  void aValueOnItsWayToManyConnectionsIsInTheAccountOnce() throws Exception {
    Entry value = entry("k");
    account.resize(VALUE_BYTES);

    for (int i = 0; i < 10; i++) {
      assertTrue(inTransit.add(value));
      assertEquals(VALUE_BYTES, account.bytes());
    }
    for (int i = 0; i < 9; i++) {
      inTransit.remove(value);
      assertEquals(VALUE_BYTES, account.bytes());
    }

    inTransit.remove(value);
    assertEquals(0, account.bytes());
  }

  @Test
  void aValueForWhichThereIsNoRoomIsNotOnItsWay() throws Exception {
    Entry value = entry("k");
    account.resize(VALUE_BYTES - 1);

    assertFalse(inTransit.add(value));

    inTransit.remove(value);
    assertEquals(0, account.bytes());
  }

  /** Whatever comes on its way and arrives, in whatever order. */
  @Test
  void theAccountHasEachValueThatIsOnItsWayOnce() throws Exception {
    Random random = new Random(1);
    List<Entry> values = List.of(entry("a"), entry("b"), entry("c"));
    List<Entry> onWay = new ArrayList<>();
    for (int step = 0; step < 1_000; step++) {
      if (random.nextBoolean() || onWay.isEmpty()) {
        Entry value = values.get(random.nextInt(values.size()));
        assertTrue(inTransit.add(value));
        onWay.add(value);
      } else {
        inTransit.remove(onWay.remove(random.nextInt(onWay.size())));
      }
      assertEquals(onWay.stream().distinct().count() * VALUE_BYTES, account.bytes());
    }
  }
}
