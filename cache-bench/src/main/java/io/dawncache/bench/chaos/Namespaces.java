package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.List;

/**
 * A network namespace for each node, on one bridge with this machine: cables that can be pulled,
 * and pairs of nodes that can be kept from reaching each other. Needs root and iproute2.
 *
 * <p>There is one at a time on a machine. What an earlier one has left, because its process was
 * killed, is removed first.
 */
final class Namespaces implements Network {
  private static final String NAME = "dawncache-chaos-";
  private static final String BRIDGE = "dawnchaos";
  private static final String CABLE = "dawnchaos-"; // and the node's number; at most 15 characters
  private static final String SUBNET = "10.213.77.";
  private static final String HERE = SUBNET + "254";
  private static final int PORT = 8001;
  private static final int MOST_NODES = 9;

  /** A link-layer address that nobody has: what is sent there is lost without a word. */
  private static final String NOBODY = "02:00:00:00:00:01";

  /** The command {@code ip}. */
  interface Ip {
    /**
     * Runs it.
     *
     * @throws IOException if it cannot be run, or fails
     */
    void run(String... arguments) throws IOException;
  }

  private final Ip ip;
  private final Thread ending = new Thread(this::removeAll, "chaos-namespaces");

  private Namespaces(Ip ip) {
    this.ip = ip;
  }

  /**
   * Makes them.
   *
   * @throws IOException if they cannot be made, such as without root
   */
  static Namespaces open(int nodes) throws IOException {
    return open(nodes, Namespaces::runIp);
  }

  static Namespaces open(int nodes, Ip ip) throws IOException {
    Namespaces opened = new Namespaces(ip);
    opened.removeAll();
    Runtime.getRuntime().addShutdownHook(opened.ending);
    try {
      opened.make(nodes);
      return opened;
    } catch (IOException e) {
      opened.close();
      throw e;
    }
  }

  private void make(int nodes) throws IOException {
    ip.run("link", "add", BRIDGE, "type", "bridge");
    ip.run("addr", "add", HERE + "/24", "dev", BRIDGE);
    ip.run("link", "set", BRIDGE, "up");
    for (int node = 1; node <= nodes; node++) {
      String name = NAME + node;
      String cable = CABLE + node;
      ip.run("netns", "add", name);
      ip.run("link", "add", cable, "type", "veth", "peer", "name", "eth0", "netns", name);
      ip.run("link", "set", cable, "master", BRIDGE, "up");
      ip.run("-n", name, "addr", "add", SUBNET + node + "/24", "dev", "eth0");
      ip.run("-n", name, "link", "set", "lo", "up");
      ip.run("-n", name, "link", "set", "eth0", "up");
    }
  }

  /** Pulls the cable of a node. */
  void cut(int node) throws IOException {
    ip.run("link", "set", CABLE + node, "down");
  }

  /**
   * Loses everything that nodes of the one side send to nodes of the other. All of them still reach
   * this machine.
   */
  void split(List<Integer> side, List<Integer> other) throws IOException {
    for (int one : side) {
      for (int two : other) {
        lose(one, two);
        lose(two, one);
      }
    }
  }

  private void lose(int from, int to) throws IOException {
    neighbour("replace", from, to, "lladdr", NOBODY, "nud", "permanent");
  }

  /** Changes what a node knows of the link-layer address of another one. */
  private void neighbour(String order, int of, int node, String... more) throws IOException {
    List<String> arguments =
        new ArrayList<>(List.of("-n", NAME + of, "neigh", order, SUBNET + node, "dev", "eth0"));
    arguments.addAll(List.of(more));
    ip.run(arguments.toArray(String[]::new));
  }

  /** Ends a {@link #split}. */
  void heal(List<Integer> side, List<Integer> other) throws IOException {
    for (int one : side) {
      for (int two : other) {
        neighbour("del", one, two);
        neighbour("del", two, one);
      }
    }
  }

  @Override
  public String originHost() {
    return HERE;
  }

  @Override
  public InetSocketAddress address(int node) {
    return InetSocketAddress.createUnresolved(SUBNET + node, PORT);
  }

  @Override
  public List<String> command(int node, List<String> command) {
    List<String> all = new ArrayList<>(List.of("ip", "netns", "exec", NAME + node));
    all.addAll(command);
    return all;
  }

  @Override
  public void close() {
    removeAll();
    try {
      Runtime.getRuntime().removeShutdownHook(ending);
    } catch (IllegalStateException e) {
      // The JVM is shutting down, and the hook does the same.
    }
  }

  /** Removes what is there of them; a namespace takes its end of the cable along. */
  private void removeAll() {
    for (int node = 1; node <= MOST_NODES; node++) {
      remove("netns", "del", NAME + node);
      remove("link", "del", CABLE + node);
    }
    remove("link", "del", BRIDGE);
  }

  private void remove(String... arguments) {
    try {
      ip.run(arguments);
    } catch (IOException e) {
      // It is not there.
    }
  }

  /** Runs the command of this machine, and waits for its end. */
  static void runIp(String... arguments) throws IOException {
    List<String> command = new ArrayList<>(List.of("ip"));
    command.addAll(List.of(arguments));
    Process process;
    try {
      process = new ProcessBuilder(command).redirectErrorStream(true).start();
    } catch (IOException e) {
      throw new IOException("ip: cannot be run (expected: root, and iproute2 installed)", e);
    }
    try {
      String said = new String(process.getInputStream().readAllBytes(), UTF_8).strip();
      if (process.waitFor() != 0) {
        throw new IOException(
            String.join(" ", command) + ": " + said + " (expected: root, and iproute2 installed)");
      }
    } catch (InterruptedException e) {
      process.destroyForcibly();
      Thread.currentThread().interrupt();
      throw new IOException(String.join(" ", command) + ": interrupted", e);
    }
  }
}
