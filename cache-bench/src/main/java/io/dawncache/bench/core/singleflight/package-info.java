/** Flights, compared with the map of futures that one would write instead. */
@NullMarked
package io.dawncache.bench.core.singleflight;

import org.jspecify.annotations.NullMarked;
