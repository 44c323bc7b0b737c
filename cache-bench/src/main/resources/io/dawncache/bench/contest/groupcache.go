// A node of golang/groupcache on one core: HOST:PORT, the members' URLs with commas between, how long
// each value is, and how many MiB it may keep.
package main

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"runtime"
	"strconv"
	"strings"

	"github.com/golang/groupcache"
)

func main() {
	runtime.GOMAXPROCS(1)
	value := strings.Repeat("v", number(os.Args[3]))
	pool := groupcache.NewHTTPPoolOpts("http://"+os.Args[1], nil)
	pool.Set(strings.Split(os.Args[2], ",")...)
	groupcache.NewGroup("scores", int64(number(os.Args[4]))<<20, groupcache.GetterFunc(
		func(ctx context.Context, key string, dest groupcache.Sink) error {
			return dest.SetString(value)
		}))
	fmt.Println("serving")
	panic(http.ListenAndServe(os.Args[1], pool))
}

func number(text string) int {
	value, err := strconv.Atoi(text)
	if err != nil {
		panic(err)
	}
	return value
}
