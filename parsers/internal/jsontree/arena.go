package jsontree

import "strings"

// arena copies short strings into blocks of some kilobytes: one allocation for hundreds of strings, and the text itself can go.
type arena struct{ block strings.Builder }

const (
	blockSize = 8 << 10
	longText  = 1 << 10
)

func (a *arena) keep(b []byte) string {
	if len(b) > longText {
		return string(b)
	}
	if a.block.Cap()-a.block.Len() < len(b) {
		a.block.Reset()
		a.block.Grow(blockSize)
	}
	start := a.block.Len()
	a.block.Write(b)
	return a.block.String()[start:]
}
