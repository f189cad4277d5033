package terraform

import (
	"crypto/md5"  //nolint:gosec // configurations call it
	"crypto/sha1" //nolint:gosec // configurations call it
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"regexp"
	"strings"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

var ownHashes = map[string]function.Function{
	"md5": hashed(md5.New, hex.EncodeToString), "sha1": hashed(sha1.New, hex.EncodeToString),
	"sha256": hashed(sha256.New, hex.EncodeToString), "sha512": hashed(sha512.New, hex.EncodeToString),
	"base64sha256": hashed(sha256.New, base64.StdEncoding.EncodeToString), "base64sha512": hashed(sha512.New, base64.StdEncoding.EncodeToString),
	"uuidv5": onText(cty.String, 2, uuidv5),
}

func hashed(newHash func() hash.Hash, encode func([]byte) string) function.Function {
	return mapping(func(s string) string {
		h := newHash()
		_, _ = h.Write([]byte(s)) // never fails, says hash.Hash
		return encode(h.Sum(nil))
	})
}

// namespaces: RFC 9562 section 6.6.
var namespaces = map[string]string{
	"dns": "6ba7b8109dad11d180b400c04fd430c8", "url": "6ba7b8119dad11d180b400c04fd430c8",
	"oid": "6ba7b8129dad11d180b400c04fd430c8", "x500": "6ba7b8149dad11d180b400c04fd430c8",
}

var uuidForm = regexp.MustCompile(`^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`)

// uuidv5: RFC 9562 section 5.5.
func uuidv5(args []string) (cty.Value, error) {
	namespace, ok := namespaces[args[0]]
	if !ok && uuidForm.MatchString(args[0]) {
		namespace = strings.ReplaceAll(args[0], "-", "")
	}
	raw, err := hex.DecodeString(namespace)
	if err != nil || len(raw) != 16 {
		return cty.DynamicVal, errors.New("the namespace is neither dns, url, oid, x500 nor a UUID")
	}
	sum := sha1.Sum(append(raw, args[1]...)) //nolint:gosec // the RFC says so
	sum[6], sum[8] = sum[6]&0x0f|0x50, sum[8]&0x3f|0x80
	return cty.StringVal(fmt.Sprintf("%x-%x-%x-%x-%x", sum[0:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])), nil
}
