/** {@code bench start}: how long a node takes from its start to its first answer. */
@NullMarked
package io.dawncache.bench.start;

import org.jspecify.annotations.NullMarked;
