package jsontree

import (
	"bytes"
	"encoding/binary"
	"unicode/utf16"
	"unicode/utf8"
)

// decode takes a byte order mark off, and turns UTF-16 into UTF-8: "ConvertTo-Json > file" in Windows PowerShell writes
// UTF-16 with a mark (learn.microsoft.com, about_Character_Encoding). Columns then count bytes of the UTF-8 form.
func decode(text []byte, most int) []byte {
	switch {
	case bytes.HasPrefix(text, []byte("\xef\xbb\xbf")):
		return text[3:]
	case bytes.HasPrefix(text, []byte("\xff\xfe")):
		return fromUTF16(text[2:], binary.LittleEndian, most)
	case bytes.HasPrefix(text, []byte("\xfe\xff")):
		return fromUTF16(text[2:], binary.BigEndian, most)
	}
	return text
}

// fromUTF16 stops soon after the most bytes that are wanted.
func fromUTF16(text []byte, order binary.ByteOrder, most int) []byte {
	out := make([]byte, 0, min(len(text)/2, most))
	for len(text) >= 2 && len(out) <= most {
		r := rune(order.Uint16(text))
		text = text[2:]
		if utf16.IsSurrogate(r) && len(text) >= 2 {
			if pair := utf16.DecodeRune(r, rune(order.Uint16(text))); pair != utf8.RuneError {
				r, text = pair, text[2:]
			}
		}
		out = utf8.AppendRune(out, r)
	}
	return out
}
