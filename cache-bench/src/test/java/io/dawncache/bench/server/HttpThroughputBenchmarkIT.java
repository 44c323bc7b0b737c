package io.dawncache.bench.server;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.google.gson.JsonParser;
import io.dawncache.bench.server.HttpThroughputBenchmark.FixedReply;
import io.dawncache.bench.server.HttpThroughputBenchmark.FixedReplyClient;
import io.dawncache.bench.server.HttpThroughputBenchmark.NodeClient;
import io.dawncache.bench.server.HttpThroughputBenchmark.Nodes;
import java.io.IOException;
import java.net.URI;
import java.util.concurrent.Callable;
import org.junit.jupiter.api.Test;
import org.openjdk.jmh.infra.ThreadParams;

final class HttpThroughputBenchmarkIT {
  private static final int GETS = 500;
  private static final int ANSWER_BYTES = 102; // the value, its tag and its length

  private final HttpThroughputBenchmark benchmark = new HttpThroughputBenchmark();
  private final ThreadParams onlyThread = new ThreadParams(0, 1, 0, 1, 0, 1, 0, 1, 0, 1);

  @Test
  void eachBenchmarkOfNodesTakesTheWayThatItsNameSays() throws Exception {
    Nodes nodes = new Nodes();
    NodeClient client = new NodeClient();
    nodes.start();
    try {
      client.connect(nodes, onlyThread);

      JsonObject asked = stats(nodes.fleet.askedPort());
      JsonObject other = stats(nodes.fleet.otherPort());
      run(() -> benchmark.hit(nodes, client));
      assertEquals(GETS, grown(asked, nodes.fleet.askedPort(), "cacheHits"));
      assertEquals(0, grown(other, nodes.fleet.otherPort(), "gets"));

      asked = stats(nodes.fleet.askedPort());
      run(() -> benchmark.keyOfAnotherNode(nodes, client));
      assertEquals(GETS, grown(asked, nodes.fleet.askedPort(), "peerLoads"));
      assertEquals(GETS, grown(other, nodes.fleet.otherPort(), "cacheHits"));
      assertEquals(GETS, grown(other, nodes.fleet.otherPort(), "serverRequests"));

      asked = stats(nodes.fleet.askedPort());
      other = stats(nodes.fleet.otherPort());
      run(() -> benchmark.miss(nodes, client));
      assertEquals(GETS, grown(asked, nodes.fleet.askedPort(), "localLoads"));
      assertEquals(0, grown(other, nodes.fleet.otherPort(), "gets"));
      assertTrue(ServerProcess.cpuOfAll().toMillis() > 0, "CPU time of the nodes");
    } finally {
      client.close();
      nodes.close();
    }
  }

  @Test
  void theBaselineAnswersAsAHitDoes() throws Exception {
    FixedReply server = new FixedReply();
    FixedReplyClient client = new FixedReplyClient();
    server.start();
    try {
      client.connect(server, onlyThread);
      run(() -> benchmark.baselineFixedReply(server, client));
      assertNotNull(ServerProcess.cpuOfAll());
    } finally {
      client.close();
      server.close();
    }
  }

  private static void run(Callable<Integer> get) throws Exception {
    for (int i = 0; i < GETS; i++) {
      assertEquals(ANSWER_BYTES, get.call());
    }
  }

  private static long grown(JsonObject before, int port, String counter) throws IOException {
    return stats(port).get(counter).getAsLong() - before.get(counter).getAsLong();
  }

  private static JsonObject stats(int port) throws IOException {
    try (var in = URI.create("http://127.0.0.1:" + port + "/stats").toURL().openStream()) {
      return JsonParser.parseString(new String(in.readAllBytes(), UTF_8))
          .getAsJsonObject()
          .getAsJsonObject("groups")
          .getAsJsonObject(TwoNodes.GROUP);
    }
  }
}
