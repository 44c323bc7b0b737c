package io.dawncache.bench.chaos;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Files;
import java.util.ArrayList;
import java.util.List;

/**
 * What nodes have logged that they must not.
 *
 * @param leaks reports of Netty's leak detector, by their first lines
 * @param errors other lines of the level of errors
 */
record NodeLogs(List<String> leaks, List<String> errors) {
  NodeLogs {
    leaks = List.copyOf(leaks);
    errors = List.copyOf(errors);
  }

  /** Reads the logs of nodes. */
  static NodeLogs read(List<ChaosNode> nodes) throws IOException {
    List<String> leaks = new ArrayList<>();
    List<String> errors = new ArrayList<>();
    for (ChaosNode node : nodes) {
      try (BufferedReader lines = Files.newBufferedReader(node.log(), UTF_8)) {
        String prefix = "node " + node.number() + ": ";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
          if (line.contains("LEAK:")) {
            leaks.add(prefix + line);
          } else if (line.contains(" SEVERE ") || line.contains(" ERROR ")) {
            errors.add(prefix + line);
          }
        }
      }
    }
    return new NodeLogs(leaks, errors);
  }
}
