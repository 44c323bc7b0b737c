package io.dawncache.node;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What {@code get} sends and makes of the answer, seen from a socket that knows no HTTP. */
class GetMainIT {
  private static final String VALUE_630 = ok("\n\u0003630");

  private static String ok(String body) {
    return "HTTP/1.1 200 OK\r\nContent-Length: " + body.length() + "\r\n\r\n" + body;
  }

  private static String refusal(String status, String header, String body) {
    return "HTTP/1.1 "
        + status
        + "\r\n"
        + header
        + "Content-Length: "
        + body.length()
        + "\r\n\r\n"
        + body;
  }

  private record Asked(Ran ran, String node, List<String> request) {}

  /** Runs a get against a server that answers every request so; adds {@code --node}. */
  private static Asked ask(String answer, String... arguments) throws IOException {
    LinkedBlockingQueue<List<String>> requests = new LinkedBlockingQueue<>();
    CompletableFuture<Void> serving;
    String node;
    Ran ran;
    try (ServerSocket server = new ServerSocket(0, 10, InetAddress.getLoopbackAddress())) {
      serving = CompletableFuture.runAsync(() -> serve(server, answer, requests));
      node = "http://127.0.0.1:" + server.getLocalPort();
      ran =
          Ran.get(
              Stream.concat(Stream.of("--node", node), Stream.of(arguments))
                  .toArray(String[]::new));
    }
    serving.join();
    return new Asked(ran, node, requests.remove());
  }

  private static void serve(
      ServerSocket server, String answer, LinkedBlockingQueue<List<String>> requests) {
    while (true) {
      try (Socket socket = server.accept()) {
        BufferedReader in =
            new BufferedReader(new InputStreamReader(socket.getInputStream(), ISO_8859_1));
        requests.add(in.lines().takeWhile(line -> !line.isEmpty()).toList());
        socket.getOutputStream().write(answer.getBytes(ISO_8859_1));
      } catch (IOException e) {
        return; // the server socket is closed
      }
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      ignoreLeadingAndTrailingWhitespace = false,
      quoteCharacter = '`',
      value = {
        "Tom|Tom",
        ".|.",
        "..|..",
        "../x|..%2Fx",
        "a/b|a%2Fb",
        "a//b|a%2F%2Fb",
        "/|%2F",
        "a%2Fb|a%252Fb",
        "a b|a%20b",
        "a+b|a%2Bb",
        "?a#b|%3Fa%23b",
        "@Tom|%40Tom",
        "${x}|%24%7Bx%7D",
        "\"Tom\"|%22Tom%22",
        "é🎉|%C3%A9%F0%9F%8E%89"
      })
  void theKeyArrivesByteForByte(String key, String sent) throws IOException {
    Asked asked = ask(VALUE_630, "scores", key);

    assertEquals("GET /_dawncache/scores/" + sent + " HTTP/1.1", asked.request().get(0));
    assertEquals(new Ran(0, "630", List.of()), asked.ran());
  }

  @Test
  void aGroupIsEscapedAsWell() throws IOException {
    Asked asked = ask(VALUE_630, "a/b", "Tom");

    assertEquals("GET /_dawncache/a%2Fb/Tom HTTP/1.1", asked.request().get(0));
  }

  @Test
  void aKeyThatBeginsWithADashStandsBehindTwo() throws IOException {
    Asked asked = ask(VALUE_630, "--", "scores", "--node");

    assertEquals("GET /_dawncache/scores/--node HTTP/1.1", asked.request().get(0));
  }

  @Test
  void theRequestIsThatOfAClientAndAsksForNoOtherProtocol() throws IOException {
    List<String> names =
        ask(VALUE_630, "scores", "Tom").request().stream()
            .skip(1)
            .map(line -> line.substring(0, line.indexOf(':')))
            .filter(name -> !name.equals("Content-Length")) // JDK 17 says 0
            .sorted()
            .toList();

    assertEquals(
        List.of("Host", "User-Agent"),
        names.stream().filter(n -> !n.equals("Content-Length")).toList());
  }

  @Test
  void theOtherDialectsHaveAnotherPath() throws IOException {
    for (String dialect : List.of("groupcache", "mailgun", "MAILGUN")) {
      Asked asked = ask(VALUE_630, "--dialect", dialect, "scores", "Tom");
      assertEquals("GET /_groupcache/scores/Tom HTTP/1.1", asked.request().get(0));
    }
  }

  @Test
  void anEmptyValueIsWrittenAsNothing() throws IOException {
    assertEquals(new Ran(0, "", List.of()), ask(ok(""), "scores", "Tom").ran());
    assertEquals(new Ran(0, "", List.of()), ask(ok("\n\0"), "scores", "Tom").ran());
  }

  @Test
  void aKeyThatIsNotFoundExitsWith1() throws IOException {
    Asked asked =
        ask(
            refusal("404 Not Found", "Dawncache-Status: not-found\r\n", "nothing"),
            "scores",
            "Tom");

    assertRefused(1, "not found", asked);
  }

  @Test
  void everyOtherRefusalExitsWith3AndTellsTheNodesWords() throws IOException {
    assertRefused(
        3,
        "status 400: no such group:scores",
        ask(refusal("400 Bad Request", "", "no such group:scores\n"), "scores", "Tom"));
    assertRefused(
        3,
        "status 500: it broke badly",
        ask(
            refusal(
                "500 Internal Server Error", "Dawncache-Status: failed\r\n", "it broke\nbadly\n"),
            "scores",
            "Tom"));
    assertRefused(3, "status 404", ask(refusal("404 Not Found", "", ""), "scores", "Tom"));
  }

  @Test
  void anAnswerThatIsNoneExitsWith3() throws IOException {
    assertEquals(3, ask(ok("\n\u0005630"), "scores", "Tom").ran().exitCode());
    assertEquals(3, ask("garbage\r\n\r\n", "scores", "Tom").ran().exitCode());
    Asked lost = ask("", "scores", "Tom");
    assertEquals(3, lost.ran().exitCode());
    assertEquals(1, lost.ran().err().size(), lost::toString);
  }

  @Test
  void aNodeThatCannotBeReachedExitsWith3() throws IOException {
    int port;
    try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = server.getLocalPort();
    }
    String node = "http://127.0.0.1:" + port;

    assertEquals(
        new Ran(3, "", List.of("get: scores/Tom from " + node + ": no connection")),
        Ran.get("--node", node, "scores", "Tom"));
  }

  private static void assertRefused(int exitCode, String why, Asked asked) {
    assertEquals(
        new Ran(exitCode, "", List.of("get: scores/Tom from " + asked.node() + ": " + why)),
        asked.ran());
  }
}
