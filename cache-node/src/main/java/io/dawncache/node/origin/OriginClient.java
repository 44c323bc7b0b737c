package io.dawncache.node.origin;

import io.dawncache.core.ByteView;
import io.dawncache.core.LoadMemory;
import io.dawncache.core.TraceContext;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProxySelector;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import org.apache.hc.client5.http.ClientProtocolException;
import org.apache.hc.client5.http.classic.methods.HttpUriRequestBase;
import org.apache.hc.client5.http.config.RequestConfig;
import org.apache.hc.client5.http.impl.classic.CloseableHttpClient;
import org.apache.hc.client5.http.impl.classic.HttpClientBuilder;
import org.apache.hc.client5.http.io.ManagedHttpClientConnection;
import org.apache.hc.client5.http.protocol.HttpClientContext;
import org.apache.hc.core5.http.ClassicHttpRequest;
import org.apache.hc.core5.http.ClassicHttpResponse;
import org.apache.hc.core5.http.ConnectionClosedException;
import org.apache.hc.core5.http.EndpointDetails;
import org.apache.hc.core5.http.Header;
import org.apache.hc.core5.http.HttpEntity;
import org.apache.hc.core5.http.HttpException;
import org.apache.hc.core5.http.HttpHeaders;
import org.apache.hc.core5.http.HttpHost;
import org.apache.hc.core5.http.HttpStatus;
import org.apache.hc.core5.http.MalformedChunkCodingException;
import org.apache.hc.core5.http.MessageConstraintException;
import org.apache.hc.core5.http.MessageHeaders;
import org.apache.hc.core5.http.NoHttpResponseException;
import org.apache.hc.core5.http.TruncatedChunkException;
import org.apache.hc.core5.http.impl.io.HttpRequestExecutor;
import org.apache.hc.core5.http.io.HttpClientConnection;
import org.apache.hc.core5.http.io.HttpResponseInformationCallback;
import org.apache.hc.core5.http.message.BasicHeader;
import org.apache.hc.core5.http.protocol.HttpContext;
import org.jspecify.annotations.Nullable;

/**
 * Sends GETs to an HTTP server, and to those that it redirects to. A GET ends with a whole answer,
 * or with an exception that says in a few words why there is none. One time-out covers all of it:
 * connections, heads and bodies. Safe for use by several threads; blocks its caller, and an
 * interrupt ends the wait.
 */
final class OriginClient {
  /*
   * An exchange runs on its caller's thread only, so no other thread's death can end the origin.
   * The one thread here only closes connections at their deadlines; if it has died, its executor
   * replaces it at the next load. See docs/decisions/0011-http-client.md.
   *
   * A GET is sent twice only if its first connection had answered before and was lost before a new
   * answer began: the server has probably just closed it because it was idle. All other idle
   * connections are then closed, too, so that the second try finds a fresh one.
   */
  private static final ScheduledThreadPoolExecutor DEADLINES = deadlines();

  /** How much is read of a body that is not a value, so that its connection can be used again. */
  private static final int MAX_DRAINED_BYTES = 64 << 10;

  /** A body of unknown length is read in chunks, which grow with what has arrived. */
  private static final int FIRST_CHUNK_BYTES = 4 << 10;

  private static final int MOST_CHUNK_BYTES = 64 << 10;

  private static final URI ROOT = URI.create("/");

  /**
   * What a server answered.
   *
   * @param status the status
   * @param head the headers
   * @param body the whole body if the status means a value, else empty
   * @param freshness how long the server says that the answer holds, and the redirects to it
   * @param redirected whether another URL than the one that was asked for has answered
   * @param unchanged whether it says that the value of the condition is still right
   */
  record Answer(
      int status,
      MessageHeaders head,
      ByteView body,
      HttpFreshness freshness,
      boolean redirected,
      boolean unchanged) {}

  private final Duration timeout;
  private final int maxBytes;
  private final List<Header> headers;
  private final Redirects redirects;
  private final OriginConnections connections;
  private final CloseableHttpClient http;

