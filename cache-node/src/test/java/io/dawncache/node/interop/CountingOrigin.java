package io.dawncache.node.interop;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URLDecoder;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/**
 * The one origin of a whole fleet. Node {@code i} loads a key from {@code /i?key=...} and is told
 * {@code i:key}, so every value tells who loaded it; and the origin counts how often each key was
 * loaded by anybody.
 *
 * <p>Two keys are special: every key that begins with {@link #EMPTY} has the empty value, and one
 * that begins with {@link #MISSING} is not found.
 */
final class CountingOrigin implements AutoCloseable {
  static final String EMPTY = "empty-";
  static final String MISSING = "missing-";

  static {
    // The server writes head and body apart; without this each answer waits for a delayed ACK.
    System.setProperty("sun.net.httpserver.nodelay", "true");
  }

  private final ConcurrentMap<String, Integer> loadsByKey = new ConcurrentHashMap<>();
  private final ExecutorService threads = Executors.newCachedThreadPool();
  private final HttpServer server;

  /** Starts the origin on a free port of loopback. */
  CountingOrigin() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", this::answer);
    server.setExecutor(threads);
    server.start();
  }

  /**
   * Returns the URL template from which node {@code index} loads. The key stands in the query, for
   * in a path no client could name the keys {@code .} and {@code ..}.
   */
  String template(int index) {
    return "http://127.0.0.1:" + server.getAddress().getPort() + "/" + index + "?key={key}";
  }

  /** Returns the value that node {@code index} is told for {@code key}. */
  static String value(int index, String key) {
    return key.startsWith(EMPTY) ? "" : index + ":" + key;
  }

  /** Starts the count anew. */
  void forgetLoads() {
    loadsByKey.clear();
  }

  /** Returns how often each key was loaded since then; a key never loaded is not in it. */
  Map<String, Integer> loadsByKey() {
    return Map.copyOf(loadsByKey);
  }

  @Override
  public void close() {
    server.stop(0);
    threads.shutdown();
  }

  private void answer(HttpExchange exchange) throws IOException {
    int index = Integer.parseInt(exchange.getRequestURI().getPath().substring(1));
    String key = unescaped(exchange.getRequestURI().getRawQuery().substring("key=".length()));
    loadsByKey.merge(key, 1, Integer::sum);

    byte[] value = value(index, key).getBytes(UTF_8);
    if (key.startsWith(MISSING)) {
      exchange.sendResponseHeaders(404, -1);
    } else if (value.length == 0) {
      exchange.sendResponseHeaders(200, -1); // 0 would mean a length not known yet
    } else {
      exchange.sendResponseHeaders(200, value.length);
      exchange.getResponseBody().write(value);
    }
    exchange.close();
  }

  /** Undoes {@code %XX} and nothing else: a plus is a plus. */
  private static String unescaped(String text) {
    return URLDecoder.decode(text.replace("+", "%2B"), UTF_8);
  }
}
