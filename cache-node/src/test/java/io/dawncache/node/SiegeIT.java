package io.dawncache.node;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.dawncache.core.PeerRequest;
import io.dawncache.operations.page.StatsPage;
import io.dawncache.server.wire.NodeUrl;
import io.dawncache.server.wire.PeerCodec;
import io.netty.buffer.ByteBuf;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * A real node with 128 MB of heap and no other option, attacked in four ways at once: a client that
 * behaves is served all the while, and the node is sound afterwards.
 *
 * <p>System properties: {@code dawncache.siege}, how many seconds of it are measured (8); {@code
 * dawncache.siege.warm}, how many before that are not, in which the JVM compiles (2); {@code
 * dawncache.siege.cpu}, a core that the node is bound to; {@code dawncache.siege.p99}, in how many
 * milliseconds 99 of 100 hits have to be answered (10,000); {@code dawncache.siege.sound}, within
 * how many seconds all memory has to be back (30). The full form, with the attackers on the other
 * core, is {@code taskset -c 1 mvn verify -pl cache-node -am -Dit.test=SiegeIT -Dtest=NONE
 * -Ddawncache.siege=60 -Ddawncache.siege.warm=20 -Ddawncache.siege.cpu=0 -Ddawncache.siege.p99=200
 * -Ddawncache.siege.sound=5 -Dsurefire.failIfNoSpecifiedTests=false
 * -Dfailsafe.failIfNoSpecifiedTests=false -DfailIfNoTests=false}.
 */
@Timeout(240)
class SiegeIT {
  private static final Path ROOT =
      Path.of(System.getProperty("dawncache.root", "..")).toAbsolutePath().normalize();
  private static final int SECONDS = Integer.getInteger("dawncache.siege", 8);
  private static final int WARM_SECONDS = Integer.getInteger("dawncache.siege.warm", 2);
  private static final @Nullable String CPU = System.getProperty("dawncache.siege.cpu");
  private static final int P99_MILLIS = Integer.getInteger("dawncache.siege.p99", 10_000);

  private static final int SILENT_CLIENTS = 200;
  private static final int BODIES = 2_000;
  private static final int BODY_BYTES = 80_000;
  private static final int BACK_A_SECOND = 100;
  private static final int GETS_A_SECOND = 10_000;
  private static final int KEYS_OF_ALL = 600;
  private static final int HITS_A_SECOND = 100;
  private static final long AROUND_BUDGETS = 32 << 20;
  private static final byte[] LARGE = new byte[1 << 20];
  private static final Duration SOUND_AFTER =
      Duration.ofSeconds(Integer.getInteger("dawncache.siege.sound", 30));

  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final List<SocketChannel> connections = new ArrayList<>();

  @TempDir private Path temp;

  private HttpServer origin;
  private Process node;
  private NodeUrl url;
  private final CountDownLatch over = new CountDownLatch(1);

  @BeforeEach
  void start() throws Exception {
    origin = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    origin.setExecutor(threads);
    origin.createContext("/large/", exchange -> answer(exchange, LARGE));
    origin.createContext("/small/", exchange -> answer(exchange, new byte[100]));
    origin.createContext("/slow/", exchange -> {}); // never answers
    origin.start();
    List<String> command = new ArrayList<>();
    if (CPU != null) {
      command.addAll(List.of("taskset", "-c", CPU));
    }
    command.addAll(List.of(ROOT.resolve("scripts/node").toString(), "--listen", "127.0.0.1:0"));
    for (String group : List.of("large", "small", "slow")) {
      String base = "http://127.0.0.1:" + origin.getAddress().getPort() + "/" + group + "/{key}";
      command.addAll(List.of("--group", group + "=" + base));
    }
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectError(temp.resolve("node.log").toFile());
    builder.environment().put("JAVA_HOME", System.getProperty("java.home"));
    builder.environment().put("DAWNCACHE_JAVA_OPTS", "-Xmx128m");
    node = builder.start();
    String serving = node.inputReader().readLine();
    assertNotNull(serving, this::log);
    url = NodeUrl.parse(serving.replaceAll(".* at |, alone", ""));
  }

