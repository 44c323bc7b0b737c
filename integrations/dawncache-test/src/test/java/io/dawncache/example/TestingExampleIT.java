package io.dawncache.example;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.dawncache.core.CacheNode;
import io.dawncache.core.GetFailedException;
import io.dawncache.core.Getter;
import io.dawncache.core.Group;
import io.dawncache.core.GroupConfig;
import io.dawncache.core.Loaded;
import io.dawncache.test.Await;
import io.dawncache.test.FleetExtension;
import io.dawncache.test.TestFleet;
import io.dawncache.test.TestMember;
import io.dawncache.test.TestOrigin;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/** The examples of docs/testing.md. */
@Timeout(180)
class TestingExampleIT {
  private final Map<String, String> prices = new ConcurrentHashMap<>(Map.of("tea", "3"));

  private final TestOrigin origin = new TestOrigin();

  @RegisterExtension
  final FleetExtension fleets =
      FleetExtension.of(3, node -> PriceService.addGroups(node, origin.of(this::find)));

  private Loaded find(String article) {
    return Loaded.ofUtf8(prices.get(article));
  }

  @Test
  void aPriceIsReadOnceInTheFleet(TestFleet fleet) {
    fleet.members().forEach(member -> new PriceService(member.node(), prices).price("tea"));

    assertEquals(1, origin.loads("tea"));
  }

  @Test
  void aNewPriceIsSeenEverywhere(TestFleet fleet) {
    PriceService here = new PriceService(fleet.member(0).node(), prices);
    PriceService there = new PriceService(fleet.member(1).node(), prices);
    there.price("tea");

    here.setPrice("tea", "4");

    assertEquals("4", there.price("tea"));
  }

  @Test
  void lookUpsAtTheSameTimeShareOneRead(TestFleet fleet) {
    origin.hold();
    Group first = fleet.member(0).group("prices");
    Group second = fleet.member(1).group("prices");
    CompletableFuture<?> one = first.getAsync("tea");
    CompletableFuture<?> two = second.getAsync("tea");
    origin.awaitHeldLoads(1);
    origin.recover();

    CompletableFuture.allOf(one, two).join();
    assertEquals(1, origin.loads("tea"));
  }

  @Test
  void aPriceThatWasReadIsKnownWhileTheDatabaseIsDown(TestFleet fleet) {
    PriceService service = new PriceService(fleet.member(0).node(), prices);
    service.price("tea");

    origin.fail();

    assertEquals("3", service.price("tea"));
    assertThrows(GetFailedException.class, () -> service.price("coffee"));
  }

  @Test
  void aPriceIsKnownWhileAMemberIsSilent(TestFleet fleet) {
    TestMember owner = fleet.ownerOf("tea");
    TestMember other = fleet.member((owner.index() + 1) % 3);

    owner.silence();
    assertEquals("3", new PriceService(other.node(), prices).price("tea"));
    owner.resume();

    owner.kill();
    assertEquals("3", new PriceService(other.node(), prices).price("tea"));
    owner.start();
  }

  @Test
  void listsThatDifferAreReported(TestFleet fleet) {
    TestMember alone = fleet.member(0);

    alone.setMembers(alone, fleet.member(1));

    fleet.await(
        "the others notice",
        () -> {
          new PriceService(alone.node(), prices).price("tea");
          alone.group("prices").clear();
          return !fleet.member(1).server().otherLists().isEmpty();
        });
    fleet.heal();
  }

  @Test
  void aConditionIsAwaited(TestFleet fleet) {
    CompletableFuture<?> price = fleet.member(0).group("prices").getAsync("tea");

    Await.until("the price is there", Duration.ofSeconds(30), price::isDone);
  }

  /** The service that is tested. */
  private static final class PriceService {
    private final Group prices;
    private final Map<String, String> database;

    PriceService(CacheNode node, Map<String, String> database) {
      this.prices = node.group("prices");
      this.database = database;
    }

    static void addGroups(CacheNode node, Getter database) {
      node.addGroup("prices", GroupConfig.builder().ttl(Duration.ofMinutes(1)).build(), database);
    }

    String price(String article) {
      return prices.get(article).toUtf8();
    }

    void setPrice(String article, String price) {
      database.put(article, price);
      prices.remove(article);
    }
  }
}