  /**
   * Makes a client; nothing is connected yet.
   *
   * @param timeout for a whole GET; connecting may take half of it
   * @param maxBytes the longest body accepted
   * @param names looks up the host for every new connection
   * @param headers sent with every request, but not to a server that another one redirects to
   * @param redirects which ones are followed
   */
  OriginClient(
      Duration timeout,
      int maxBytes,
      NameLookup names,
      Map<String, Secret> headers,
      Redirects redirects) {
    this.headers = headers(headers);
    this.redirects = redirects;
    this.timeout = timeout;
    this.maxBytes = maxBytes;
    this.connections = OriginConnections.open(names, connectTimeout());
    this.http =
        HttpClientBuilder.create()
            .setConnectionManager(connections)
            .setRequestExecutor(new OnUsableConnections())
            .setProxySelector(ProxySelector.getDefault())
            .setUserAgent("dawncache")
            .setDefaultHeaders(List.of(new BasicHeader(HttpHeaders.ACCEPT_ENCODING, "identity")))
            .setDefaultRequestConfig(
                RequestConfig.custom()
                    .setAuthenticationEnabled(false)
                    .setProtocolUpgradeEnabled(false)
                    .build())
            .disableAutomaticRetries()
            .disableRedirectHandling()
            .disableContentCompression()
            .disableCookieManagement()
            .setDefaultCookieSpecRegistry(name -> null) // else it reads a list of domains
            .disableAuthCaching()
            .build();
  }

  private static List<Header> headers(Map<String, Secret> configured) {
    List<Header> headers = new ArrayList<>();
    configured.forEach((name, value) -> headers.add(new BasicHeader(name, value.reveal())));
    return List.copyOf(headers);
  }

  private static ScheduledThreadPoolExecutor deadlines() {
    ScheduledThreadPoolExecutor deadlines =
        new ScheduledThreadPoolExecutor(
            1,
            task -> {
              Thread thread = new Thread(task, "dawncache-origin-deadlines");
              thread.setDaemon(true);
              return thread;
            });
    deadlines.setRemoveOnCancelPolicy(true);
    return deadlines;
  }

  private Duration connectTimeout() {
    return timeout.dividedBy(2);
  }

  /** Returns the connections, for tests. */
  OriginConnections connections() {
    return connections;
  }

  /**
   * Returns the answer to a GET of {@code url}, whose path is sent byte for byte as given, or to
   * the last of the redirects from there.
   *
   * @param trace sent with every request, but not to a server that another one redirects to; null
   *     for none
   * @param condition sent to the first URL, whose answer may then be 304; null for none. If a 304
   *     is not the answer to it, the URL is asked once more, without it.
   * @throws IOException if there is no whole answer; its message is a few words that name neither
   *     server nor path, its cause is what happened
   */
  Answer get(HttpUrl url, @Nullable HttpCondition condition, @Nullable TraceContext trace)
      throws IOException, InterruptedException {
    long endNanos = System.nanoTime() + timeout.toNanos();
    List<Header> plain = trace == null ? headers : with(trace);
    if (condition == null) {
      return followed(url, plain, plain, endNanos);
    }
    List<Header> conditional = new ArrayList<>(plain);
    conditional.add(condition.header());
    Answer answer = followed(url, conditional, plain, endNanos);
    if (answer.status() != HttpStatus.SC_NOT_MODIFIED) {
      return answer;
    }
    return !answer.redirected() && condition.isAnsweredBy(answer.head())
        ? new Answer(answer.status(), answer.head(), answer.body(), answer.freshness(), false, true)
        : followed(url, plain, plain, endNanos);
  }

  private List<Header> with(TraceContext trace) {
    List<Header> all = new ArrayList<>(headers);
    all.add(new BasicHeader("traceparent", trace.traceparent()));
    if (trace.tracestate() != null) {
      all.add(new BasicHeader("tracestate", trace.tracestate()));
    }
    return all;
  }

  /**
   * Sends {@code first} with the first request, and {@code further} with those to which the same
   * server redirects.
   */
  private Answer followed(HttpUrl url, List<Header> first, List<Header> further, long endNanos)
      throws IOException, InterruptedException {
    Answer answer = ask(url, first, endNanos);
    if (!redirects.leadsOn(answer.status())) {
      return answer;
    }
    try {
      return follow(url, answer, further, endNanos);
    } catch (RefusedAnswerException e) {
      throw failure(e);
    }
  }

