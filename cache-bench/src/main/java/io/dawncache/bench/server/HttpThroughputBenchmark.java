package io.dawncache.bench.server;

import io.dawncache.core.ByteView;
import io.dawncache.server.wire.GroupcacheCodec;
import java.io.Closeable;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Threads;
import org.openjdk.jmh.annotations.Warmup;
import org.openjdk.jmh.infra.ThreadParams;

/**
 * Eight clients, each with one connection and one request at a time, ask the first of two nodes for
 * values of 100 bytes: a key that it has in memory, a key that the other node has in memory and
 * that each get fetches, or a key of its own that was never asked for before.
 */
@BenchmarkMode(Mode.Throughput)
@OutputTimeUnit(TimeUnit.SECONDS)
@Warmup(iterations = 1, time = 10)
@Measurement(iterations = 3, time = 1)
@Threads(8)
public class HttpThroughputBenchmark {
  private static final int VALUE_BYTES = 100;
  private static final int ANSWER_BYTES =
      GroupcacheCodec.responseBytes(ByteView.copyOf(new byte[VALUE_BYTES]));
  private static final int KEYS = 1 << 10; // a power of two, for the mask

  @Benchmark
  public int hit(Nodes nodes, NodeClient client) throws IOException {
    return client.turns.next(nodes.ownKeys);
  }

  @Benchmark
  public int keyOfAnotherNode(Nodes nodes, NodeClient client) throws IOException {
    return client.turns.next(nodes.otherKeys);
  }

  @Benchmark
  public int miss(Nodes nodes, NodeClient client) throws IOException {
    return client.turns.ask(TwoNodes.request(client.freshKey(nodes)));
  }

  @Benchmark
  public int baselineFixedReply(FixedReply server, FixedReplyClient client) throws IOException {
    return client.turns.next(server.requests);
  }

  /** Two nodes, each with the keys in memory that it owns. */
  @State(Scope.Benchmark)
  public static class Nodes {
    TwoNodes fleet;
    byte[][] ownKeys;
    byte[][] otherKeys;

    @Setup
    public void start() throws IOException, InterruptedException {
      fleet = TwoNodes.start(VALUE_BYTES);
      ownKeys = requests(fleet::isOwnedByAsked);
      otherKeys = requests(key -> !fleet.isOwnedByAsked(key));
      try (KeepAliveConnection connection = KeepAliveConnection.open(fleet.askedPort())) {
        for (int i = 0; i < KEYS; i++) {
          connection.get(ownKeys[i]);
          connection.get(otherKeys[i]);
        }
      }
    }

    private static byte[][] requests(Predicate<String> wanted) {
      return IntStream.iterate(0, i -> i + 1)
          .mapToObj(i -> "key" + i)
          .filter(wanted)
          .limit(KEYS)
          .map(TwoNodes::request)
          .toArray(byte[][]::new);
    }

    @TearDown
    public void close() {
      fleet.close();
    }
  }

  /** The server without a cache. */
  @State(Scope.Benchmark)
  public static class FixedReply {
    int port;
    byte[][] requests;
    private ServerProcess process;

    @Setup
    public void start() throws IOException, InterruptedException {
      port = ServerProcess.freePorts(1)[0];
      process = ServerProcess.start(FixedReplyServer.class, List.of("" + port, "" + VALUE_BYTES));
      requests =
          IntStream.range(0, KEYS)
              .mapToObj(i -> TwoNodes.request("key" + i))
              .toArray(byte[][]::new);
    }

    @TearDown
    public void close() {
      process.close();
    }
  }

  /** One thread's connection to the node that is asked. */
  @State(Scope.Thread)
  public static class NodeClient {
    Turns turns;
    private String freshKeys;
    private int fresh;

    @Setup
    public void connect(Nodes nodes, ThreadParams thread) throws IOException {
      turns = new Turns(nodes.fleet.askedPort(), thread);
      freshKeys = "fresh-" + thread.getThreadIndex() + "-";
    }

    /** Returns a key that the asked node owns and that was never asked for. */
    String freshKey(Nodes nodes) {
      String key;
      do {
        key = freshKeys + fresh++;
      } while (!nodes.fleet.isOwnedByAsked(key));
      return key;
    }

    @TearDown
    public void close() throws IOException {
      turns.close();
    }
  }

  /** One thread's connection to the server without a cache. */
  @State(Scope.Thread)
  public static class FixedReplyClient {
    Turns turns;

    @Setup
    public void connect(FixedReply server, ThreadParams thread) throws IOException {
      turns = new Turns(server.port, thread);
    }

    @TearDown
    public void close() throws IOException {
      turns.close();
    }
  }

  /**
   * Asks for the keys in turn, each thread from its own place, and checks that every answer is a
   * value.
   */
  private static final class Turns implements Closeable {
    private final KeepAliveConnection connection;
    private int turn;

    Turns(int port, ThreadParams thread) throws IOException {
      connection = KeepAliveConnection.open(port);
      turn = KEYS * thread.getThreadIndex() / thread.getThreadCount();
    }

    int next(byte[][] requests) throws IOException {
      return ask(requests[turn++ & (KEYS - 1)]);
    }

    int ask(byte[] request) throws IOException {
      int bytes = connection.get(request);
      if (bytes != ANSWER_BYTES) {
        throw new IOException("answer: " + bytes + " bytes (expected: " + ANSWER_BYTES + ")");
      }
      return bytes;
    }

    @Override
    public void close() throws IOException {
      connection.close();
    }
  }
}
