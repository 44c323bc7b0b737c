package io.dawncache.node;

import io.dawncache.core.ByteView;
import io.dawncache.core.Getter;
import io.dawncache.core.Loaded;
import java.io.IOException;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.time.Duration;

/**
 * {@code http:URL-TEMPLATE}: the value of a key is what a server answers to a GET of the URL with
 * the key, percent-encoded, in the place of {@code {key}}.
 *
 * <p>{@link OriginStatus} says what a status means; silence, a lost connection, and a body longer
 * than a value may be are failures. Redirects are followed, except from https to http. The template
 * may be written whole after the scheme ({@code http:http://host/{key}}, {@code
 * http:https://host/{key}}) or be the origin itself ({@code http://host/{key}}).
 */
public final class HttpOrigin implements Origin {
  /** Less than a group's load time-out, so that a caller is told which server was silent. */
  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  private static final int SHOWN_CHARS = 200;

  private final Duration timeout;
  private final int maxBytes;

  /** Used by {@link java.util.ServiceLoader}. */
  public HttpOrigin() {
    this(TIMEOUT, Origins.MAX_VALUE_BYTES);
  }

  HttpOrigin(Duration timeout, int maxBytes) {
    this.timeout = timeout;
    this.maxBytes = maxBytes;
  }

  @Override
  public String scheme() {
    return "http";
  }

  @Override
  public String form() {
    return "http:URL-TEMPLATE";
  }

  @Override
  public String description() {
    return "what a server answers at the URL, such as http://HOST/PATH/{key}";
  }

  @Override
  public Getter open(String location) {
    UrlTemplate template = UrlTemplate.parse(location);
    HttpClient client =
        HttpClient.newBuilder()
            .version(HttpClient.Version.HTTP_1_1)
            .followRedirects(HttpClient.Redirect.NORMAL)
            .connectTimeout(timeout)
            .build();
    return key -> {
      URI url = template.url(key);
      return url == null ? Loaded.notThere() : load(client, url);
    };
  }

  private Loaded load(HttpClient client, URI url) throws IOException, InterruptedException {
    HttpRequest request =
        HttpRequest.newBuilder(url).timeout(timeout).header("User-Agent", "dawncache").build();
    HttpResponse<byte[]> answer;
    try {
      answer = client.send(request, BoundedBody.handler(maxBytes));
    } catch (HttpTimeoutException e) {
      throw new IOException(shown(url) + ": no answer in " + timeout.toMillis() + " ms", e);
    } catch (ConnectException e) {
      throw new IOException(shown(url) + ": no connection", e);
    } catch (IOException e) {
      throw new IOException(shown(url) + ": " + Program.reason(e), e);
    }
    int status = answer.statusCode();
    return switch (OriginStatus.of(status)) {
      case VALUE -> Loaded.of(ByteView.copyOf(answer.body()));
      case NOT_THERE -> Loaded.notThere();
      case REJECTED -> Loaded.rejected(shown(url) + ": status " + status);
      case FAILED ->
          throw new IOException(
              shown(url) + ": status " + status + " (expected: 200, or 404 for not there)");
    };
  }

  private static String shown(URI url) {
    String text = url.toString();
    return "GET " + (text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…");
  }
}
