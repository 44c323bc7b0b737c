package io.dawncache.node;

import io.dawncache.server.wire.NodeUrl;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/** Asks nodes over HTTP, as a client that is not a member. */
final class NodeClient {
  private final Duration timeout;
  private final @Nullable String token;
  private final HttpClient http;

  /** Makes a client that waits at most {@code timeout} for an answer to begin. */
  NodeClient(Duration timeout) {
    this(timeout, null, null);
  }

  /**
   * As the other constructor.
   *
   * @param token what to send as a bearer token; null for none
   * @param tls for https:// URLs; null for the JDK's own
   */
  NodeClient(Duration timeout, @Nullable String token, @Nullable SSLContext tls) {
    this.timeout = timeout;
    this.token = token;
    HttpClient.Builder builder =
        HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).connectTimeout(timeout);
    this.http = (tls == null ? builder : builder.sslContext(tls)).build();
  }

  /**
   * Returns the answer to a GET of {@code path}, which is sent byte for byte as given.
   *
   * @param path begins with a slash and is percent-encoded
   * @throws IOException if there is no answer; the message says why
   */
  HttpResponse<byte[]> get(NodeUrl node, String path) throws IOException, InterruptedException {
    return send(request(node, path).build());
  }

  /**
   * Waits for what {@link #getAsync} has asked.
   *
   * @throws IOException if there is no answer; the message says why
   */
  static HttpResponse<byte[]> end(CompletableFuture<HttpResponse<byte[]>> asked)
      throws IOException {
    try {
      return asked.join();
    } catch (CompletionException e) {
      if (e.getCause() instanceof IOException cause) {
        throw cause;
      }
      throw e;
    }
  }

  /**
   * Returns the answer to a POST of a JSON text.
   *
   * @throws IOException if there is no answer; the message says why
   */
  HttpResponse<byte[]> post(NodeUrl node, String path, String json)
      throws IOException, InterruptedException {
    return send(
        request(node, path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(json))
            .build());
  }

  /** As {@link #get}, and returns at once; the future fails with the same exception. */
  CompletableFuture<HttpResponse<byte[]>> getAsync(NodeUrl node, String path) {
    return http.sendAsync(request(node, path).build(), HttpResponse.BodyHandlers.ofByteArray())
        .exceptionallyCompose(
            e ->
                CompletableFuture.failedFuture(
                    e.getCause() instanceof IOException cause ? explained(cause) : e));
  }

  private HttpRequest.Builder request(NodeUrl node, String path) {
    HttpRequest.Builder request =
        HttpRequest.newBuilder(URI.create(node.text() + path)).timeout(timeout);
    return token == null ? request : request.header("Authorization", "Bearer " + token);
  }

  private HttpResponse<byte[]> send(HttpRequest request) throws IOException, InterruptedException {
    try {
      return http.send(request, HttpResponse.BodyHandlers.ofByteArray());
    } catch (IOException e) {
      throw explained(e);
    }
  }

  private IOException explained(IOException e) {
    if (e instanceof HttpTimeoutException) {
      return new IOException("no answer in " + timeout.toMillis() + " ms", e);
    }
    if (e instanceof SSLException) {
      return new IOException("no TLS: " + Program.reason(e), e);
    }
    return e instanceof ConnectException
        ? new IOException("no connection", e)
        : new IOException("connection lost: " + Program.reason(e), e);
  }
}