  private static void answer(HttpExchange exchange, byte[] value) throws IOException {
    exchange.sendResponseHeaders(200, value.length);
    try (OutputStream body = exchange.getResponseBody()) {
      body.write(value);
    }
  }

  @AfterEach
  void stop() throws Exception {
    over.countDown();
    closeAll();
    node.destroyForcibly().waitFor();
    origin.stop(0);
    threads.shutdownNow();
  }

  @Test
  void aClientThatBehavesIsServedWhileOthersAttackTheNodesMemory() throws Exception {
    assertEquals(200, hit().status);
    List<Future<?>> attacks =
        List.of(
            threads.submit(() -> silentClients()),
            threads.submit(() -> unfinishedBodies()),
            threads.submit(() -> flood()),
            threads.submit(() -> getAllThatIsNotRead()));

    hits(WARM_SECONDS);
    long[] nanos = hits(SECONDS);

    over.countDown();
    for (Future<?> attack : attacks) {
      attack.get();
    }
    Arrays.sort(nanos);
    long p99 = TimeUnit.NANOSECONDS.toMillis(nanos[nanos.length * 99 / 100]);
    long p50 = TimeUnit.NANOSECONDS.toMillis(nanos[nanos.length / 2]);
    long most = TimeUnit.NANOSECONDS.toMillis(nanos[nanos.length - 1]);
    String page = page();
    System.out.printf(
        "siege of %d s: %d hits, p50 %d ms, p99 %d ms, max %d ms; in flight %s; heap %d MiB%n",
        SECONDS, nanos.length, p50, p99, most, inFlight(page), heapBytes() >> 20);
    assertTrue(node.isAlive(), this::log);
    assertTrue(inFlight(page).refused() > 0 && inFlight(page).closed() > 0, page);
    assertFalse(log().contains("OutOfMemoryError"), this::log);
    assertTrue(p99 <= P99_MILLIS, "p99 of the hits: " + p99 + " ms");

    closeAll();
    long sound = System.nanoTime() + SOUND_AFTER.toNanos();
    assertEquals(200, get("/_dawncache/small/new").status);
    Answer large;
    do { // it may have no room until it has seen that the others have closed their connections
      large = get("/_dawncache/large/new");
    } while (large.status == 503 && System.nanoTime() < sound);
    assertEquals(200, large.status);
    long inFlight;
    long heap;
    long budgets;
    do { // loads that nobody waits for any more may follow each other for a while
      page = page();
      inFlight = inFlight(page).bytes();
      budgets =
          StatsPage.fromJson(page).groups().values().stream().mapToLong(g -> g.heldBytes()).sum();
      heap = heapBytes();
      assertTrue(heap > 0, "no figure of the heap is known");
    } while ((inFlight > 0 || heap > budgets + AROUND_BUDGETS) && System.nanoTime() < sound);
    assertEquals(0, inFlight);
    assertTrue(heap <= budgets + AROUND_BUDGETS, "heap of " + heap + " bytes for " + budgets);
    node.destroy();
    assertTrue(node.waitFor(20, TimeUnit.SECONDS), "the node does not stop");
    assertEquals(143, node.exitValue(), this::log);
  }

  // The client that behaves.

  private record Answer(int status, String body) {}

  private Answer hit() throws IOException {
    return get("/_dawncache/small/k");
  }

  private Answer get(String path) throws IOException {
    try (Socket socket = new Socket(url.host(), url.port())) {
      socket.setSoTimeout(20_000);
      String request = "GET " + path + " HTTP/1.1\r\nHost: node\r\nConnection: close\r\n\r\n";
      socket.getOutputStream().write(request.getBytes(US_ASCII));
      String answer = new String(socket.getInputStream().readAllBytes(), UTF_8);
      int body = answer.indexOf("\r\n\r\n") + 4;
      return new Answer(Integer.parseInt(answer.substring(9, 12)), answer.substring(body));
    }
  }

