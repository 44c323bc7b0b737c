package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.dawncache.bench.chaos.Loads.Load;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

final class TakeoverTest {
  private final List<ChaosNode> nodes = Nodes.some(5);
  private final OriginValues origin = new OriginValues();
  private final Loads loads = new Loads();
  private final Fleet fleet = new Fleet();
  private final Takeover takeover;

  TakeoverTest() throws IOException {
    fleet.owners = ScriptedRun.owners(nodes);
    takeover = new Takeover(fleet.owners, origin, loads, fleet);
  }

  @Test
  void ownersHaveTheirKeysFromTheFirstTurnOnInWhichTheyAloneLoadThem() throws Exception {
    fleet.alsoLoadedBy = nodes.get(1);
    turns(0, 3, nodes, nodes.subList(0, 1));
    assertNull(takeover.sinceNanos());

    fleet.alsoLoadedBy = null;
    turns(3, 4, nodes, nodes.subList(0, 1));
    Long since = takeover.sinceNanos();
    assertNotNull(since);
    turns(4, 8, nodes, nodes.subList(0, 1));
    assertEquals(since, takeover.sinceNanos());
  }

  @Test
  void aGetWithoutAnAnswerOrWithAnotherValueMakesItBeginAnew() throws Exception {
    turns(0, 5, nodes, nodes);
    fleet.failing = true;
    turns(5, 6, nodes, nodes);
    assertNull(takeover.sinceNanos());

    fleet.failing = false;
    fleet.appended = "x";
    turns(6, 7, nodes, nodes);
    assertNull(takeover.sinceNanos());
  }

  @Test
  void eachNodeIsAskedForKeysOfEachOwner() throws Exception {
    turns(0, 25, nodes, nodes);
    assertEquals(25, fleet.asked.size());
  }

  @Test
  void eachNodeIsAskedForKeysOfTheOneThatCameBack() throws Exception {
    turns(0, 4, nodes.subList(1, 5), nodes.subList(0, 1));
    assertEquals(Set.of("2 for 1", "3 for 1", "4 for 1", "5 for 1"), fleet.asked);
  }

  @Test
  void nothingIsAskedWhenTheTimeIsOver() throws Exception {
    takeover.probe(nodes, nodes, System.nanoTime());
    assertEquals(Set.of(), fleet.asked);
    assertNull(takeover.sinceNanos());
  }

  private void turns(int from, int to, List<ChaosNode> asked, List<ChaosNode> owners)
      throws InterruptedException {
    for (int turn = from; turn < to; turn++) {
      takeover.probe(turn, asked, owners);
    }
  }

  /** Nodes whose owners load their keys. */
  private final class Fleet implements Client {
    private final Set<String> asked = new HashSet<>();
    private Owners owners;
    private ChaosNode alsoLoadedBy;
    private boolean failing;
    private String appended = "";

    @Override
    public String get(ChaosNode node, String key) throws IOException {
      if (failing) {
        throw new IOException("status 500");
      }
      ChaosNode owner =
          nodes.stream().filter(one -> owners.ownedBy(one).test(key)).findAny().orElseThrow();
      asked.add(node.number() + " for " + owner.number());
      loads.add(new Load(System.nanoTime(), owner.number(), key));
      if (alsoLoadedBy != null) {
        loads.add(new Load(System.nanoTime(), alsoLoadedBy.number(), key));
      }
      return origin.of(key) + appended;
    }

    @Override
    public OperationResult change(ChaosNode node, Operation operation) {
      throw new AssertionError("nothing is changed");
    }
  }
}
