package io.dawncache.server.testing;

import io.netty.util.ResourceLeakDetector;
import io.netty.util.ResourceLeakDetector.Level;
import io.netty.util.ResourceLeakDetectorFactory;
import io.netty.util.ResourceLeakTracker;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Makes Netty's leak detectors ones that remember what they report. */
final class LeakRecorder extends ResourceLeakDetectorFactory {
  /*
   * A detector holds a weak reference to each tracked buffer. After the buffer was collected without
   * a release, the reference comes to the detector's queue, and the next time the detector tracks
   * anything it reports what it finds there. So: collect, wait until the references have come,
   * have each detector track something.
   *
   * The JVM's reference handler takes all references that one collection cleared as one list. A
   * sentinel of our own tells that it is at work on its list, not that it is through; the sentinel
   * of a second collection, in the next list, tells that.
   */
  private static final LeakRecorder INSTANCE = new LeakRecorder();
  private static final Duration COLLECTION_BOUND = Duration.ofMinutes(1);

  private final Queue<RecordingDetector<?>> detectors = new ConcurrentLinkedQueue<>();
  private final Queue<String> leaks = new ConcurrentLinkedQueue<>();

  private LeakRecorder() {}

  /** Has all detectors that Netty makes from now on record, and track every buffer. */
  static void install() {
    ResourceLeakDetector.setLevel(Level.PARANOID);
    ResourceLeakDetectorFactory.setResourceLeakDetectorFactory(INSTANCE);
  }

  /** Returns a report of each leak since the last call. */
  static List<String> takeLeaks() throws InterruptedException {
    if (!INSTANCE.detectors.isEmpty()) {
      collectGarbage();
      collectGarbage();
      INSTANCE.detectors.forEach(RecordingDetector::reportCollected);
    }
    List<String> taken = new ArrayList<>();
    for (String leak = INSTANCE.leaks.poll(); leak != null; leak = INSTANCE.leaks.poll()) {
      taken.add(leak);
    }
    return taken;
  }

  private static void collectGarbage() throws InterruptedException {
    ReferenceQueue<Object> collected = new ReferenceQueue<>();
    WeakReference<Object> sentinel = new WeakReference<>(new Object(), collected);
    System.gc();
    if (collected.remove(COLLECTION_BOUND.toMillis()) != sentinel) {
      throw new IllegalStateException(
          "System.gc() collects nothing (expected: it is not disabled)");
    }
  }

  @Override
  @SuppressWarnings("deprecation") // abstract, so it must be there; Netty calls the one below
  public <T> ResourceLeakDetector<T> newResourceLeakDetector(
      Class<T> resource, int samplingInterval, long maxActive) {
    return newResourceLeakDetector(resource, samplingInterval);
  }

  @Override
  public <T> ResourceLeakDetector<T> newResourceLeakDetector(
      Class<T> resource, int samplingInterval) {
    RecordingDetector<T> detector = new RecordingDetector<>(resource, samplingInterval, leaks);
    detectors.add(detector);
    return detector;
  }

  private static final class RecordingDetector<T> extends ResourceLeakDetector<T> {
    private static final Pattern MACHINERY =
        Pattern.compile("\\s+(java\\.base/|org\\.junit\\.|org\\.apache\\.maven\\.)");

    private final Queue<String> leaks;

    RecordingDetector(Class<T> resource, int samplingInterval, Queue<String> leaks) {
      super(resource, samplingInterval);
      this.leaks = leaks;
    }

    /** Else Netty asks the log whether it would show an error, and drops the report if not. */
    @Override
    protected boolean needReport() {
      return true;
    }

    @Override
    protected void reportTracedLeak(String resourceType, String records) {
      leaks.add(resourceType + " was not released." + ours(records));
    }

    /** Leaves out the lines of the test machinery, which are the same in every trace. */
    private static String ours(String records) {
      return records
          .lines()
          .filter(line -> !MACHINERY.matcher(line).lookingAt())
          .collect(Collectors.joining("\n"));
    }

    @Override
    protected void reportUntracedLeak(String resourceType) {
      leaks.add(resourceType + " was not released.");
    }

    @SuppressWarnings("unchecked") // a detector looks at nothing but the object's identity
    void reportCollected() {
      T anything = (T) new Object();
      ResourceLeakTracker<T> tracker = trackForcibly(anything);
      if (tracker != null) {
        tracker.close(anything);
      }
    }
  }
}