  /** Asks at a steady rate, on one connection; returns how long each answer took. */
  private long[] hits(int seconds) throws Exception {
    long[] nanos = new long[seconds * HITS_A_SECOND];
    byte[] request = "GET /_dawncache/small/k HTTP/1.1\r\nHost: node\r\n\r\n".getBytes(US_ASCII);
    try (Socket socket = new Socket(url.host(), url.port())) {
      socket.setTcpNoDelay(true);
      socket.setSoTimeout(20_000);
      InputStream in = socket.getInputStream();
      int length = 0;
      long start = System.nanoTime();
      for (int i = 0; i < nanos.length; i++) {
        long due = start + i * (TimeUnit.SECONDS.toNanos(1) / HITS_A_SECOND);
        pauseUntil(due);
        socket.getOutputStream().write(request);
        byte[] head = in.readNBytes(12);
        assertEquals("HTTP/1.1 200", new String(head, US_ASCII), this::log);
        length = length == 0 ? 12 + readFirst(in) : length;
        if (i > 0) {
          in.readNBytes(length - 12);
        }
        nanos[i] = System.nanoTime() - due; // from when it was due: a pause hides nothing
      }
    } catch (IOException e) {
      throw new AssertionError("a hit failed; the node says: " + log(), e);
    }
    return nanos;
  }

  /** Reads the rest of the first answer, after which nothing follows; returns its length. */
  private static int readFirst(InputStream in) throws IOException {
    StringBuilder head = new StringBuilder();
    while (head.indexOf("\r\n\r\n") < 0) {
      head.append((char) in.read());
    }
    String length = head.toString().replaceAll("(?is).*content-length: (\\d+).*", "$1");
    return head.length() + in.readNBytes(Integer.parseInt(length)).length;
  }

  private boolean isOn() {
    return over.getCount() > 0;
  }

