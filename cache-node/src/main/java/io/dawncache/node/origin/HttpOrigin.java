package io.dawncache.node.origin;

import io.dawncache.core.Loaded;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;

/**
 * {@code http:URL-TEMPLATE}: the value of a key is a server's answer to a GET of the URL in which
 * the percent-encoded key replaces {@code {key}}, or {@code {+key}}, which keeps the key's slashes.
 *
 * <p>A value is a whole body with the status 200, 201 or 203, as it is. The request asks for no
 * encoding, so an encoded body is a failure. {@link OriginStatus} says what the other statuses
 * mean. Redirects are not followed. A time-out before or within the body, a lost connection, an
 * answer that gives its length in two ways, and a body longer than a value may be are failures. A
 * key that would be the segment {@code .} or {@code ..} of the path is rejected: servers read it as
 * a step to another path, escaped or not.
 *
 * <p>The template may be written whole after the scheme ({@code http:http://host/{key}}, {@code
 * http:https://host/{key}}) or be the origin itself ({@code http://host/{key}}).
 */
public final class HttpOrigin implements Origin {
  private static final Setting<String> URL =
      Setting.text("url", "the URL of a value, with {key} or {+key}")
          .required("http:URL with {key} or {+key} in its path or query")
          .atLocation();

  /** Less than a group's load time-out, so that the log names the server that did not answer. */
  private static final Duration TIMEOUT = Duration.ofSeconds(8);

  private static final int SHOWN_CHARS = 200;

  private final Duration timeout;
  private final int maxBytes;
  private final NameLookup names;

  /** Used by {@link java.util.ServiceLoader}. */
  public HttpOrigin() {
    this(TIMEOUT, Origins.MAX_VALUE_BYTES, InetAddress::getAllByName);
  }

  HttpOrigin(Duration timeout, int maxBytes, NameLookup names) {
    this.timeout = timeout;
    this.maxBytes = maxBytes;
    this.names = names;
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
    return "what a server answers at the URL, such as http://HOST/PATH/{key}; {+key} keeps slashes";
  }

  @Override
  public List<Setting<?>> settings() {
    return List.of(URL);
  }

  @Override
  public OpenOrigin open(OriginSettings settings) {
    UrlTemplate template;
    try {
      template = UrlTemplate.parse(settings.get(URL));
    } catch (IllegalArgumentException e) {
      throw settings.wrong(URL, OriginException.reason(e));
    }
    OriginClient client =
        new OriginClient(
            template.scheme(), template.host(), template.port(), timeout, maxBytes, names);
    return OpenOrigin.of(key -> load(client, template, key));
  }

  private static Loaded load(OriginClient client, UrlTemplate template, String key)
      throws IOException, InterruptedException {
    String path = template.path(key);
    if (path == null) {
      return Loaded.rejected(
          "key "
              + shown(key)
              + ": would be a step in the URL's path (expected: no segment . or .. in its path)");
    }
    String asked = "GET " + shown(template.url(path));
    OriginClient.Answer answer;
    try {
      answer = client.get(path);
    } catch (IOException e) {
      throw new OriginException(OriginException.reason(e), asked, e.getCause());
    }
    return switch (OriginStatus.of(answer.status())) {
      case VALUE -> Loaded.of(answer.body());
      case NOT_FOUND -> Loaded.notFound();
      case REJECTED -> Loaded.rejected("status " + answer.status()); // callers may see this text
      case FAILED -> throw new OriginException("status " + answer.status(), asked, null);
    };
  }

  private static String shown(String text) {
    return text.length() <= SHOWN_CHARS ? text : text.substring(0, SHOWN_CHARS) + "…";
  }
}
