package terraform

import "github.com/zclconf/go-cty/cty"

// mark is what is known of a value beside the value itself. hcl and its functions hand it on to everything that is made of it.
type mark string

const (
	// sensitive values are not to be shown, as in Terraform.
	sensitive mark = "sensitive"
	// standIn values are texts that stand for a host name which only an apply tells. They may be passed on and put into other texts;
	// whatever else is made of them is not known.
	standIn mark = "stand-in"
)

// settled is a value without marks, or unknown where it was made of something that only stands for a value.
func settled(v cty.Value) cty.Value {
	v, marks := v.Unmark()
	if _, ok := marks[standIn]; ok {
		return cty.UnknownVal(v.Type())
	}
	return v
}
