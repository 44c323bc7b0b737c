package io.dawncache.server.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;

import io.dawncache.server.testing.FuzzedReader;
import io.dawncache.server.testing.InputFile;
import io.dawncache.server.testing.Mutations;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The readers of PEM files, for the fuzzer. */
public final class PemReaders implements FuzzedReader.Source {
  @Override
  public List<FuzzedReader> readers() {
    return List.of(
        new PemReader("pem-certificates", "CERTIFICATE", PemReaders::readCertificates),
        new PemReader("pem-crls", "X509 CRL", Pem::crls),
        new PemReader("pem-key", "PRIVATE KEY", file -> Pem.privateKey(file, null)),
        FuzzedReader.of(
            "peer-names",
            IOException.class,
            FuzzedReader.bytes(
                List.of("cache-1.local # the first\nspiffe://dawncache.test/node\n\n10.0.0.1")),
            new PeerNamesReading()));
  }

  @FunctionalInterface
  private interface FileReading {
    Object read(Path file) throws IOException;
  }

  private static Object readCertificates(Path file) throws IOException {
    return Pem.certificates(file).stream().map(PeerNames::namesOf).toList();
  }

  private static final class PeerNamesReading implements FuzzedReader.Reading {
    private final InputFile file = new InputFile("peer-names");

    @Override
    public void read(byte[] input) throws IOException {
      PeerNames names = PeerNames.readFrom(file.with(input));
      if (names.names().isEmpty()) {
        throw new AssertionError(names);
      }
    }
  }

  /** A reader of files; changes the text of its seeds, or the bytes that the text stands for. */
  private static final class PemReader implements FuzzedReader {
    private static final Pattern BLOCK =
        Pattern.compile("-----BEGIN ([^-]++)-----([^-]++)-----END [^-]++-----\n");

    private final String name;
    private final String label;
    private final FuzzedReader reader;
    private final List<byte[]> contents = new ArrayList<>();

    PemReader(String name, String label, FileReading reading) {
      this.name = name;
      this.label = label;
      List<byte[]> seeds = new ArrayList<>();
      Matcher block = BLOCK.matcher(text());
      while (block.find()) {
        if (block.group(1).equals(label)) {
          seeds.add(block.group().getBytes(US_ASCII));
          contents.add(Base64.getMimeDecoder().decode(block.group(2)));
        }
      }
      InputFile file = new InputFile(name);
      this.reader =
          FuzzedReader.of(name, IOException.class, seeds, input -> reading.read(file.with(input)));
    }

    private static String text() {
      try (InputStream in = PemReaders.class.getResourceAsStream("seeds.pem")) {
        return new String(Objects.requireNonNull(in).readAllBytes(), US_ASCII);
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }

    @Override
    public String name() {
      return name;
    }

    @Override
    public List<byte[]> seeds() {
      return reader.seeds();
    }

    @Override
    public byte[] sample(Random random) {
      if (random.nextBoolean()) {
        return reader.sample(random);
      }
      byte[] content = Mutations.mutated(contents, random);
      String base64 = Base64.getMimeEncoder().encodeToString(content);
      return ("-----BEGIN " + label + "-----\n" + base64 + "\n-----END " + label + "-----\n")
          .getBytes(US_ASCII);
    }

    @Override
    public void read(byte[] input) {
      reader.read(input);
    }

    @Override
    public String toString() {
      return name;
    }
  }
}
