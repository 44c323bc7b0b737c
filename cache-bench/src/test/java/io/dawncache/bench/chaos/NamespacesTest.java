package io.dawncache.bench.chaos;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What is asked of the command {@code ip}, which is played here. */
final class NamespacesTest {
  private final ScriptedIp ip = new ScriptedIp();

  @Test
  void eachNodeHasANamespaceAndACableToOneBridge() throws IOException {
    try (Namespaces network = Namespaces.open(2, ip)) {
      assertEquals(
          Set.of(
              "link dawnchaos",
              "netns dawncache-chaos-1",
              "link dawnchaos-1",
              "netns dawncache-chaos-2",
              "link dawnchaos-2"),
          ip.there);
      assertTrue(ip.ran.contains("-n dawncache-chaos-2 addr add 10.213.77.2/24 dev eth0"));
      assertEquals("10.213.77.254", network.originHost());
      assertEquals("10.213.77.2", network.address(2).getHostString());
      assertTrue(network.address(1).isUnresolved(), "the node's name is not this machine's matter");
      assertEquals(
          List.of("ip", "netns", "exec", "dawncache-chaos-2", "java", "Main"),
          network.command(2, List.of("java", "Main")));
    }
    assertEquals(Set.of(), ip.there);
  }

  @Test
  void namesOfDevicesAreAsShortAsTheKernelWants() throws IOException {
    Namespaces.open(9, ip).close();
    ip.devices.forEach(name -> assertTrue(name.length() <= 15, name));
  }

  @Test
  void whatAKilledRunHasLeftIsRemovedFirst() throws IOException {
    ip.there.addAll(List.of("netns dawncache-chaos-4", "link dawnchaos-4", "link dawnchaos"));

    try (Namespaces network = Namespaces.open(1, ip)) {
      assertFalse(ip.there.contains("netns dawncache-chaos-4"), network::originHost);
      assertFalse(ip.there.contains("link dawnchaos-4"));
    }
  }

  @Test
  void whatWasMadeIsRemovedIfTheRestCannotBe() {
    ip.failing = "netns add dawncache-chaos-2";

    IOException thrown = assertThrows(IOException.class, () -> Namespaces.open(3, ip));

    assertEquals("RTNETLINK answers: Operation not permitted", thrown.getMessage());
    assertEquals(Set.of(), ip.there);
  }

  @Test
  void aCutTakesTheCableDown() throws IOException {
    try (Namespaces network = Namespaces.open(2, ip)) {
      network.cut(2);
      assertEquals("link set dawnchaos-2 down", ip.last());
    }
  }

  @Test
  void aSplitLosesWhatEachSideSendsToTheOtherAndHealingEndsThat() throws IOException {
    try (Namespaces network = Namespaces.open(3, ip)) {
      ip.ran.clear();
      network.split(List.of(1, 2), List.of(3));
      assertEquals(
          List.of(neighbour(1, 3), neighbour(3, 1), neighbour(2, 3), neighbour(3, 2)), ip.ran);

      ip.ran.clear();
      network.heal(List.of(1, 2), List.of(3));
      assertEquals(
          List.of(noNeighbour(1, 3), noNeighbour(3, 1), noNeighbour(2, 3), noNeighbour(3, 2)),
          ip.ran);
    }
  }

  @Test
  void aCommandThatFailsOrIsNotThereSaysWhatIsNeeded() {
    IOException thrown = assertThrows(IOException.class, () -> Namespaces.runIp("no-such-object"));

    assertTrue(thrown.getMessage().startsWith("ip"), thrown::getMessage);
    assertTrue(
        thrown.getMessage().endsWith("(expected: root, and iproute2 installed)"),
        thrown::getMessage);
  }

  private static String neighbour(int from, int to) {
    return "-n dawncache-chaos-"
        + from
        + " neigh replace 10.213.77."
        + to
        + " dev eth0 lladdr 02:00:00:00:00:01 nud permanent";
  }

  private static String noNeighbour(int from, int to) {
    return "-n dawncache-chaos-" + from + " neigh del 10.213.77." + to + " dev eth0";
  }

  /** Keeps namespaces and links, as the kernel does, and refuses to remove what is not there. */
  private static final class ScriptedIp implements Namespaces.Ip {
    private final List<String> ran = new ArrayList<>();
    private final Set<String> there = new LinkedHashSet<>();
    private final Set<String> devices = new LinkedHashSet<>();
    private String failing = "";

    String last() {
      return ran.get(ran.size() - 1);
    }

    @Override
    public void run(String... arguments) throws IOException {
      String command = String.join(" ", arguments);
      if (command.equals(failing)) {
        throw new IOException("RTNETLINK answers: Operation not permitted");
      }
      ran.add(command);
      if (arguments[0].equals("-n") || arguments[0].equals("addr")) {
        return;
      }
      String thing = arguments[0] + " " + arguments[2];
      if (arguments[1].equals("add")) {
        there.add(thing);
        if (arguments[0].equals("link")) {
          devices.add(arguments[2]);
        }
      } else if (arguments[1].equals("del") && !there.remove(thing)) {
        throw new IOException("Cannot find device");
      }
    }
  }
}
