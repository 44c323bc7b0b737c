package io.dawncache.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.CacheNode;
import java.io.IOException;
import java.net.BindException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.SocketException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.BooleanSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Servers and discoveries that ask a real name server, whose answers change. */
@Timeout(120)
class DnsIT {
  @TempDir private Path folder;

  private final List<AutoCloseable> open = new ArrayList<>();
  private Dnsmasq dns;

  @BeforeEach
  void chooseAPort() throws IOException {
    dns = new Dnsmasq(folder);
    open.add(dns);
  }

  @AfterEach
  void stop() throws Exception {
    for (int i = open.size() - 1; i >= 0; i--) {
      open.get(i).close();
    }
  }

  private CacheServer start(String host, int port, String discovery) throws IOException {
    CacheNode node = CacheNode.create();
    open.add(node);
    CacheServer server =
        CacheServer.start(
            node,
            ServerConfig.builder()
                .host(host)
                .port(port)
                .discovery(Discoveries.parse(discovery))
                .build());
    open.add(server);
    return server;
  }

  /** Starts servers at 127.0.0.2, 127.0.0.3 and so on, all with one port, as pods have it. */
  private List<CacheServer> startWithOnePort(int count) throws IOException {
    while (true) {
      int port = freePort();
      String discovery = "dns:nodes.test:" + port + "@" + dns.address();
      List<CacheServer> servers = new ArrayList<>();
      try {
        for (int i = 0; i < count; i++) {
          servers.add(start("127.0.0." + (2 + i), port, discovery));
        }
        return servers;
      } catch (BindException e) {
        servers.forEach(CacheServer::close); // the port is another program's at one of the hosts
      }
    }
  }

