package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Loads.Load;
import io.dawncache.core.Membership;
import io.dawncache.core.consistenthash.Ring;
import io.dawncache.core.consistenthash.Scheme;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class OwnersTest {
  private static final List<String> MEMBERS = List.of("http://a", "http://b", "http://c");

  @ParameterizedTest
  @ValueSource(strings = {"native", "dawncache"})
  void theRingIsTheOneThatExplainsTheLoads(String name) throws IOException {
    Scheme scheme = name.equals("native") ? Scheme.NATIVE : Scheme.DAWNCACHE;

    Owners owners = Owners.learned(MEMBERS, loads(scheme));

    assertEquals(scheme, owners.scheme());
    Ring ring = Ring.of(scheme, Membership.REPLICAS, MEMBERS);
    assertEquals(ring.owner("Tom"), owners.of("Tom"));
  }

  @Test
  void loadsThatNoRingExplainsAreRefused() {
    IOException thrown =
        assertThrows(IOException.class, () -> Owners.learned(MEMBERS, loads(Scheme.MAILGUN)));
    assertTrue(thrown.getMessage().contains("no known ring"), thrown::getMessage);
    assertThrows(IOException.class, () -> Owners.learned(MEMBERS, List.of()));
  }

  @Test
  void theFirstOwnerOfOneSideIsTheOneThatActsThere() throws IOException {
    Owners owners = Owners.learned(MEMBERS, loads(Scheme.NATIVE));
    String owner = owners.of("Tom");
    List<String> others = MEMBERS.stream().filter(member -> !member.equals(owner)).toList();

    assertEquals(owner, owners.firstOf(MEMBERS, "Tom"));
    assertEquals(owners.with(others).of("Tom"), owners.firstOf(others, "Tom"));
  }

  @Test
  void freshKeysBelongToTheirNodeAndAreNeverTheSame() throws IOException {
    Owners owners = Owners.learned(MEMBERS, loads(Scheme.NATIVE));
    ChaosNode node = Nodes.at("b");
    Owners ofOne = owners.with(List.of(node.url(), "http://other"));
    FreshKeys keys = new FreshKeys("fresh", ofOne);

    String first = keys.of(node);
    String second = keys.of(node);

    assertNotEquals(first, second);
    assertEquals(node.url(), ofOne.of(first));
    assertEquals(node.url(), ofOne.of(second));
  }

  private static List<Load> loads(Scheme scheme) {
    Ring ring = Ring.of(scheme, Membership.REPLICAS, MEMBERS);
    List<Load> loads = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      String key = "key" + i;
      loads.add(new Load(i, MEMBERS.indexOf(ring.owner(key)) + 1, key));
    }
    return loads;
  }
}
