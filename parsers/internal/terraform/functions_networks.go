package terraform

import (
	"errors"
	"fmt"
	"math/big"
	"net/netip"

	"github.com/zclconf/go-cty/cty"
	"github.com/zclconf/go-cty/cty/function"
)

// ownNetworks are functions on address ranges (developer.hashicorp.com/terraform/language/functions/cidrsubnet).
var ownNetworks = map[string]function.Function{
	"cidrhost": onPrefix(1, func(p netip.Prefix, n []*big.Int) (string, error) {
		return hostIn(p, n[0])
	}),
	"cidrnetmask": onPrefix(0, func(p netip.Prefix, _ []*big.Int) (string, error) {
		if !p.Addr().Is4() {
			return "", errors.New("IPv6 addresses cannot have a netmask")
		}
		mask := new(big.Int).Sub(new(big.Int).Lsh(big.NewInt(1), 32), new(big.Int).Lsh(big.NewInt(1), uint(32-p.Bits())))
		return addressOf(mask, 32).String(), nil
	}),
	"cidrsubnet": onPrefix(2, func(p netip.Prefix, n []*big.Int) (string, error) {
		if !n[0].IsInt64() {
			return "", errors.New("too many new bits")
		}
		sub, err := subnet(p, int(n[0].Int64()), n[1])
		return sub.String(), err
	}),
	"cidrsubnets": function.New(&function.Spec{
		Params: []function.Parameter{{Name: "prefix", Type: cty.String}}, VarParam: &function.Parameter{Name: "newbits", Type: cty.Number},
		Type: function.StaticReturnType(cty.List(cty.String)), Impl: cidrsubnets,
	}),
}

// onPrefix is a function of an address range and whole numbers.
func onPrefix(numbers int, f func(netip.Prefix, []*big.Int) (string, error)) function.Function {
	spec := &function.Spec{Params: []function.Parameter{{Name: "prefix", Type: cty.String}}, Type: function.StaticReturnType(cty.String)}
	for range numbers {
		spec.Params = append(spec.Params, function.Parameter{Name: "number", Type: cty.Number})
	}
	spec.Impl = func(args []cty.Value, _ cty.Type) (cty.Value, error) {
		p, err := netip.ParsePrefix(args[0].AsString())
		if err != nil {
			return cty.DynamicVal, errors.New("invalid CIDR expression")
		}
		var whole []*big.Int
		for _, arg := range args[1:] {
			n, err := wholeNumber(arg)
			if err != nil {
				return cty.DynamicVal, err
			}
			whole = append(whole, n)
		}
		text, err := f(p.Masked(), whole)
		if err != nil {
			return cty.DynamicVal, err
		}
		return cty.StringVal(text), nil
	}
	return function.New(spec)
}

func wholeNumber(v cty.Value) (*big.Int, error) {
	if isHuge(v) {
		return nil, errTooLarge
	}
	n, accuracy := v.AsBigFloat().Int(nil)
	if accuracy != big.Exact {
		return nil, errors.New("a whole number is required")
	}
	return n, nil
}

func numberOf(a netip.Addr) *big.Int { return new(big.Int).SetBytes(a.AsSlice()) }

// addressOf is the address of that many bits with that number.
func addressOf(n *big.Int, bits int) netip.Addr {
	a, _ := netip.AddrFromSlice(n.FillBytes(make([]byte, bits/8))) // the length is right
	return a
}

// hostIn is the host of that number; negative numbers count from the end.
func hostIn(p netip.Prefix, n *big.Int) (string, error) {
	bits := p.Addr().BitLen()
	size := new(big.Int).Lsh(big.NewInt(1), uint(bits-p.Bits()))
	at := n
	if n.Sign() < 0 {
		at = new(big.Int).Add(size, n)
	}
	if at.Sign() < 0 || at.Cmp(size) >= 0 {
		return "", fmt.Errorf("prefix of %d does not accommodate a host numbered %s", p.Bits(), n)
	}
	return addressOf(new(big.Int).Add(numberOf(p.Addr()), at), bits).String(), nil
}

// subnet is the range of that number among those that are newBits longer.
func subnet(p netip.Prefix, newBits int, n *big.Int) (netip.Prefix, error) {
	bits := p.Addr().BitLen()
	length := p.Bits() + newBits
	if newBits < 0 || length > bits {
		return p, fmt.Errorf("not enough remaining address space for a subnet with a prefix of %d bits after %d bits", length, p.Bits())
	}
	if n.Sign() < 0 || n.BitLen() > newBits {
		return p, fmt.Errorf("prefix extension of %d does not accommodate a subnet numbered %s", newBits, n)
	}
	at := new(big.Int).Lsh(n, uint(bits-length))
	return netip.PrefixFrom(addressOf(at.Add(at, numberOf(p.Addr())), bits), length), nil
}

// cidrsubnets lays ranges one after the other, each aligned to its size.
func cidrsubnets(args []cty.Value, ty cty.Type) (cty.Value, error) {
	p, err := netip.ParsePrefix(args[0].AsString())
	if err != nil {
		return cty.DynamicVal, errors.New("invalid CIDR expression")
	}
	if len(args) == 1 {
		return cty.ListValEmpty(ty.ElementType()), nil
	}
	p = p.Masked()
	bits := p.Addr().BitLen()
	next, end := numberOf(p.Addr()), new(big.Int).Lsh(big.NewInt(1), uint(bits-p.Bits()))
	end.Add(end, next)
	var out []cty.Value
	for _, arg := range args[1:] {
		n, err := wholeNumber(arg)
		if err != nil || !n.IsInt64() || n.Sign() <= 0 || p.Bits()+int(n.Int64()) > bits {
			return cty.DynamicVal, errors.New("not enough remaining address space for a subnet of that length")
		}
		length := p.Bits() + int(n.Int64())
		size := new(big.Int).Lsh(big.NewInt(1), uint(bits-length))
		if over := new(big.Int).Mod(next, size); over.Sign() > 0 {
			next.Add(next, size.Sub(size, over))
			size = new(big.Int).Lsh(big.NewInt(1), uint(bits-length))
		}
		after := new(big.Int).Add(next, size)
		if after.Cmp(end) > 0 {
			return cty.DynamicVal, errors.New("not enough remaining address space for a subnet of that length")
		}
		out = append(out, cty.StringVal(netip.PrefixFrom(addressOf(next, bits), length).String()))
		next = after
	}
	return cty.ListVal(out), nil
}
