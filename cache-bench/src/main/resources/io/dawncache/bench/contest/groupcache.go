// A node of golang/groupcache on one core: HOST:PORT, the members' URLs with commas between, and how
// long each value is.
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
	length, err := strconv.Atoi(os.Args[3])
	if err != nil {
		panic(err)
	}
	value := strings.Repeat("v", length)
	pool := groupcache.NewHTTPPoolOpts("http://"+os.Args[1], nil)
	pool.Set(strings.Split(os.Args[2], ",")...)
	groupcache.NewGroup("scores", 256<<20, groupcache.GetterFunc(
		func(ctx context.Context, key string, dest groupcache.Sink) error {
			return dest.SetString(value)
		}))
	fmt.Println("serving")
	panic(http.ListenAndServe(os.Args[1], pool))
}
