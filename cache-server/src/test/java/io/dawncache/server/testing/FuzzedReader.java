package io.dawncache.server.testing;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.List;
import java.util.Random;
import java.util.ServiceLoader;
import org.jspecify.annotations.Nullable;

/**
 * Something that reads what may come from outside. {@link Fuzz} gives it millions of inputs, tests
 * give it some thousand.
 */
public interface FuzzedReader {
  /** Returns its name, in lower case and with hyphens. */
  String name();

  /** Returns inputs to begin with, at least one; most of them are sound. */
  List<byte[]> seeds();

  /**
   * Reads {@code input}, and checks what comes of it. Returns if the reader refuses the input as it
   * should; whatever this throws is a finding.
   */
  void read(byte[] input);

  /** Returns an input: one to begin with, changed in some places. */
  default byte[] sample(Random random) {
    return Mutations.mutated(seeds(), random);
  }

  /** Names readers; found as a service. */
  interface Source {
    /** Returns the readers, each with another name. */
    List<FuzzedReader> readers();
  }

  /** Returns the readers of all sources on the class path. */
  static List<FuzzedReader> all() {
    return ServiceLoader.load(Source.class).stream()
        .flatMap(source -> source.get().readers().stream())
        .toList();
  }

  /** What a reader does with an input. */
  @FunctionalInterface
  interface Reading {
    /** Reads the input; throws what the reader throws. */
    void read(byte[] input) throws Exception;
  }

  /** As {@link Reading}, of the input as text. */
  @FunctionalInterface
  interface TextReading {
    /** Reads the text; throws what the reader throws. */
    void read(String text) throws Exception;
  }

  /**
   * Makes a reader.
   *
   * @param refusal what it throws if it refuses an input, with a message, and no subclass of it;
   *     null if it refuses none
   */
  static FuzzedReader of(
      String name,
      @Nullable Class<? extends Exception> refusal,
      List<byte[]> seeds,
      Reading reading) {
    return new FuzzedReader() {
      @Override
      public String name() {
        return name;
      }

      @Override
      public List<byte[]> seeds() {
        return seeds;
      }

      @Override
      public void read(byte[] input) {
        try {
          reading.read(input);
        } catch (Exception e) {
          if (!e.getClass().equals(refusal) || e.getMessage() == null) {
            throw new AssertionError(e + " (expected: " + refusal + ", with a message)", e);
          }
        }
      }

      @Override
      public String toString() {
        return name;
      }
    };
  }

  /** As {@link #of}, for a reader of texts. */
  static FuzzedReader ofText(
      String name,
      @Nullable Class<? extends Exception> refusal,
      List<String> seeds,
      TextReading reading) {
    return of(name, refusal, bytes(seeds), input -> reading.read(new String(input, UTF_8)));
  }

  /** Returns the texts in UTF-8. */
  static List<byte[]> bytes(List<String> texts) {
    return texts.stream().map(text -> text.getBytes(UTF_8)).toList();
  }
}
