package io.dawncache.server.wire;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.dawncache.server.testing.FuzzedReader;
import io.dawncache.server.wire.ClusterSecrets.Challenge;
import io.netty.handler.codec.http.DefaultHttpHeadersFactory;
import io.netty.handler.codec.http.HttpHeaders;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The readers of the wire, for the fuzzer: each {@link WireReader}, and those of further headers.
 */
public final class WireReaders implements FuzzedReader.Source {
  private static final Pattern AUTHORITY =
      Pattern.compile(
          "(\\[[\\w.~%!$&'()*+,;=:-]++]|(?:[\\w.~!$&'()*+,;=-]|%[0-9A-Fa-f]{2})++)(:[0-9]*)?");

  @Override
  public List<FuzzedReader> readers() {
    return Stream.concat(
            Arrays.stream(WireReader.values()).map(Structured::new),
            Stream.of(
                FuzzedReader.ofText(
                    "node-url",
                    IllegalArgumentException.class,
                    List.of(
                        "http://10.0.0.1:8001",
                        "https://cache-1.local",
                        "http://cache_1.local:65535",
                        "http://[2001:db8::7]:80"),
                    WireReaders::readUrl),
                FuzzedReader.ofText(
                    "authority",
                    null,
                    List.of("cache-1:8001", "[fe80::1%25eth0]:80", "a%20b", "10.0.0.1:"),
                    WireReaders::readAuthority),
                FuzzedReader.ofText(
                    "hello",
                    null,
                    List.of("http://10.0.0.1:8001\nblue\n7f\n1\nnative, another"),
                    WireReaders::readHello),
                FuzzedReader.ofText(
                    "proofs",
                    null,
                    List.of(Proof.GOOD + ", " + "0".repeat(Proof.GOOD.length()), Proof.GOOD),
                    WireReaders::readProofs)))
        .toList();
  }

  private static void readUrl(String text) {
    NodeUrl url = NodeUrl.parse(text);
    boolean plain = !url.host().isEmpty() && url.port() > 0 && url.port() <= 0xffff;
    NodeUrl again = NodeUrl.parse(url.scheme() + url.authority());
    if (!plain
        || !again.host().equals(url.host())
        || again.port() != url.port()
        || again.tls() != url.tls()) {
      throw new AssertionError(url + ", read again: " + again);
    }
  }

  private static void readAuthority(String text) {
    boolean expected = AUTHORITY.matcher(text).matches();
    if (Authority.isValid(text) != expected) {
      throw new AssertionError(text + " (expected: " + expected + ")");
    }
  }

  /** Each line is one of the headers. */
  private static void readHello(String text) {
    String[] lines = text.split("\n", 5);
    HttpHeaders headers =
        DefaultHttpHeadersFactory.headersFactory().withValidation(false).newHeaders();
    List<? extends CharSequence> names =
        List.of(Headers.PEER, Headers.CLUSTER, Headers.INSTANCE, Headers.MEMBERS, Headers.RINGS);
    for (int i = 0; i < lines.length; i++) {
      headers.set(names.get(i), lines[i]);
    }
    Hello hello = Hello.of(headers);
    if (hello.self() != null) {
      NodeUrl.parse(hello.self());
    }
    if (hello.rings().stream().anyMatch(ring -> ring.contains(",") || !ring.strip().equals(ring))) {
      throw new AssertionError(hello.rings());
    }
  }

  private static void readProofs(String text) {
    boolean expected =
        List.of(text.split(", ", ClusterSecrets.MOST + 1)).stream()
            .anyMatch(proof -> proof.equalsIgnoreCase(Proof.GOOD));
    boolean proven = Proof.SECRETS.proveInReturn(Proof.CHALLENGE, text) != null;
    if (proven != expected) {
      throw new AssertionError(text + " (expected: " + expected + ")");
    }
  }

  /** A proof that holds. */
  private static final class Proof {
    static final ClusterSecrets SECRETS =
        new ClusterSecrets(List.of("sixteen bytes...".getBytes(UTF_8)));
    static final Challenge CHALLENGE =
        new Challenge("a", "b", "blue", "http://10.0.0.1:8001", "http://10.0.0.2:8001");
    static final String GOOD = SECRETS.prove(CHALLENGE);
  }

  /**
   * A reader whose inputs {@link MessageCases} makes. The first byte of an input decides what the
   * others are: the message, or the decisions by which one is made. So a mutation changes a byte of
   * a message, or its structure.
   */
  private record Structured(WireReader reader) implements FuzzedReader {
    private static final byte AS_IT_IS = 0;
    private static final byte DECISIONS = 1;
    private static final int SEEDS = 200;
    private static final int DECISION_BYTES = 400;

    @Override
    public String name() {
      return reader.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    @Override
    public String toString() {
      return name();
    }

    @Override
    public List<byte[]> seeds() {
      return IntStream.range(0, SEEDS).mapToObj(i -> seed(new Random(i))).toList();
    }

    private byte[] seed(Random random) {
      if (random.nextInt(4) > 0) {
        return sample(random);
      }
      byte[] decisions = new byte[1 + random.nextInt(DECISION_BYTES)];
      random.nextBytes(decisions);
      return with(DECISIONS, decisions);
    }

    @Override
    public byte[] sample(Random random) {
      return with(AS_IT_IS, reader.sample(new MessageCases(random)));
    }

    private static byte[] with(byte first, byte[] rest) {
      byte[] input = new byte[1 + rest.length];
      input[0] = first;
      System.arraycopy(rest, 0, input, 1, rest.length);
      return input;
    }

    @Override
    public void read(byte[] input) {
      if (input.length > 0) {
        byte[] rest = Arrays.copyOfRange(input, 1, input.length);
        boolean decisions = (input[0] & 1) == DECISIONS;
        reader.check(decisions ? reader.sample(new MessageCases(new Decisions(rest))) : rest);
      }
    }
  }

  /** Decisions that were made before; zeros when they are all used. */
  private static final class Decisions extends Random {
    private static final long serialVersionUID = 1;

    private final byte[] made;
    private int used;

    Decisions(byte[] made) {
      this.made = made;
    }

    @Override
    protected int next(int bits) {
      int next = 0;
      for (int i = 0; i < bits; i += Byte.SIZE) {
        next = (next << Byte.SIZE) | (used < made.length ? made[used++] & 0xff : 0);
      }
      return next & (int) ((1L << bits) - 1);
    }
  }
}
