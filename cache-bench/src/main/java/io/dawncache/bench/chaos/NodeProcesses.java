package io.dawncache.bench.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.IntFunction;

/** Nodes that find each other by a file, which can be written again. For use by one thread. */
final class NodeProcesses implements AutoCloseable {
  private static final long START_SECONDS = 90;
  private static final long LOOK_MILLIS = 50;

  private final Path members;
  private final List<ChaosNode> nodes = new ArrayList<>();

  /**
   * Knows how to start nodes, but starts none.
   *
   * @param folder where the member list and the logs are kept; those of an earlier run go
   * @param options the further options of a node, by its number
   */
  NodeProcesses(
      Path folder,
      Network network,
      int count,
      CountingOrigin origin,
      IntFunction<ChaosNode.Options> options)
      throws IOException {
    this.members = Files.createDirectories(folder).resolve("members");
    for (int number = 1; number <= count; number++) {
      Path log = folder.resolve("node-" + number + ".log");
      Files.deleteIfExists(log);
      nodes.add(
          new ChaosNode(
              number, network, members, origin.template(number), log, options.apply(number)));
    }
  }

  /** Returns a node by its number, from 1 on. */
  ChaosNode node(int number) {
    return nodes.get(number - 1);
  }

  List<ChaosNode> nodes() {
    return List.copyOf(nodes);
  }

  /** Starts these as a fleet, and returns when all of them serve and have one member list. */
  void start(List<ChaosNode> first) throws IOException, InterruptedException {
    putMembers(first);
    for (ChaosNode node : first) {
      node.start();
    }
    for (ChaosNode node : first) {
      awaitReady(node);
    }
    awaitMembers(first);
  }

  /** Replaces the member list; no node ever sees half of it. */
  void putMembers(List<ChaosNode> list) throws IOException {
    Path fresh = members.resolveSibling("members.new");
    Files.write(fresh, list.stream().map(ChaosNode::url).toList());
    Files.move(fresh, members, StandardCopyOption.REPLACE_EXISTING, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Returns when a node answers that it is ready. */
  void awaitReady(ChaosNode node) throws IOException, InterruptedException {
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    while (!Direct.isReady(node)) {
      if (!node.isAlive() || System.nanoTime() - deadline > 0) {
        throw new IOException(
            node.url()
                + ": not ready (expected: in "
                + START_SECONDS
                + " s); see its log in "
                + members.getParent());
      }
      Thread.sleep(LOOK_MILLIS);
    }
  }

  /** Returns when these nodes have exactly these members, and know of no other list. */
  void awaitMembers(List<ChaosNode> list) throws IOException, InterruptedException {
    List<String> urls = list.stream().map(ChaosNode::url).toList();
    long deadline = System.nanoTime() + TimeUnit.SECONDS.toNanos(START_SECONDS);
    for (ChaosNode node : list) {
      String last = "nothing";
      while (true) {
        try {
          NodePage page = Direct.stats(node);
          if (page.hasMembers(urls)) {
            break;
          }
          last = page.toString();
        } catch (IOException e) {
          last = e.getMessage(); // a cold node may take long
        }
        if (System.nanoTime() - deadline > 0) {
          throw new IOException(
              node.url() + ": says " + last + " (expected: members " + urls + ")");
        }
        Thread.sleep(LOOK_MILLIS);
      }
    }
  }

  /** Kills those that live. */
  @Override
  public void close() {
    nodes.forEach(ChaosNode::close);
  }
}
