package apim

import (
	"crypto/md5"  //nolint:gosec // what policies compute, nothing is protected by it
	"crypto/sha1" //nolint:gosec // the same
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/binary"
	"fmt"
	"strconv"
	"strings"
	"unicode"

	"github.com/asrscheck/asrscheck/parsers/internal/csharp"
)

// Bytes are texts of the model that hold what they are, with a type of their own. Policies make them to pick a backend by a hash that is the same
// on all units of a gateway, which GetHashCode is not.

// hashes are the hash functions that policies may use ("API Management policy expressions": System.Security.Cryptography).
var hashes = map[string]func(string) string{
	"MD5":    func(s string) string { sum := md5.Sum([]byte(s)); return string(sum[:]) },  //nolint:gosec // as above
	"SHA1":   func(s string) string { sum := sha1.Sum([]byte(s)); return string(sum[:]) }, //nolint:gosec // as above
	"SHA256": func(s string) string { sum := sha256.Sum256([]byte(s)); return string(sum[:]) },
	"SHA384": func(s string) string { sum := sha512.Sum384([]byte(s)); return string(sum[:]) },
	"SHA512": func(s string) string { sum := sha512.Sum512([]byte(s)); return string(sum[:]) },
}

// hasher is the hash function that a type stands for: MD5, System.Security.Cryptography.MD5, MD5CryptoServiceProvider, SHA256Managed.
func (e *evaluation) hasher(typeName string) (value, bool) {
	name := strings.TrimPrefix(typeName, "System.Security.Cryptography.")
	name = strings.TrimSuffix(strings.TrimSuffix(name, "CryptoServiceProvider"), "Managed")
	if hashes[name] == nil {
		return value{}, false
	}
	return e.literal(hashKind, name), true
}

// hashed lowers hash.ComputeHash(bytes).
func (e *evaluation) hashed(n *csharp.Node, hash value, vars map[string]value) value {
	name := literalText(hash)
	if len(n.Args) != 2 || hashes[name] == nil {
		return e.about(n, "is not followed")
	}
	of := e.eval(n.Args[1], vars)
	if of.kind != bytesKind {
		return e.about(n, "is not followed, because it is not known to be of bytes")
	}
	return e.call(bytesKind, name, func(args ...string) string { return hashes[name](args[0]) }, of)
}

// bytesOf are static methods that make bytes of something, or something of bytes.
func (e *evaluation) bytesOf(path string, given []value) (value, bool) {
	of := given[0]
	if number := numbersIn[path]; number != nil && of.kind == bytesKind && len(given) == 2 {
		return e.try(intKind, path, func(args ...string) (string, bool) {
			at, err := strconv.Atoi(args[1])
			if err != nil || at < 0 || at > len(args[0]) {
				return "", false
			}
			return number(args[0][at:])
		}, given...), true
	}
	switch {
	case path == "Encoding.UTF8.GetBytes()" && of.kind == textKind:
		return value{kind: bytesKind, expr: of.text()}, true
	case path == "Encoding.ASCII.GetBytes()" && of.kind == textKind:
		return e.try(bytesKind, path, func(args ...string) (string, bool) { return args[0], isASCII(args[0]) }, of), true
	case path == "Encoding.UTF8.GetString()" && of.kind == bytesKind:
		return value{kind: textKind, expr: of.text()}, true
	case path == "Convert.ToBase64String()" && of.kind == bytesKind:
		return e.call(textKind, path, func(args ...string) string { return base64.StdEncoding.EncodeToString([]byte(args[0])) }, of), true
	case path == "Convert.FromBase64String()" && of.kind == textKind:
		return e.try(bytesKind, path, func(args ...string) (string, bool) {
			held, err := base64.StdEncoding.DecodeString(args[0])
			return string(held), err == nil
		}, of), true
	case path == "BitConverter.ToString()" && of.kind == bytesKind && len(given) == 1:
		return e.call(textKind, path, func(args ...string) string {
			return strings.Join(strings.Fields(fmt.Sprintf("% X", args[0])), "-")
		}, of), true
	}
	return value{}, false
}

func isASCII(text string) bool {
	return strings.IndexFunc(text, func(r rune) bool { return r > unicode.MaxASCII }) < 0
}

// numbersIn are the methods of BitConverter, which takes the lowest byte first. What does not fit into the numbers of this program is not computed.
var numbersIn = map[string]func(string) (string, bool){
	"BitConverter.ToInt16()":  sized(2, func(b []byte) int64 { return int64(int16(binary.LittleEndian.Uint16(b))) }),
	"BitConverter.ToUInt16()": sized(2, func(b []byte) int64 { return int64(binary.LittleEndian.Uint16(b)) }),
	"BitConverter.ToInt32()":  sized(4, func(b []byte) int64 { return int64(int32(binary.LittleEndian.Uint32(b))) }),
	"BitConverter.ToUInt32()": sized(4, func(b []byte) int64 { return int64(binary.LittleEndian.Uint32(b)) }),
	"BitConverter.ToInt64()":  sized(8, func(b []byte) int64 { return int64(binary.LittleEndian.Uint64(b)) }),
}

func sized(size int, number func([]byte) int64) func(string) (string, bool) {
	return func(held string) (string, bool) {
		if len(held) < size {
			return "", false
		}
		return strconv.FormatInt(number([]byte(held[:size])), 10), true
	}
}

// byteAt lowers bytes[i].
func (e *evaluation) byteAt(of, at value) value {
	return e.try(intKind, "[]", func(args ...string) (string, bool) {
		i, err := strconv.Atoi(args[1])
		if err != nil || i < 0 || i >= len(args[0]) {
			return "", false
		}
		return strconv.Itoa(int(args[0][i])), true
	}, of, at)
}