  /** Returns at this time, or when the siege is over. */
  private void pauseUntil(long nanos) {
    boolean ended = false;
    for (long left = nanos - System.nanoTime(); left > 0 && !ended; ) {
      try {
        ended = over.await(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
      left = nanos - System.nanoTime();
    }
  }

  // The attackers. Those whose connections are closed come back, up to a hundred a second.

  private void silentClients() {
    List<String> requests =
        IntStream.range(0, SILENT_CLIENTS)
            .mapToObj(i -> "GET /_dawncache/large/k" + i + " HTTP/1.1\r\nHost: node\r\n\r\n")
            .toList();
    keepSending(SILENT_CLIENTS, i -> ByteBuffer.wrap(requests.get(i).getBytes(US_ASCII)), true);
  }

  private void unfinishedBodies() {
    String head =
        "POST /_dawncache/ HTTP/1.1\r\nHost: node\r\nDawncache-Peer: http://127.0.0.1:1\r\n"
            + "Dawncache-Message: get-all\r\nContent-Length: "
            + (BODY_BYTES + 1)
            + "\r\n\r\n";
    ByteBuffer request = ByteBuffer.allocate(head.length() + BODY_BYTES);
    request.put(head.getBytes(US_ASCII)).position(0).limit(request.capacity());
    keepSending(BODIES, i -> request.duplicate(), false);
  }

  private void getAllThatIsNotRead() {
    List<PeerRequest> requests =
        IntStream.range(0, KEYS_OF_ALL)
            .mapToObj(i -> new PeerRequest("large", "all" + i, Duration.ofSeconds(20)))
            .toList();
    ByteBuf body = PeerCodec.encode(requests, Duration.ofSeconds(20));
    String head =
        "POST /_dawncache/ HTTP/1.1\r\nHost: node\r\nDawncache-Peer: http://127.0.0.1:1\r\n"
            + "Dawncache-Message: get-all\r\nContent-Length: "
            + body.readableBytes()
            + "\r\n\r\n";
    ByteBuffer request = ByteBuffer.allocate(head.length() + body.readableBytes());
    request.put(head.getBytes(US_ASCII)).put(body.nioBuffer()).flip();
    body.release();
    keepSending(1, i -> request.duplicate(), false);
  }

  private interface Request {
    ByteBuffer of(int client);
  }

  /** Connects so many clients that send what they have and read nothing, until it is over. */
  private void keepSending(int clients, Request request, boolean again) {
    SocketChannel[] open = new SocketChannel[clients];
    ByteBuffer[] unsent = new ByteBuffer[clients];
    int mayConnect = clients;
    while (isOn()) {
      for (int i = 0; i < clients && isOn(); i++) {
        try {
          if (open[i] == null && mayConnect-- <= 0) {
            continue;
          }
          if (open[i] == null) {
            open[i] = connect();
            unsent[i] = request.of(i);
          }
          open[i].write(unsent[i]);
          if (again && !unsent[i].hasRemaining()) {
            unsent[i] = request.of(i);
          }
        } catch (IOException e) {
          open[i] = null; // closed by the node
        }
      }
      mayConnect = BACK_A_SECOND;
      pauseUntil(System.nanoTime() + TimeUnit.SECONDS.toNanos(1));
    }
  }

  private SocketChannel connect() throws IOException {
    SocketChannel channel = SocketChannel.open(new InetSocketAddress(url.host(), url.port()));
    channel.configureBlocking(false);
    synchronized (connections) {
      connections.add(channel);
    }
    return channel;
  }

  private void closeAll() throws IOException {
    synchronized (connections) {
      for (SocketChannel channel : connections) {
        channel.close();
      }
    }
  }

  /** Gets of one slow key, each with a deadline of a millisecond, on a few connections. */
  private void flood() {
    byte[] get =
        "GET /_dawncache/slow/k HTTP/1.1\r\nHost: node\r\nDawncache-Timeout: 1\r\n\r\n"
            .getBytes(US_ASCII);
    int atOnce = 50;
    ByteBuffer batch = ByteBuffer.allocate(atOnce * get.length);
    IntStream.range(0, atOnce).forEach(i -> batch.put(get));
    batch.flip();
    ByteBuffer answers = ByteBuffer.allocate(1 << 20);
    SocketChannel[] open = new SocketChannel[4];
    ByteBuffer[] unsent = new ByteBuffer[open.length];
    long nanos = TimeUnit.SECONDS.toNanos(1) / (GETS_A_SECOND / atOnce);
    long due = System.nanoTime();
    for (int turn = 0; isOn(); turn++) {
      int i = turn % open.length;
      due += nanos;
      pauseUntil(due);
      try {
        if (open[i] == null) {
          open[i] = connect();
          unsent[i] = batch.duplicate();
        }
        if (open[i].read(answers.clear()) < 0) {
          open[i] = null;
          continue;
        }
        if (!unsent[i].hasRemaining()) {
          unsent[i] = batch.duplicate();
        }
        open[i].write(unsent[i]);
      } catch (IOException e) {
        open[i] = null;
      }
    }
  }

  // The node.

  private String page() throws IOException {
    return get("/stats").body;
  }

  private static StatsPage.InFlight inFlight(String page) {
    StatsPage.InFlight inFlight = StatsPage.fromJson(page).bytesInFlight();
    assertNotNull(inFlight, page);
    return inFlight;
  }

  /** Returns what is left on the node's heap after a collection. */
  private long heapBytes() throws Exception {
    jcmd("GC.run");
    String used = jcmd("GC.heap_info");
    return Pattern.compile(
            "(?m)^ *(?:garbage-first heap|def new generation|tenured generation).*used (\\d+)K")
        .matcher(used)
        .results()
        .mapToLong(match -> Long.parseLong(match.group(1)) << 10)
        .sum();
  }

  private String jcmd(String command) throws Exception {
    Process jcmd =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "jcmd").toString(),
                String.valueOf(node.pid()),
                command)
            .redirectErrorStream(true)
            .start();
    String said = new String(jcmd.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, jcmd.waitFor(), said);
    return said;
  }

  private String log() {
    try {
      return Files.readString(temp.resolve("node.log"));
    } catch (IOException e) {
      return e.toString();
    }
  }
}