  private static int freePort() throws IOException {
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return free.getLocalPort();
    }
  }

  private static void await(BooleanSupplier condition) {
    while (!condition.getAsBoolean()) {
      Thread.onSpinWait(); // until the test's time-out
    }
  }

  /** Keeps what a discovery reports. */
  private static final class Found implements Discovery.Listener {
    private final List<List<String>> lists = new CopyOnWriteArrayList<>();
    private final List<String> failures = new CopyOnWriteArrayList<>();

    @Override
    public void found(List<String> members) {
      lists.add(members);
    }

    @Override
    public void failed(String reason) {
      failures.add(reason);
    }

    boolean lastIs(List<String> members) {
      return !lists.isEmpty() && lists.get(lists.size() - 1).equals(members);
    }
  }

  private Found look(String discovery) {
    Found found = new Found();
    Discovery started = Discoveries.parse(discovery);
    open.add(started);
    started.start("http://127.0.0.1:1", found);
    return found;
  }

  @Test
  void nodesOfOneNameFindEachOtherAndFollowIt() throws Exception {
    dns.hosts("127.0.0.2 nodes.test", "127.0.0.3 nodes.test", "127.0.0.4 nodes.test");
    dns.start();
    List<CacheServer> servers = startWithOnePort(3);
    List<String> all = servers.stream().map(CacheServer::self).toList();

    servers.forEach(server -> await(() -> server.isReady() && server.members().equals(all)));

    dns.hosts("127.0.0.2 nodes.test", "127.0.0.4 nodes.test");
    dns.signal("HUP");
    List<String> two = List.of(all.get(0), all.get(2));
    servers.forEach(server -> await(() -> server.members().equals(two)));
    assertEquals(all, servers.stream().map(CacheServer::self).toList());
  }

  @Test
  void aNodeIsReadyAfterTheFirstAnswerAndFindsItselfInItByItsAddress() throws Exception {
    int port = freePort();
    CacheServer server = start("0.0.0.0", port, "dns:nodes.test:" + port + "@" + dns.address());
    await(() -> server.discoveryTrouble() != null);
    assertFalse(server.isReady());

    dns.hosts("127.0.0.1 nodes.test");
    dns.start();
    await(server::isReady);

    assertEquals("http://127.0.0.1:" + port, server.self());
    assertEquals(List.of(server.self()), server.members());
    await(() -> server.discoveryTrouble() == null);
  }

  @Test
  void noSuchNameNoAnswerAndNoServerKeepTheLastList() throws Exception {
    dns.hosts("127.0.0.2 nodes.test", "127.0.0.3 nodes.test");
    dns.start();
    CacheServer server = startWithOnePort(2).get(0);
    await(server::isReady);
    List<String> members = server.members();

    dns.hosts();
    dns.signal("HUP");
    awaitTrouble(server, "no address (expected: one at least)");
    dns.signal("STOP");
    awaitTrouble(server, "no answer from " + dns.address());
    dns.signal("CONT");
    awaitTrouble(server, "no address (expected: one at least)");
    dns.stop();
    awaitTrouble(server, "no answer from " + dns.address());
    assertTrue(server.isReady());
    assertEquals(members, server.members());

    dns.hosts("127.0.0.2 nodes.test", "127.0.0.3 nodes.test");
    dns.start();
    await(() -> server.discoveryTrouble() == null);
    assertEquals(members, server.members());
  }

  private static void awaitTrouble(CacheServer server, String why) {
    String trouble = server.discovery() + ": " + why;
    await(() -> trouble.equals(server.discoveryTrouble()));
  }

  @Test
  void servicesHaveHostsAndPortsOfTheirOwnAndTheirChangesAreSeen() throws Exception {
    dns.hosts("10.1.0.1 a.test", "10.1.0.2 b.test", "fd00::3 c.test");
    dns.services(
        "_cache._tcp.test,b.test,8002",
        "_cache._tcp.test,a.test,8001",
        "_cache._tcp.test,a.test,9001",
        "_cache._tcp.test,c.test,8003",
        "_cache._tcp.test,gone.test,8004");
    dns.start();
    Found found = look("dns-srv:_cache._tcp.test@" + dns.address());

    await(
        () ->
            found.lastIs(
                List.of(
                    "http://10.1.0.1:8001",
                    "http://10.1.0.1:9001",
                    "http://10.1.0.2:8002",
                    "http://[fd00::3]:8003")));

    dns.stop();
    dns.services("_cache._tcp.test,a.test,8001");
    dns.start();
    await(() -> found.lastIs(List.of("http://10.1.0.1:8001")));
  }

  @Test
  void ipv6AddressesCountWhereThereIsNoOther() throws Exception {
    dns.hosts("fd00::1 nodes.test");
    dns.start();
    Found found = look("dns:nodes.test:8001@" + dns.address());

    await(() -> found.lastIs(List.of("http://[fd00::1]:8001")));
  }

  @Test
  void aListThatNoDatagramHoldsIsFoundWhole() throws Exception {
    List<String> addresses = IntStream.rangeClosed(1, 250).mapToObj(i -> "10.0.0." + i).toList();
    dns.hosts(addresses.stream().map(address -> address + " nodes.test").toArray(String[]::new));
    dns.start();
    Found found = look("dns:nodes.test:8001@" + dns.address());

    List<String> members =
        addresses.stream().map(address -> "http://" + address + ":8001").sorted().toList();
    await(() -> found.lastIs(members));
  }

  /** As behind a firewall that knows of DNS by UDP alone. */
  @Test
  void whereThereIsNoTcpUdpIsEnoughForAListThatFitsAndAnyOtherIsNone() throws Exception {
    dns.hosts("10.0.0.1 nodes.test", "10.0.0.2 nodes.test");
    dns.start();
    try (DatagramSocket relay = new DatagramSocket(0, InetAddress.getLoopbackAddress())) {
      Thread relaying = new Thread(() -> relay(relay), "relay");
      relaying.setDaemon(true);
      relaying.start();
      String server = "127.0.0.1:" + relay.getLocalPort();
      Found found = look("dns:nodes.test:8001@" + server);
      await(() -> found.lastIs(List.of("http://10.0.0.1:8001", "http://10.0.0.2:8001")));

      dns.hosts(
          IntStream.rangeClosed(1, 250)
              .mapToObj(i -> "10.0.0." + i + " nodes.test")
              .toArray(String[]::new));
      dns.signal("HUP");

      String why =
          String.format(Locale.ROOT, "dns:nodes.test:8001@%s: no answer from %s", server, server);
      await(() -> found.failures.contains(why));
      assertEquals(1, found.lists.size());
    }
  }

  /**
   * Hands every datagram on to the name server, and its answer back; until the socket is closed.
   */
  private void relay(DatagramSocket relay) {
    byte[] buffer = new byte[65536];
    try (DatagramSocket upstream = new DatagramSocket()) {
      upstream.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), dns.port()));
      while (!relay.isClosed()) {
        DatagramPacket query = new DatagramPacket(buffer, buffer.length);
        relay.receive(query);
        upstream.send(new DatagramPacket(buffer, query.getLength()));
        DatagramPacket answer = new DatagramPacket(buffer, buffer.length);
        upstream.receive(answer);
        relay.send(new DatagramPacket(buffer, answer.getLength(), query.getSocketAddress()));
      }
    } catch (SocketException e) {
      // Closed.
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  @Test
  void aDiscoveryIsClosedWhileItWaitsForAnAnswer() throws Exception {
    dns.hosts("10.0.0.1 nodes.test");
    dns.start();
    dns.signal("STOP");
    Found found = new Found();
    Discovery discovery = Discoveries.parse("dns:nodes.test:8001@" + dns.address());
    discovery.start("http://127.0.0.1:1", found);

    discovery.close();
    discovery.close();

    assertEquals(List.of(), found.lists);
  }
}
