package io.dawncache.node.origin;

import io.dawncache.core.Getter;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code http:URL-TEMPLATE}: the value of a key is a server's answer to a GET of the URL in which
 * the percent-encoded key replaces {@code {key}}, or {@code {+key}}, which keeps the key's slashes.
 *
 * <p>A value is a whole body with the status 200, 201 or 203, as it is. The request asks for no
 * encoding, so an encoded body is a failure. {@link OriginStatus} says what the other statuses
 * mean. Redirects are followed at the same server, or as {@link Redirects} says. A time-out before
 * or within the body, a lost connection, an answer that gives its length in two ways, and a body
 * longer than a value may be are failures. A key that would be the segment {@code .} or {@code ..}
 * of the path is rejected: servers read it as a step to another path, escaped or not.
 *
 * <p>The server may say how long its answer holds; {@link HttpFreshness} reads it, and it comes
 * before the group's TTL. {@code Content-Type} and {@code ETag} become the value's metadata, and a
 * value that is loaded again is asked for with a condition, see {@link HttpCondition}.
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

  private static final Setting<Duration> WITHIN =
      Setting.duration(
              "timeout",
              "of a request, its answer whole",
              Duration.ofMillis(1),
              Duration.ofHours(1))
          .orElse(TIMEOUT);
  private static final Setting<Map<String, Secret>> HEADERS =
      Setting.secrets("headers", "sent with every request, such as Authorization").orElse(Map.of());
  private static final Setting<String> CACHE_CONTROL =
      Setting.choice(
              "cache-control", "whether the server says how long a value holds", "heed", "ignore")
          .orElse("heed");
  private static final Setting<String> REDIRECTS =
      Setting.choice(
              "redirects",
              "which are followed: those to the same scheme, host and port, or also to others",
              "same-origin",
              "follow",
              "refuse")
          .orElse("same-origin");
  private static final Setting<Integer> MAX_CONCURRENT =
      Setting.integer("max-concurrent", "the most requests at a time", 1, 100_000);

  /** What a header may consist of (RFC 9110); the client sets these itself. */
  private static final Pattern HEADER_NAME = Pattern.compile("[!#$%&'*+.^_`|~0-9A-Za-z-]+");

  private static final Pattern HEADER_VALUE =
      Pattern.compile("[\\x21-\\x7e](?:[\\x20-\\x7e\\t]*[\\x21-\\x7e])?");
  private static final Set<String> OWN_HEADERS =
      Set.of(
          "accept-encoding",
          "connection",
          "content-length",
          "host",
          "if-modified-since",
          "if-none-match",
          "te",
          "traceparent",
          "tracestate",
          "transfer-encoding");

  private final @Nullable Duration timeout;
  private final int maxBytes;
  private final NameLookup names;

  /** Used by {@link java.util.ServiceLoader}. */
  public HttpOrigin() {
    this(null, Origins.MAX_VALUE_BYTES, InetAddress::getAllByName);
  }

  /** Makes one for tests, whose time-out is this one if it is not null. */
  HttpOrigin(@Nullable Duration timeout, int maxBytes, NameLookup names) {
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
    return List.of(URL, WITHIN, HEADERS, CACHE_CONTROL, REDIRECTS, MAX_CONCURRENT);
  }

  @Override
  public OpenOrigin open(OriginSettings settings) {
    UrlTemplate template;
    try {
      template = UrlTemplate.parse(settings.get(URL));
    } catch (IllegalArgumentException e) {
      throw settings.wrong(URL, OriginException.reason(e));
    }
    Duration within = timeout == null ? settings.get(WITHIN) : timeout;
    Redirects redirects = Redirects.of(settings.get(REDIRECTS));
    OriginClient client = new OriginClient(within, maxBytes, names, headers(settings), redirects);
    boolean heeds = settings.get(CACHE_CONTROL).equals("heed");
    Getter getter = new HttpGetter(template, client, heeds, new HttpMetadata(settings.group()));
    int most = settings.find(MAX_CONCURRENT).orElse(Integer.MAX_VALUE);
    return new OpenOrigin() {
      @Override
      public Getter getter() {
        return getter;
      }

      @Override
      public Guard guard() {
        return new Guard(most, within, /* circuit= */ true);
      }
    };
  }

  private static Map<String, Secret> headers(OriginSettings settings) {
    Map<String, Secret> headers = settings.get(HEADERS);
    headers.forEach(
        (name, value) -> {
          if (!HEADER_NAME.matcher(name).matches()
              || OWN_HEADERS.contains(name.toLowerCase(Locale.ROOT))
              || !HEADER_VALUE.matcher(value.reveal()).matches()) {
            throw settings.wrong(
                HEADERS,
                "names and visible ASCII values of headers, none of "
                    + String.join(", ", new TreeSet<>(OWN_HEADERS)));
          }
        });
    return headers;
  }
}
