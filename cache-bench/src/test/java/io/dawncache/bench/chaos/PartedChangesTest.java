package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.bench.chaos.Finding.Verdict;
import io.dawncache.core.Operation;
import io.dawncache.core.OperationResult;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.Test;

final class PartedChangesTest {
  private final List<ChaosNode> nodes = Nodes.some(5);
  private final OriginValues origin = new OriginValues();
  private final ScriptedFleet fleet = new ScriptedFleet(nodes, origin);

  @Test
  void justMoreThanHalfOfTheNodesAreOneSide() throws IOException {
    PartedChanges changes = changes(fleet);

    assertEquals(List.of(1, 2, 3), changes.larger());
    assertEquals(List.of(4, 5), changes.smaller());
  }

  @Test
  void aFleetThatDeliversItsChangesMeetsEveryBar() throws Exception {
    PartedChanges changes = changes(fleet);
    changes.fill();
    fleet.parted(3);

    assertEquals(List.of("0 of 80", "0"), reached(changes.make()));
    assertEquals("0 of 25", changes.everythingIsServed().reached());
    fleet.healed();
    List<Finding> healed = changes.areInForce();

    assertEquals(List.of("0 of 100 gets", "0 of 100 gets", "0 of 20", "0 of 20"), reached(healed));
    assertTrue(healed.stream().allMatch(finding -> finding.verdict() == Verdict.MET));
    assertEquals(
        "5 s after healing: old values of 20 keys removed at nodes [4, 5]", healed.get(1).what());
  }

  @Test
  void aRemoveThatOneNodeOfItsSideDoesNotFollowIsStaleThere() throws Exception {
    PartedChanges changes = changes(fleet);
    String old = origin.of("removed1-7");
    Client forgetful =
        new Overriding() {
          @Override
          public String get(ChaosNode node, String key) throws IOException, InterruptedException {
            return key.equals("removed1-7") && node == nodes.get(2) ? old : super.get(node, key);
          }
        };

    List<Finding> made = changes(forgetful).make();

    assertEquals(List.of("0 of 80", "1"), reached(made));
    assertEquals(Verdict.MISSED, made.get(1).verdict());
    assertEquals("1 of 100 gets", changes(forgetful).areInForce().get(0).reached());
    assertEquals("0 of 25", changes.everythingIsServed().reached());
  }

  @Test
  void aFleetThatForgetsWhatItCouldNotDeliverIsStaleAndDisagrees() throws Exception {
    PartedChanges changes = changes(fleet);
    changes.fill();
    fleet.parted(3);
    changes.make();
    fleet.loseUndelivered();
    fleet.healed();

    List<Finding> healed = changes.areInForce();

    // Those of the other side have the old value: of the larger side's keys two, of the others'
    // three.
    assertEquals("40 of 100 gets", healed.get(0).reached());
    assertEquals("60 of 100 gets", healed.get(1).reached());
    assertEquals("20 of 20", healed.get(2).reached());
    assertEquals("0 of 20", healed.get(3).reached());
    assertEquals(
        List.of(Verdict.MISSED, Verdict.MISSED, Verdict.MISSED, Verdict.MET),
        healed.stream().map(Finding::verdict).toList());
  }

  @Test
  void aValueThatNobodyHasPutIsNoAnswerEvenIfAllAgree() throws Exception {
    nodes.forEach(node -> fleet.hold(node, "put-3", "neither"));

    List<Finding> healed = changes(fleet).areInForce();

    assertEquals("0 of 20", healed.get(2).reached());
    assertEquals("1 of 20", healed.get(3).reached());
    assertEquals(Verdict.MISSED, healed.get(3).verdict());
  }

  @Test
  void aChangeThatIsNotDoneIsNamed() throws Exception {
    Client refusing =
        new Overriding() {
          @Override
          public OperationResult change(ChaosNode owner, Operation operation)
              throws IOException, InterruptedException {
            return operation.key().equals("removed4-0")
                ? OperationResult.of(OperationResult.Status.NOT_ASKED, "too busy")
                : super.change(owner, operation);
          }
        };

    Finding made = changes(refusing).make().get(0);

    assertEquals(
        Finding.judged("changes that were not made", "[NOT_ASKED too busy]", "0", false), made);
  }

  @Test
  void eachChangeIsMadeAtTheNodeThatActsAsOwnerOnItsSide() throws Exception {
    Owners all = ScriptedRun.owners(nodes);
    Client checking =
        new Overriding() {
          @Override
          public OperationResult change(ChaosNode owner, Operation operation)
              throws IOException, InterruptedException {
            List<ChaosNode> side =
                nodes.indexOf(owner) < 3 ? nodes.subList(0, 3) : nodes.subList(3, 5);
            Owners owners = all.with(ScriptedRun.urls(side));
            return owners.ownedBy(owner).test(operation.key())
                ? super.change(owner, operation)
                : OperationResult.of(OperationResult.Status.NOT_ASKED, "not at its owner");
          }
        };

    assertEquals("0 of 80", changes(checking).make().get(0).reached());
  }

  @Test
  void aChangeWithoutAnAnswerEndsTheRow() throws IOException {
    Client gone =
        new Overriding() {
          @Override
          public OperationResult change(ChaosNode owner, Operation operation) throws IOException {
            throw new IOException("no answer");
          }
        };
    PartedChanges changes = changes(gone);

    IOException thrown = assertThrows(IOException.class, changes::make);
    assertTrue(thrown.getMessage().contains("no answer"), thrown::getMessage);
  }

  @Test
  void aKeyThatCannotBeHadIsNotServed() throws Exception {
    Client alone =
        new Overriding() {
          @Override
          public String get(ChaosNode node, String key) throws IOException, InterruptedException {
            if (node == nodes.get(4)) {
              throw new IOException("status 503");
            }
            return node == nodes.get(3) ? "another value" : super.get(node, key);
          }
        };

    Finding served = changes(alone).everythingIsServed();

    assertEquals("10 of 25", served.reached());
    assertEquals(Verdict.MISSED, served.verdict());
  }

  private PartedChanges changes(Client client) throws IOException {
    return new PartedChanges(nodes, ScriptedRun.owners(nodes), origin, client);
  }

  private static List<String> reached(List<Finding> findings) {
    return findings.stream().map(Finding::reached).toList();
  }

  /** The fleet, but for what is overridden. */
  private class Overriding implements Client {
    @Override
    public String get(ChaosNode node, String key) throws IOException, InterruptedException {
      return fleet.get(node, key);
    }

    @Override
    public OperationResult change(ChaosNode owner, Operation operation)
        throws IOException, InterruptedException {
      return fleet.change(owner, operation);
    }
  }
}
