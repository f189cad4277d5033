package realnginx

import (
	"encoding/binary"
	"strings"
)

// What a DNS message says of itself and asks for (RFC 1035 4.1.1 and 3.2.2).
const (
	dnsHeader    = 12
	dnsTypeA     = 1
	dnsResponse  = 0x8180 // an answer, recursion desired and available
	dnsNoName    = 3
	dnsLifetime  = 5  // seconds
	dnsMaxLabels = 64 // far more than a name of 255 bytes that means anything
)

// dnsAnswer answers one question: A for every name that has an address, no data for other types, and "no such name" for the rest.
// It is nil for what is no question.
func dnsAnswer(query []byte, known *names) []byte {
	name, end := dnsQuestion(query)
	if end == 0 {
		return nil
	}
	out := append([]byte(nil), query[:end]...)
	binary.BigEndian.PutUint16(out[2:], dnsResponse)
	copy(out[6:dnsHeader], make([]byte, 6)) // no answers, authorities or additions so far
	address, ok := known.of(name)
	switch {
	case !ok:
		out[3] |= dnsNoName
	case address.Is4() && binary.BigEndian.Uint16(query[end-4:]) == dnsTypeA:
		out[7] = 1
		out = append(out, 0xc0, dnsHeader, 0, dnsTypeA, 0, 1, 0, 0, 0, dnsLifetime, 0, 4) // 4.1.4: a pointer to the name asked for
		out = append(out, address.AsSlice()...)
	}
	return out
}

// dnsQuestion is the name of the first question and where the question ends; 0 when the message holds none.
func dnsQuestion(query []byte) (name string, end int) {
	if len(query) < dnsHeader || query[2]&0x80 != 0 || binary.BigEndian.Uint16(query[4:]) == 0 {
		return "", 0
	}
	var labels []string
	at := dnsHeader
	for at < len(query) && query[at] != 0 && len(labels) < dnsMaxLabels {
		next := at + 1 + int(query[at])
		if next > len(query) {
			return "", 0
		}
		labels = append(labels, string(query[at+1:next]))
		at = next
	}
	if end = at + 5; end > len(query) || query[at] != 0 {
		return "", 0
	}
	return strings.Join(labels, "."), end
}
