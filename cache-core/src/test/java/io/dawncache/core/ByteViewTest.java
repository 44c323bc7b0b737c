package io.dawncache.core;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class ByteViewTest {
  private static final int MORE_THAN_A_STREAM_CHUNK = 3 * 8192 + 5;

  private static byte[] randomBytes(int length) {
    byte[] bytes = new byte[length];
    new Random(630).nextBytes(bytes);
    return bytes;
  }

  @Test
  void theArrayItWasMadeFromIsTheCallersToChange() {
    byte[] source = {6, 3, 0};
    ByteView view = ByteView.copyOf(source);

    source[0] = 9;

    assertEquals(6, view.at(0));
  }

  @Test
  void theBufferItWasMadeFromIsTheCallersToChange() {
    for (ByteBuffer source : List.of(ByteBuffer.allocate(5), ByteBuffer.allocateDirect(5))) {
      source.put(new byte[] {0, 6, 3, 0, 0}).position(1).limit(4);
      ByteView view = ByteView.copyOf(source);
      assertEquals(1, source.position(), "the source's position does not move");
      assertEquals(4, source.limit());

      source.put(1, (byte) 9);

      assertArrayEquals(new byte[] {6, 3, 0}, view.toByteArray());
    }
  }

  @Test
  void aReadOnlyOrSlicedBufferIsCopiedFromItsOwnPosition() {
    ByteBuffer slice = ByteBuffer.wrap(new byte[] {1, 2, 3, 4}, 1, 3).slice();
    slice.position(1);

    assertEquals(ByteView.copyOf(new byte[] {3, 4}), ByteView.copyOf(slice));
    assertEquals(ByteView.copyOf(new byte[] {3, 4}), ByteView.copyOf(slice.asReadOnlyBuffer()));
  }

  @Test
  void compactingAPartLetsGoOfTheWhole() {
    ByteView whole = ByteView.ofUtf8("a630b");

    assertSame(whole, whole.compact());
    assertSame(ByteView.empty(), ByteView.empty().compact());
    ByteView part = whole.slice(1, 4).compact();
    assertEquals(ByteView.ofUtf8("630"), part);
    assertSame(part, part.compact(), "has an array of its own");
  }

  @Test
  void theArrayItGivesOutIsACopyToo() {
    ByteView view = ByteView.ofUtf8("630");

    view.toByteArray()[0] = 'X';
    view.slice(0, 2).toByteArray()[0] = 'X';

    assertNotSame(view.toByteArray(), view.toByteArray());
    assertEquals("630", view.toUtf8());
  }

  @Test
  void theBufferItGivesOutCannotBeWrittenAndHidesItsArray() {
    ByteView view = ByteView.ofUtf8("a630b").slice(1, 4);
    ByteBuffer buffer = view.asReadOnlyBuffer();

    assertTrue(buffer.isReadOnly());
    assertFalse(buffer.hasArray());
    assertThrows(ReadOnlyBufferException.class, buffer::array);
    assertThrows(ReadOnlyBufferException.class, () -> buffer.put(0, (byte) 'X'));
    assertThrows(ReadOnlyBufferException.class, () -> buffer.duplicate().put((byte) 'X'));
    assertThrows(ReadOnlyBufferException.class, buffer::compact);
    assertEquals(3, buffer.remaining());
    assertEquals(3, buffer.capacity(), "bytes beside the slice are out of reach");
    assertEquals("630", UTF_8.decode(buffer).toString());
    assertEquals(3, view.asReadOnlyBuffer().remaining(), "each buffer has a position of its own");
  }

  @Test
  void aStreamThatChangesOrKeepsWhatItIsGivenChangesNothing() throws IOException {
    byte[] expected = randomBytes(MORE_THAN_A_STREAM_CHUNK);
    ByteView view = ByteView.copyOf(expected);
    var kept = new ArrayList<byte[]>();
    var received = new ByteArrayOutputStream();
    var hostile =
        new OutputStream() {
          @Override
          public void write(int b) {
            throw new AssertionError("one by one");
          }

          @Override
          public void write(byte[] bytes, int offset, int length) {
            received.write(bytes, offset, length);
            Arrays.fill(bytes, (byte) 'X');
            kept.add(bytes);
          }
        };

    view.writeTo(hostile);
    kept.forEach(bytes -> Arrays.fill(bytes, (byte) 'Y'));

    assertArrayEquals(expected, received.toByteArray());
    assertArrayEquals(expected, view.toByteArray());
  }

  @Test
  void aStreamGetsExactlyTheBytesAndIsNeitherFlushedNorClosed() throws IOException {
    byte[] all = randomBytes(MORE_THAN_A_STREAM_CHUNK);
    for (int[] range : new int[][] {{0, all.length}, {1, 8193}, {5, 8198}, {7, 7}, {3, 4}}) {
      var out =
          new ByteArrayOutputStream() {
            @Override
            public void flush() {
              throw new AssertionError("flushed");
            }

            @Override
            public void close() {
              throw new AssertionError("closed");
            }
          };

      ByteView.copyOf(all).slice(range[0], range[1]).writeTo(out);

      assertArrayEquals(Arrays.copyOfRange(all, range[0], range[1]), out.toByteArray());
    }
  }

  @Test
  void whatAStreamThrowsReachesTheCaller() {
    var full =
        new OutputStream() {
          @Override
          public void write(int b) throws IOException {
            throw new IOException("full");
          }
        };

    assertThrows(IOException.class, () -> ByteView.ofUtf8("630").writeTo(full));
  }

  @Test
  void copyToFillsTheTargetFromItsPosition() {
    for (ByteBuffer target : List.of(ByteBuffer.allocate(6), ByteBuffer.allocateDirect(6))) {
      target.position(1);

      ByteView.ofUtf8("a630b").slice(1, 4).copyTo(target);

      assertEquals(4, target.position());
      assertEquals("\u0000630\u0000\u0000", UTF_8.decode(target.clear()).toString());
    }
  }

  @Test
  void copyToChangesNothingWhereItDoesNotFit() {
    ByteBuffer small = ByteBuffer.allocate(2);

    assertThrows(BufferOverflowException.class, () -> ByteView.ofUtf8("630").copyTo(small));
    assertEquals(0, small.position());
    assertEquals(0, small.get(0));
    assertThrows(
        ReadOnlyBufferException.class,
        () -> ByteView.ofUtf8("630").copyTo(ByteBuffer.allocate(9).asReadOnlyBuffer()));
  }

  @Test
  void equalBytesAreEqualViewsWhateverTheyWereCutFrom() {
    ByteView whole = ByteView.ofUtf8("630");
    ByteView cut = ByteView.ofUtf8("x630y").slice(1, 4);
    ByteView twiceCut = ByteView.ofUtf8("..x630y..").slice(2, 7).slice(1, 4);

    for (ByteView same : List.of(cut, twiceCut, ByteView.copyOf(whole.asReadOnlyBuffer()))) {
      assertEquals(whole, same);
      assertEquals(same, whole);
      assertEquals(whole.hashCode(), same.hashCode());
    }
    assertNotEquals(whole, ByteView.ofUtf8("631"));
    assertNotEquals(whole, whole.slice(0, 2));
    assertNotEquals(whole, ByteView.ofUtf8("6300"));
    assertNotEquals(whole, (Object) "630");
    assertFalse(whole.equals(null));
  }

  @Test
  void aSliceOfASliceCountsFromItsOwnStart() {
    ByteView view = ByteView.ofUtf8("abcdefgh").slice(2, 7);

    assertEquals("cdefg", view.toUtf8());
    assertEquals("efg", view.slice(2, 5).toUtf8());
    assertEquals('e', view.slice(2, 5).at(0));
    assertEquals(view, view.slice(0, 5));
  }

  @Test
  void nobodyLooksBesideTheBounds() {
    ByteView view = ByteView.ofUtf8("a630b").slice(1, 4);

    for (int index : new int[] {-1, 3, Integer.MIN_VALUE, Integer.MAX_VALUE}) {
      assertThrows(IndexOutOfBoundsException.class, () -> view.at(index));
    }
    for (int[] range : new int[][] {{-1, 2}, {0, 4}, {2, 1}, {4, 4}, {1, Integer.MAX_VALUE}}) {
      assertThrows(IndexOutOfBoundsException.class, () -> view.slice(range[0], range[1]));
    }
    assertThrows(IndexOutOfBoundsException.class, () -> ByteView.empty().at(0));
  }

  @Test
  void noBytesAreOneEmptyView() throws IOException {
    var out = new ByteArrayOutputStream();
    ByteView.empty().writeTo(out);
    ByteView.empty().copyTo(ByteBuffer.allocate(0));

    assertEquals(0, out.size());
    assertTrue(ByteView.empty().isEmpty());
    assertEquals(0, ByteView.empty().length());
    assertEquals("", ByteView.empty().toUtf8());
    assertEquals(0, ByteView.empty().toByteArray().length);
    assertFalse(ByteView.empty().asReadOnlyBuffer().hasRemaining());
    assertSame(ByteView.empty(), ByteView.copyOf(new byte[0]));
    assertSame(ByteView.empty(), ByteView.copyOf(ByteBuffer.allocate(0)));
    assertSame(ByteView.empty(), ByteView.ofUtf8(""));
    assertSame(ByteView.empty(), ByteView.ofUtf8("630").slice(3, 3));
  }

  @Test
  void textComesBackAsItWent() {
    for (String text : List.of("630", "é", "€", "😀", "a\u0000b", "x".repeat(100_000))) {
      assertEquals(text, ByteView.ofUtf8(text).toUtf8());
      assertEquals(text.getBytes(UTF_8).length, ByteView.ofUtf8(text).length());
    }
    assertEquals("?", ByteView.ofUtf8("\ud800").toUtf8());
    assertEquals("\ufffd", ByteView.copyOf(new byte[] {(byte) 0xff}).toUtf8());
  }

  @Test
  void itsTextForLogsShowsNoByte() {
    assertEquals("ByteView[6 bytes]", ByteView.ofUtf8("secret").toString());
  }

  @Test
  void nothingIsMadeOfNull() {
    assertThrows(NullPointerException.class, () -> ByteView.copyOf((byte[]) null));
    assertThrows(NullPointerException.class, () -> ByteView.copyOf((ByteBuffer) null));
    assertThrows(NullPointerException.class, () -> ByteView.ofUtf8(null));
    assertThrows(NullPointerException.class, () -> Loaded.of(null));
  }

  @Test
  void severalBuffersAreCopiedOneBehindTheOther() {
    byte[] first = {9, 1, 2};
    ByteBuffer second = ByteBuffer.allocateDirect(2).put((byte) 3).put((byte) 4).flip();
    ByteBuffer[] sources = {
      ByteBuffer.wrap(first).position(1), ByteBuffer.allocate(0), second,
    };

    ByteView view = ByteView.copyOf(sources);
    first[1] = 7;

    assertArrayEquals(new byte[] {1, 2, 3, 4}, view.toByteArray());
    assertEquals(1, sources[0].position());
    assertSame(ByteView.empty(), ByteView.copyOf(new ByteBuffer[0]));
  }

  @Test
  void aStreamIsReadForExactlyItsLength() throws IOException {
    InputStream in = new ByteArrayInputStream(new byte[] {1, 2, 3, 4});

    assertArrayEquals(new byte[] {1, 2, 3}, ByteView.read(in, 3).toByteArray());
    assertSame(ByteView.empty(), ByteView.read(in, 0));
    assertEquals(4, in.read());
  }

  @Test
  void aStreamThatKeepsWhatItIsGivenChangesNothing() throws IOException {
    List<byte[]> kept = new ArrayList<>();
    InputStream in =
        new InputStream() {
          @Override
          public int read() {
            return 1;
          }

          @Override
          public int read(byte[] target, int offset, int length) {
            kept.add(target);
            target[offset] = 1;
            return 1;
          }
        };

    ByteView view = ByteView.read(in, 2);
    kept.forEach(target -> Arrays.fill(target, (byte) 7));

    assertArrayEquals(new byte[] {1, 1}, view.toByteArray());
  }

  @Test
  void aStreamThatEndsEarlyIsAnError() {
    EOFException e =
        assertThrows(
            EOFException.class,
            () -> ByteView.read(new ByteArrayInputStream(new byte[] {1, 2}), 3));

    assertEquals("the stream ended at 2 of 3 bytes", e.getMessage());
  }
}