  /*
   * The headers of the configuration, and the trace, go to the server that the configuration names. Once another
   * server has been asked they are not sent any more, not even if it redirects back: it would
   * choose what is read with them.
   */
  private Answer follow(HttpUrl first, Answer redirect, List<Header> further, long endNanos)
      throws IOException, InterruptedException {
    Set<HttpUrl> asked = new HashSet<>(Set.of(first));
    HttpUrl url = first;
    Answer answer = redirect;
    List<Header> sent = further;
    HttpFreshness freshness = redirect.freshness();
    while (redirects.leadsOn(answer.status())) {
      HttpUrl next = redirects.next(url, answer.status(), answer.head());
      if (!asked.add(next)) {
        throw Redirects.refused(answer.status(), "in a circle");
      }
      if (asked.size() > 1 + Redirects.MOST) {
        throw Redirects.refused(answer.status(), "after " + Redirects.MOST + " others");
      }
      sent = next.isSameOrigin(url) ? sent : List.of();
      url = next;
      answer = ask(url, sent, endNanos);
      freshness = freshness.and(answer.freshness());
    }
    return new Answer(answer.status(), answer.head(), answer.body(), freshness, true, false);
  }

  private Answer ask(HttpUrl url, List<Header> sent, long endNanos)
      throws IOException, InterruptedException {
    try {
      return new Exchange(url, sent).run(endNanos);
    } catch (StaleConnectionException e) {
      connections.closeIdle();
    }
    try {
      return new Exchange(url, sent).run(endNanos);
    } catch (StaleConnectionException e) {
      throw new IOException("connection lost", e);
    }
  }

  /** One attempt at one URL. */
  private final class Exchange {
    private final HttpUriRequestBase request = new HttpUriRequestBase("GET", ROOT);
    private final HttpHost server;

    /** Written by the thread of the deadlines. */
    private volatile boolean late;

    private boolean headReceived;
    private boolean drained;

    Exchange(HttpUrl url, List<Header> sent) {
      server = url.server();
      request.setPath(url.path());
      sent.forEach(request::addHeader);
    }

    Answer run(long endNanos) throws IOException, InterruptedException {
      Future<?> deadline =
          DEADLINES.schedule(this::end, endNanos - System.nanoTime(), TimeUnit.NANOSECONDS);
      try {
        ClassicHttpResponse head = http.executeOpen(server, request, HttpClientContext.create());
        headReceived = true;
        return answer(head);
      } catch (IOException | RuntimeException e) {
        if (Thread.interrupted()) {
          throw new OriginInterruptedException();
        }
        if (e instanceof RuntimeException fault && !late) {
          throw fault;
        }
        throw late ? tooLate(e) : failure(e);
      } finally {
        deadline.cancel(false);
        if (!drained) {
          // To close the response instead would first read the rest of its body.
          request.cancel();
        }
      }
    }

    /** Runs on the thread of the deadlines. */
    private void end() {
      late = true;
      request.cancel();
    }

    private Answer answer(ClassicHttpResponse head) throws IOException, InterruptedException {
      HttpFreshness freshness = HttpFreshness.of(head);
      if (OriginStatus.of(head.getCode()) == OriginStatus.VALUE) {
        ByteView value = value(head);
        drained = true;
        return new Answer(head.getCode(), head, value, freshness, false, false);
      }
      drained = drains(head.getEntity());
      return new Answer(head.getCode(), head, ByteView.empty(), freshness, false, false);
    }

    private ByteView value(ClassicHttpResponse head) throws IOException, InterruptedException {
      for (Header encoding : head.getHeaders(HttpHeaders.CONTENT_ENCODING)) {
        if (!encoding.getValue().equalsIgnoreCase("identity")) {
          throw new RefusedAnswerException(
              "Content-Encoding: " + shown(encoding.getValue()) + " (expected: identity)");
        }
      }
      HttpEntity body = head.getEntity();
      if (body == null) {
        return ByteView.empty();
      }
      if (body.getContentLength() > maxBytes) {
        throw tooLong();
      }
      InputStream in = body.getContent();
      ByteView value =
          body.getContentLength() >= 0
              ? ofKnownLength(in, (int) body.getContentLength())
              : ofUnknownLength(in);
      if (late || Thread.currentThread().isInterrupted()) {
        // The deadline has closed the connection. Under TLS that may look like the body's end.
        throw new InterruptedIOException("closed before the end of the body was seen");
      }
      return value;
    }

    private static ByteView ofKnownLength(InputStream in, int length)
        throws IOException, InterruptedException {
      LoadMemory.reserve(length);
      ByteView value = ByteView.read(in, length);
      in.read(); // reads the end, which frees the connection
      return value;
    }

