// Looks owners up in golang/groupcache's ring, a turn at a time: the other side of RingCommand.
//
// Reads a line of members and a line of keys, and prints the owners of all keys in a line. Each further
// line is a number: looks up that many keys and prints the nanoseconds of CPU that they took.
//
//	GO111MODULE=off go build -o ring ring.go
package main

import (
	"bufio"
	"fmt"
	"os"
	"strconv"
	"strings"
	"syscall"

	"github.com/golang/groupcache/consistenthash"
)

const replicas = 50

func main() {
	in := bufio.NewScanner(os.Stdin)
	in.Buffer(nil, 16<<20)
	ring := consistenthash.New(replicas, nil)
	ring.Add(words(in)...)
	keys := words(in)
	owners := make([]string, len(keys))
	for i, key := range keys {
		owners[i] = ring.Get(key)
	}
	fmt.Println(strings.Join(owners, " "))

	found := 0
	for in.Scan() {
		gets, err := strconv.Atoi(in.Text())
		if err != nil {
			panic(err)
		}
		before := cpuNanos()
		for i := 0; i < gets; i++ {
			found += len(ring.Get(keys[i%len(keys)]))
		}
		fmt.Println(cpuNanos() - before)
	}
	fmt.Fprintln(os.Stderr, found) // so that no look-up is optimized away
}

func words(in *bufio.Scanner) []string {
	in.Scan()
	return strings.Fields(in.Text())
}

func cpuNanos() int64 {
	var used syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &used); err != nil {
		panic(err)
	}
	return used.Utime.Nano() + used.Stime.Nano()
}
