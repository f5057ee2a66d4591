// Checklog checks a running log with golang.org/x/mod/sumdb: code that nobody of this project wrote.
//
//	checklog -log http://localhost:8000/log/ -vkey 'origin+id+key' [-index 0,7] [-random 20] [-tree size:root]... [-pairs 20]
//
// It opens the checkpoint as a note, reads tiles, and for every index given and for random ones proves and
// checks inclusion of the entry itself; for every tree given, and for random sizes, consistency with the
// checkpoint; for random pairs of sizes, that the proof which the log serves of them is the one that the package
// makes and accepts. It prints what it checked and ends with status 1 on the first thing that is wrong.
package main

import (
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log"
	"math/rand"
	"net/http"
	"strconv"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

const height = 8 // C2SP tlog-tiles fixes it

var client = &http.Client{Timeout: 30 * time.Second}

type trees []string

func (t *trees) String() string     { return strings.Join(*t, " ") }
func (t *trees) Set(s string) error { *t = append(*t, s); return nil }

func main() {
	log.SetFlags(0)
	var known trees
	prefix := flag.String("log", "", "address of the log, with a slash at the end")
	vkey := flag.String("vkey", "", "verifier key of the log")
	indexes := flag.String("index", "", "entries to check, with commas between them")
	random := flag.Int("random", 0, "how many random entries and random sizes to check")
	pairs := flag.Int("pairs", 0, "how many random pairs of sizes to check")
	seed := flag.Int64("seed", 1, "seed of what is random")
	flag.Var(&known, "tree", "a tree that must be a prefix of the log, as size:base64 of its root")
	flag.Parse()

	tree := openCheckpoint(*prefix, *vkey)
	reader := tlog.TileHashReader(tree, &tiles{prefix: *prefix, kept: map[tlog.Tile][]byte{}})
	rng := rand.New(rand.NewSource(*seed))

	for _, index := range chosen(*indexes, *random, tree.N, rng) {
		checkInclusion(*prefix, tree, reader, index)
	}
	for i := 0; i < *random; i++ {
		old := 1 + rng.Int63n(tree.N)
		hash, err := tlog.TreeHash(old, reader)
		must(err, "root of %d entries", old)
		checkConsistency(tree, reader, tlog.Tree{N: old, Hash: hash})
	}
	for _, text := range known {
		checkConsistency(tree, reader, parseTree(text))
	}
	for i := 0; i < *pairs; i++ {
		old, grown := 1+rng.Int63n(tree.N-1), 1+rng.Int63n(tree.N-1)
		if grown < old {
			old, grown = grown, old
		}
		checkPair(*prefix, reader, old, grown+1)
	}
	fmt.Printf("ok: %d entries\n", tree.N)
}

// openCheckpoint fetches the checkpoint, verifies its signature, and reads its three lines.
// (tlog.ParseTree knows only the form that the Go checksum database uses.)
func openCheckpoint(prefix, vkey string) tlog.Tree {
	verifier, err := note.NewVerifier(vkey)
	must(err, "verifier key")
	opened, err := note.Open(get(prefix+"checkpoint"), note.VerifierList(verifier))
	must(err, "checkpoint")
	lines := strings.Split(opened.Text, "\n")
	if len(lines) != 4 || lines[0] != verifier.Name() {
		log.Fatalf("checkpoint: not one of %s: %q", verifier.Name(), opened.Text)
	}
	tree := parseTree(lines[1] + ":" + lines[2])
	fmt.Printf("checkpoint of %d entries, signed by %s\n", tree.N, verifier.Name())
	return tree
}

func parseTree(text string) tlog.Tree {
	size, root, _ := strings.Cut(text, ":")
	n, err := strconv.ParseInt(size, 10, 64)
	must(err, "tree size")
	raw, err := base64.StdEncoding.DecodeString(root)
	must(err, "root")
	return tlog.Tree{N: n, Hash: hashOf(raw)}
}

func chosen(given string, random int, size int64, rng *rand.Rand) []int64 {
	var list []int64
	if given != "" {
		for _, text := range strings.Split(given, ",") {
			n, err := strconv.ParseInt(text, 10, 64)
			must(err, "index")
			list = append(list, n)
		}
	}
	for i := 0; i < random; i++ {
		list = append(list, rng.Int63n(size))
	}
	return list
}

func checkInclusion(prefix string, tree tlog.Tree, reader tlog.HashReader, index int64) {
	leaf := tlog.RecordHash(entry(prefix, tree, index))
	proof, err := tlog.ProveRecord(tree.N, index, reader)
	must(err, "proof of entry %d", index)
	must(tlog.CheckRecord(proof, tree.N, tree.Hash, index, leaf), "entry %d", index)
	fmt.Printf("entry %d is in it: %d hashes\n", index, len(proof))
}

func checkConsistency(tree tlog.Tree, reader tlog.HashReader, old tlog.Tree) {
	proof, err := tlog.ProveTree(tree.N, old.N, reader)
	must(err, "proof from %d entries", old.N)
	must(tlog.CheckTree(proof, tree.N, tree.Hash, old.N, old.Hash), "from %d entries", old.N)
	fmt.Printf("grew from %d entries: %d hashes\n", old.N, len(proof))
}

// served is what the log answers when it is asked for a consistency proof.
type served struct {
	Old, New struct {
		Size int64
		Root []byte
	}
	Path [][]byte
}

// checkPair asks the log how it grew between two sizes, neither of which was ever signed perhaps: roots and path
// must be those of the tiles.
func checkPair(prefix string, reader tlog.HashReader, old, grown int64) {
	var told served
	address := fmt.Sprintf("%sconsistency?old=%d&new=%d", prefix, old, grown)
	must(json.Unmarshal(get(address), &told), "%s", address)
	oldTree := tlog.Tree{N: told.Old.Size, Hash: hashOf(told.Old.Root)}
	newTree := tlog.Tree{N: told.New.Size, Hash: hashOf(told.New.Root)}
	for _, tree := range []tlog.Tree{oldTree, newTree} {
		hash, err := tlog.TreeHash(tree.N, reader)
		must(err, "root of %d entries", tree.N)
		if hash != tree.Hash {
			log.Fatalf("%s: the root of %d entries is %v", address, tree.N, hash)
		}
	}
	var proof tlog.TreeProof
	for _, hash := range told.Path {
		proof = append(proof, hashOf(hash))
	}
	made, err := tlog.ProveTree(newTree.N, oldTree.N, reader)
	must(err, "proof from %d to %d entries", old, grown)
	if oldTree.N != old || newTree.N != grown || fmt.Sprint(made) != fmt.Sprint(proof) {
		log.Fatalf("%s: another proof than the package makes", address)
	}
	must(tlog.CheckTree(proof, newTree.N, newTree.Hash, oldTree.N, oldTree.Hash), "%s", address)
	fmt.Printf("from %d to %d entries: %d hashes\n", old, grown, len(proof))
}

func hashOf(raw []byte) tlog.Hash {
	if len(raw) != tlog.HashSize {
		log.Fatalf("root: %d bytes", len(raw))
	}
	var hash tlog.Hash
	copy(hash[:], raw)
	return hash
}

// entry reads one entry out of its bundle: each is preceded by its length as uint16, big-endian.
func entry(prefix string, tree tlog.Tree, index int64) []byte {
	width := tree.N - index/256*256
	if width > 256 {
		width = 256
	}
	bundle := get(prefix + "tile/entries/" + indexPath(index/256, int(width)))
	for i := int64(0); len(bundle) >= 2; i++ {
		length := int(binary.BigEndian.Uint16(bundle))
		if len(bundle) < 2+length {
			break
		}
		if i == index%256 {
			return bundle[2 : 2+length]
		}
		bundle = bundle[2+length:]
	}
	log.Fatalf("entry %d: not in its bundle", index)
	return nil
}

// tiles reads tiles over HTTP. TileHashReader checks them against the tree before it believes them, and then has
// them kept.
type tiles struct {
	prefix string
	kept   map[tlog.Tile][]byte
}

func (t *tiles) Height() int { return height }

func (t *tiles) ReadTiles(wanted []tlog.Tile) ([][]byte, error) {
	var data [][]byte
	for _, tile := range wanted {
		if tile.H != height || tile.L < 0 {
			return nil, fmt.Errorf("tile of height %d, level %d", tile.H, tile.L)
		}
		if kept, ok := t.kept[tile]; ok {
			data = append(data, kept)
			continue
		}
		data = append(data, get(fmt.Sprintf("%stile/%d/%s", t.prefix, tile.L, indexPath(tile.N, tile.W))))
	}
	return data, nil
}

func (t *tiles) SaveTiles(read []tlog.Tile, data [][]byte) {
	for i, tile := range read {
		t.kept[tile] = data[i]
	}
}

// indexPath is the C2SP spelling: three digits a path element, all but the last with an x before them.
// The Go checksum database has the height in its paths and the same index after it.
func indexPath(n int64, width int) string {
	path := fmt.Sprintf("%03d", n%1000)
	for n >= 1000 {
		n /= 1000
		path = fmt.Sprintf("x%03d/%s", n%1000, path)
	}
	if width < 1<<height {
		path += fmt.Sprintf(".p/%d", width)
	}
	return path
}

func get(address string) []byte {
	answer, err := client.Get(address)
	must(err, "%s", address)
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	must(err, "%s", address)
	if answer.StatusCode != http.StatusOK {
		log.Fatalf("%s: %s", address, answer.Status)
	}
	return body
}

func must(err error, format string, args ...any) {
	if err != nil {
		log.Fatalf("%s: %v", fmt.Sprintf(format, args...), err)
	}
}