    private ByteView ofUnknownLength(InputStream in) throws IOException, InterruptedException {
      List<ByteBuffer> chunks = new ArrayList<>();
      long length = 0;
      int more = FIRST_CHUNK_BYTES;
      byte[] chunk;
      do {
        LoadMemory.reserve(2 * (length + more)); // for the chunks, and for the value made of them
        chunk = in.readNBytes(more);
        length += chunk.length;
        if (length > maxBytes) {
          throw tooLong();
        }
        chunks.add(ByteBuffer.wrap(chunk));
        more = (int) Math.min(length, MOST_CHUNK_BYTES);
      } while (chunk.length > 0);
      return ByteView.copyOf(chunks.toArray(ByteBuffer[]::new));
    }

    /**
     * Reads a short body to its end; returns whether the end arrived. Does not wait for a body that
     * only the end of the connection ends.
     */
    private static boolean drains(@Nullable HttpEntity body) {
      if (body == null) {
        return true;
      }
      try {
        return (body.getContentLength() >= 0 || body.isChunked())
            && body.getContentLength() <= MAX_DRAINED_BYTES
            && body.getContent().readNBytes(MAX_DRAINED_BYTES + 1).length <= MAX_DRAINED_BYTES;
      } catch (IOException e) {
        return false; // the status is known and suffices
      }
    }

    private RefusedAnswerException tooLong() {
      return new RefusedAnswerException("body: too long (expected: <= " + maxBytes + " bytes)");
    }

    private IOException tooLate(Exception e) {
      return new IOException(
          (headReceived ? "no whole answer in " : "no answer in ") + timeout.toMillis() + " ms", e);
    }
  }

  /**
   * An answer that is neither a value nor a fault of the connection; its message is passed on as it
   * is.
   */
  static final class RefusedAnswerException extends IOException {
    private static final long serialVersionUID = 1;

    RefusedAnswerException(String message) {
      super(message);
    }
  }

  /** Sends requests only on connections with nothing left to read, and recognises stale ones. */
  private static final class OnUsableConnections extends HttpRequestExecutor {
    @Override
    public ClassicHttpResponse execute(
        ClassicHttpRequest request,
        HttpClientConnection connection,
        HttpResponseInformationCallback informed,
        HttpContext context)
        throws IOException, HttpException {
      EndpointDetails details = connection.getEndpointDetails();
      boolean answeredBefore = details != null && details.getRequestCount() > 0;
      try {
        if (answeredBefore && hasUnaskedBytes(connection)) {
          throw new StaleConnectionException("more came after an answer than its length", null);
        }
        return super.execute(request, connection, informed, context);
      } catch (NoHttpResponseException | SocketException | SSLException e) {
        throw answeredBefore ? new StaleConnectionException("lost while idle", e) : e;
      } catch (IOException e) {
        // A channel throws a plain IOException for a write to a closed connection.
        throw answeredBefore && e.getClass() == IOException.class
            ? new StaleConnectionException("lost while idle", e)
            : e;
      }
    }

    private static boolean hasUnaskedBytes(HttpClientConnection connection) throws IOException {
      return connection instanceof ManagedHttpClientConnection managed
          && managed.getSocket() != null
          && managed.getSocket().getInputStream().available() > 0;
    }
  }

  /** Describes what happened in a few words, for a client to read. */
  private IOException failure(Exception e) {
    if (e instanceof StaleConnectionException stale) {
      return stale;
    }
    return new IOException(reason(e), e);
  }

  private String reason(Exception e) {
    if (e instanceof RefusedAnswerException) {
      return OriginException.reason(e);
    }
    if (e instanceof UnknownHostException) {
      return "unknown host";
    }
    if (e instanceof SocketTimeoutException) {
      return "no connection in " + connectTimeout().toMillis() + " ms";
    }
    if (e instanceof ConnectException) {
      return OriginException.reason(e).contains("refused") ? "connection refused" : "no connection";
    }
    if (e instanceof NoRouteToHostException) {
      return "no route to the host";
    }
    if (e instanceof SSLException) {
      return "TLS failed";
    }
    if (e instanceof ConnectionClosedException || e instanceof TruncatedChunkException) {
      return "the answer ended early";
    }
    if (e instanceof ClientProtocolException
        || e instanceof MalformedChunkCodingException
        || e instanceof MessageConstraintException) {
      return "malformed answer";
    }
    return "connection lost";
  }

  private static String shown(String header) {
    return header.length() <= 40 ? header : header.substring(0, 40) + "…";
  }
}
