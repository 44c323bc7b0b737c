package io.dawncache.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.dawncache.core.Group;
import io.dawncache.node.config.ConfigReader;
import io.dawncache.node.config.Mistakes;
import io.dawncache.node.config.NodeConfig;
import io.dawncache.node.origin.Origins;
import io.dawncache.node.text.HostPort;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A node as the program starts it from a file, with its operations listener, in this process. */
record ConfiguredNode(StandaloneNode node, Reconfiguration edits, NodeOperations operations)
    implements AutoCloseable {
  /**
   * Starts a node, which writes its file into {@code folder}.
   *
   * @param groups as the file has them, a line each
   */
  static ConfiguredNode start(Path folder, Origins origins, String... groups) throws IOException {
    Path file = Files.createTempFile(folder, "node", ".yaml");
    Files.writeString(
        file, "listen: 127.0.0.1:0\ngroups:\n  " + String.join("\n  ", groups) + "\n");
    ConfigReader reader = new ConfigReader(file, Map.of(), Map.of(), Map.of());
    Mistakes mistakes = new Mistakes();
    NodeConfig config = reader.read(mistakes);
    OpenGroups opened = OpenGroups.open(config, origins, mistakes);
    assertEquals(List.of(), mistakes.lines());
    StandaloneNode node = StandaloneNode.start(config.server(), opened.groups());
    Reconfiguration edits = new Reconfiguration(reader, origins, node, config);
    HostPort free = new HostPort("127.0.0.1", 0);
    return new ConfiguredNode(node, edits, NodeOperations.start(node, free, false, edits, null));
  }

  /** Makes these nodes the members of one fleet. */
  static void join(ConfiguredNode... nodes) {
    List<String> members = List.of(nodes).stream().map(ConfiguredNode::self).toList();
    for (ConfiguredNode each : nodes) {
      each.node.server().setMembers(members);
    }
  }

  /** Returns the URL of the node. */
  String self() {
    return node.server().self();
  }

  /** Returns the URL of the operations listener. */
  String url() {
    return "http://127.0.0.1:" + operations.address().getPort();
  }

  /** Returns a group. */
  Group group(String name) {
    return node.server().node().group(name);
  }

  @Override
  public void close() {
    operations.close();
    edits.close();
    node.close();
  }
}
