package nginx

import (
	"math"
	"slices"
	"strconv"
	"strings"
)

// kinds are what arguments have to be, by their names in directives.txt, with the words in which NGINX refuses others
// (src/core/ngx_conf_file.c, ngx_conf_set_*_slot). The last parameter is what stands behind the colon there.
var kinds = map[string]func(k *checker, d Directive, limits string){
	"number":   (*checker).number,
	"msec":     valueOf(isMilliseconds),
	"sec":      valueOf(isSeconds),
	"size":     valueOf(isSize),
	"offset":   valueOf(isOffset),
	"buffers":  (*checker).buffers,
	"enum":     (*checker).oneOf,
	"set":      (*checker).someOf,
	"text":     func(k *checker, d Directive, _ string) { k.text(d, 1) },
	"texts":    func(k *checker, d Directive, _ string) { k.texts(d, 1) },
	"textsize": (*checker).sizeText,
	"path":     (*checker).path,
	"access":   (*checker).fileAccess,
}

func valueOf(is func(string) bool) func(*checker, Directive, string) {
	return func(k *checker, d Directive, _ string) {
		if !is(d.Value(1)) {
			k.refused(d, `"`+d.Name()+`" directive invalid value`)
		}
	}
}

func isMilliseconds(s string) bool { _, ok := parseTime(s); return ok && !strings.ContainsAny(s, "yM") }

func isSeconds(s string) bool  { _, ok := parseTime(s); return ok && !strings.Contains(s, "ms") }
func isOffset(s string) bool   { _, ok := parseSize(s); return ok }
func isSize(s string) bool     { return isOffset(s) && !strings.ContainsAny(s, "gG") }
func isCount(s string) bool    { _, err := strconv.ParseInt(s, 10, 64); return err == nil && isDigits(s) }
func isPositive(s string) bool { return isCount(s) && strings.Trim(s, "0") != "" }
func isOnOff(s string) bool    { return s == "on" || s == "off" }

// atLeast is a size of so many bytes or more.
func atLeast(least int64) func(string) bool {
	return func(s string) bool { n, ok := parseSize(s); return ok && isSize(s) && n >= least }
}

func (k *checker) number(d Directive, limits string) {
	if !isCount(d.Value(1)) {
		k.refused(d, `"`+d.Name()+`" directive invalid number`)
		return
	}
	low, high, bounded := strings.Cut(limits, "..")
	switch n := number(d.Value(1)); {
	case bounded && high == "-1" && n < number(low):
		k.refused(d, "value must be equal to or greater than "+low)
	case bounded && high != "-1" && (n < number(low) || n > number(high)):
		k.refused(d, "value must be between "+low+" and "+high)
	}
}

// number is the number that digits are; the largest one where they are too many.
func number(s string) int64 {
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil {
		return math.MaxInt64
	}
	return n
}

func (k *checker) buffers(d Directive, _ string) {
	if !isPositive(d.Value(1)) || !atLeast(1)(d.Value(2)) {
		k.refused(d, `"`+d.Name()+`" directive invalid value`)
	}
}

func (k *checker) oneOf(d Directive, words string) {
	if !isAmong(d.Value(1), words) {
		k.refused(d, `invalid value "`+d.Value(1)+`"`)
	}
}

func (k *checker) someOf(d Directive, words string) {
	for _, v := range d.Args() {
		if !isAmong(v, words) {
			k.refused(d, `invalid value "`+v+`"`)
		}
	}
}

// isAmong reports whether a word is one of several, written "a|b", in letters of either case.
func isAmong(word, words string) bool {
	return slices.ContainsFunc(strings.Split(words, "|"), func(w string) bool { return lower(w) == lower(word) })
}

func (k *checker) sizeText(d Directive, _ string) {
	if strings.Contains(d.Value(1), "$") {
		k.text(d, 1)
		return
	}
	if !isSize(d.Value(1)) {
		k.refused(d, `"`+d.Name()+`" directive invalid value`)
	}
}

// path is ngx_conf_set_path_slot: a folder, and how many letters of a file's name each level of folders in it takes.
func (k *checker) path(d Directive, _ string) {
	sum := int64(0)
	for _, level := range d.Args()[1:] {
		if !isPositive(level) {
			sum = math.MaxInt64
			break
		}
		sum += min(number(level), 1<<16)
	}
	if sum > 10 {
		k.refused(d, `"`+d.Name()+`" directive invalid value`)
	}
}

// fileAccess is ngx_conf_set_access_slot.
func (k *checker) fileAccess(d Directive, _ string) {
	for _, v := range d.Args() {
		who, what, _ := strings.Cut(v, ":")
		if !slices.Contains([]string{"user", "group", "all"}, who) || what != "rw" && what != "r" {
			k.refused(d, `invalid value "`+v+`"`)
			return
		}
	}
}
