package io.dawncache.node.origin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.dawncache.core.Entry;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import io.dawncache.core.Metadata;
import io.dawncache.node.origin.OriginHealth.State;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The http origin in front of a real nginx. */
@Timeout(60)
class NginxIT {
  private static final Path PROGRAM = Path.of("/usr/sbin/nginx");

  @TempDir private Path folder;
  private int port;
  private LocalServer nginx;
  private GuardedOrigin origin;

  @BeforeEach
  void start() throws IOException {
    port = LocalServer.freePort();
    Files.writeString(
        folder.resolve("nginx.conf"),
        """
        daemon off;
        master_process off;
        pid nginx.pid;
        error_log stderr;
        events {}
        http {
          log_format answers escape=none
              "$uri $status $http_if_none_match$http_if_modified_since";
          access_log answered answers;
          types { text/plain txt; }
          default_type application/octet-stream;
          client_body_temp_path body;
          proxy_temp_path proxy;
          fastcgi_temp_path fastcgi;
          uwsgi_temp_path uwsgi;
          scgi_temp_path scgi;
          server {
            listen 127.0.0.1:%d;
            location /fresh/ { add_header Cache-Control "public, max-age=60"; return 200 "fresh"; }
            location /aged/ {
              add_header Cache-Control "max-age=60";
              add_header Age 20;
              return 200 "aged";
            }
            location /once/ { add_header Cache-Control no-store; return 200 "$request_id"; }
            location /plain/ { return 200 "plain"; }
            location /files/ {
              alias files/;
              expires 60s;
            }
            location /times/ { alias files/; etag off; }
            location /moved/ { return 301 http://127.0.0.1:$server_port/plain/; }
            location /away/ { return 302 https://127.0.0.1/plain/; }
            location /none/ { add_header Cache-Control max-age=5 always; return 404; }
            location /closed/ {
              if ($http_authorization != "Bearer t0ken") { return 401; }
              return 200 "open";
            }
          }
        }
        """
            .formatted(port));
    run();
  }

  private void run() throws IOException {
    if (!Files.isExecutable(PROGRAM)) {
      throw new AssertionError("no nginx here (expected: apt-get install nginx-light)");
    }
    nginx =
        LocalServer.start(
            folder,
            port,
            List.of(PROGRAM.toString(), "-p", folder.toString(), "-c", folder + "/nginx.conf"));
  }

  @AfterEach
  void stop() {
    if (origin != null) {
      origin.close();
    }
    nginx.close();
  }

  private Getter open(String place, Map<String, ?> more) {
    Map<String, Object> settings = new HashMap<>(more);
    settings.put("url", "http://127.0.0.1:%d/%s/{key}".formatted(port, place));
    origin = Origins.of(List.of(new HttpOrigin())).open("items", "http", settings);
    return origin.getter();
  }

  private Loaded load(String place) throws Exception {
    return open(place, Map.of()).load("Tom");
  }

  @Test
  void theServerSaysHowLongItsAnswerHolds() throws Exception {
    assertEquals(Duration.ofSeconds(60), load("fresh").ttl());
    assertEquals(Duration.ofSeconds(40), load("aged").ttl());
    assertEquals(Duration.ZERO, load("once").ttl());
    assertNull(load("plain").ttl());
    assertEquals(Loaded.notFound().value(), load("none").value());
    assertEquals(Duration.ofSeconds(5), load("none").ttl());
    assertNull(open("fresh", Map.of("cache-control", "ignore")).load("Tom").ttl());
  }

  private Entry held(Getter getter) throws Exception {
    return Held.of(getter.load("Tom.txt"));
  }

  private void write(String value, long seconds) throws IOException {
    Path file = Files.createDirectories(folder.resolve("files")).resolve("Tom.txt");
    Files.writeString(file, value);
    Files.setLastModifiedTime(file, FileTime.from(seconds, TimeUnit.SECONDS));
  }

  @Test
  void aValueIsAskedForByItsEtagAndOnlyReadIfItHasChanged() throws Exception {
    write("630", 784_111_777);
    Getter getter = open("files", Map.of());

    Entry held = held(getter);
    Loaded unchanged = getter.reload("Tom.txt", held);
    write("1000", 784_111_778);
    Loaded changed = getter.reload("Tom.txt", held);

    assertEquals(new Metadata("text/plain", "\"2ebc98a1-3\""), held.metadata());
    assertTrue(unchanged.isUnchanged());
    assertEquals(Duration.ofSeconds(60), unchanged.ttl());
    assertEquals("1000", changed.value().toUtf8());
    assertEquals(
        List.of(
            "/files/Tom.txt 200 ",
            "/files/Tom.txt 304 \"2ebc98a1-3\"",
            "/files/Tom.txt 200 \"2ebc98a1-3\""),
        answered(3));
  }

  @Test
  void aValueIsAskedForByItsTimeIfThatIsAllThatTheServerSends() throws Exception {
    write("630", 784_111_777);
    Getter getter = open("times", Map.of());

    Entry held = held(getter);
    Loaded unchanged = getter.reload("Tom.txt", held);
    write("1000", 784_111_778);

    assertTrue(unchanged.isUnchanged());
    assertEquals("1000", getter.reload("Tom.txt", held).value().toUtf8());
    assertEquals(
        List.of(
            "/times/Tom.txt 200 ",
            "/times/Tom.txt 304 Sun, 06 Nov 1994 08:49:37 GMT",
            "/times/Tom.txt 200 Sun, 06 Nov 1994 08:49:37 GMT"),
        answered(3));
  }

  /** Returns what nginx has answered; it writes a line just after an answer. */
  private List<String> answered(int answers) throws IOException {
    List<String> lines = List.of();
    while (lines.size() < answers) {
      lines = Files.readAllLines(folder.resolve("answered"));
    }
    return lines;
  }

  @Test
  void aRedirectIsFollowedAtTheSameServerOrRefused() throws Exception {
    assertEquals("plain", load("moved").value().toUtf8());
    assertEquals(
        "origin: status 302, a redirect to another server",
        assertThrows(OriginException.class, () -> load("away")).getMessage());
    Getter refusing = open("moved", Map.of("redirects", "refuse"));
    assertEquals(
        "origin: status 301",
        assertThrows(OriginException.class, () -> refusing.load("Tom")).getMessage());
  }

  @Test
  void everyRequestHasTheHeadersOfTheConfiguration() throws Exception {
    assertEquals("status 401", load("closed").rejection());

    Loaded loaded =
        open("closed", Map.of("headers", Map.of("Authorization", "Bearer t0ken"))).load("Tom");

    assertEquals("open", loaded.value().toUtf8());
  }

  @Test
  void headersThatAreNoneAreRefusedWithoutTheirValues() {
    for (Map<String, String> headers :
        List.of(
            Map.of("X-A", "s3cr3t\r\nX-B: c"), Map.of("X A", "s3cr3t"), Map.of("Host", "s3cr3t"))) {
      assertEquals(
          "http.headers: *** (expected: names and visible ASCII values of headers, none of"
              + " accept-encoding, connection, content-length, host, if-modified-since, if-none-match, te,"
              + " traceparent, tracestate, transfer-encoding)",
          assertThrows(
                  WrongSettingsException.class, () -> open("plain", Map.of("headers", headers)))
              .getMessage());
    }
  }

  @Test
  void aServerThatIsAwayIsSparedUntilItIsBack() throws Exception {
    Getter getter = open("plain", Map.of());
    assertEquals("plain", getter.load("Tom").value().toUtf8());

    nginx.close();
    while (origin.health().state() != State.UNREACHABLE) {
      assertThrows(OriginException.class, () -> getter.load("Tom"));
    }
    assertEquals("origin: connection refused", origin.health().reason());
    run();

    while (origin.health().state() != State.REACHABLE) {
      try {
        getter.load("Tom");
      } catch (OriginException e) {
        Thread.onSpinWait(); // the circuit lets one through each second
      }
    }
    assertEquals("plain", getter.load("Tom").value().toUtf8());
  }
}
