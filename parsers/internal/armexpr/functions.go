package armexpr

import (
	"maps"

	"github.com/asrscheck/asrscheck/parsers/internal/jsontree"
)

// function is one function of the language (learn.microsoft.com, "ARM template functions").
type function struct {
	least, most int // arguments; any number of them where most is negative
	// eval makes the value; nil when the arguments are of kinds that the function does not take.
	eval func(r *run, args []*jsontree.Node) *jsontree.Node
	// lazy evaluates its arguments itself.
	lazy func(r *run, c *call) *jsontree.Node
	// open says that eval deals with unknown arguments; else an unknown argument makes the value unknown.
	open bool
	// ids says that eval keeps an id usable of which a part is unknown.
	ids bool
}

// nowhere are functions of which the value is known only where and when a template is deployed, or that are of no use for what is judged.
var nowhere = map[string]bool{
	"resourcegroup": true, "subscription": true, "managementgroup": true, "tenant": true, "deployment": true, "deployer": true, "environment": true,
	"newguid": true, "utcnow": true, "guid": true, "uniquestring": true, "pickzones": true, "providers": true, "references": true, "externalinput": true,
	"datetimeadd": true, "datetimefromepoch": true, "datetimetoepoch": true, "tologicalzone": true, "tologicalzones": true,
	"tophysicalzone": true, "tophysicalzones": true, "cidrsubnet": true, "cidrhost": true, "parsecidr": true, "getsecret": true, "fail": true,
}

const anyNumber = -1

// functionTable has all functions, by name in lower case.
func functionTable() map[string]function {
	all := map[string]function{}
	for _, group := range []map[string]function{logicFunctions(), textFunctions(), numberFunctions(), listFunctions(), lambdaFunctions(), idFunctions()} {
		maps.Copy(all, group)
	}
	return all
}

// logicFunctions are those of names, loops, logic and comparison.
func logicFunctions() map[string]function {
	return map[string]function{
		"parameters":      {least: 1, most: 1, lazy: (*run).parameters},
		"variables":       {least: 1, most: 1, lazy: (*run).variables},
		"copyindex":       {least: 0, most: 2, lazy: (*run).copyIndex},
		"if":              {least: 3, most: 3, lazy: (*run).choose},
		"and":             {least: 2, most: anyNumber, lazy: (*run).and},
		"or":              {least: 2, most: anyNumber, lazy: (*run).or},
		"not":             {least: 1, most: 1, eval: not},
		"true":            {eval: func(r *run, _ []*jsontree.Node) *jsontree.Node { return r.boolean(true) }},
		"false":           {eval: func(r *run, _ []*jsontree.Node) *jsontree.Node { return r.boolean(false) }},
		"null":            {eval: func(r *run, _ []*jsontree.Node) *jsontree.Node { return jsontree.NewNull(r.at) }},
		"bool":            {least: 1, most: 1, eval: toBool},
		"coalesce":        {least: 1, most: anyNumber, lazy: (*run).coalesce},
		"equals":          {least: 2, most: 2, eval: equals, open: true},
		"less":            {least: 2, most: 2, eval: compared(func(c int) bool { return c < 0 })},
		"lessorequals":    {least: 2, most: 2, eval: compared(func(c int) bool { return c <= 0 })},
		"greater":         {least: 2, most: 2, eval: compared(func(c int) bool { return c > 0 })},
		"greaterorequals": {least: 2, most: 2, eval: compared(func(c int) bool { return c >= 0 })},
	}
}

// textFunctions are those of texts.
func textFunctions() map[string]function {
	return map[string]function{
		"concat":               {least: 0, most: anyNumber, eval: concat, open: true},
		"format":               {least: 1, most: anyNumber, eval: format, open: true},
		"string":               {least: 1, most: 1, eval: toString, ids: true},
		"tolower":              {least: 1, most: 1, eval: onText(lower), ids: true},
		"toupper":              {least: 1, most: 1, eval: onText(upper)},
		"trim":                 {least: 1, most: 1, eval: onText(trim), ids: true},
		"replace":              {least: 3, most: 3, eval: replace},
		"split":                {least: 2, most: 2, eval: split, ids: true},
		"join":                 {least: 2, most: 2, eval: join, ids: true},
		"substring":            {least: 2, most: 3, eval: substring},
		"padleft":              {least: 2, most: 3, eval: padLeft},
		"startswith":           {least: 2, most: 2, eval: startsWith},
		"endswith":             {least: 2, most: 2, eval: endsWith},
		"indexof":              {least: 2, most: 2, eval: indexOf},
		"lastindexof":          {least: 2, most: 2, eval: lastIndexOf},
		"base64":               {least: 1, most: 1, eval: onText(toBase64)},
		"base64tostring":       {least: 1, most: 1, eval: fromBase64},
		"base64tojson":         {least: 1, most: 1, eval: fromBase64JSON},
		"json":                 {least: 1, most: 1, eval: fromJSON},
		"uri":                  {least: 2, most: 2, eval: uri},
		"uricomponent":         {least: 1, most: 1, eval: onText(escapeURI)},
		"uricomponenttostring": {least: 1, most: 1, eval: unescapeURI},
		"datauri":              {least: 1, most: 1, eval: onText(toDataURI)},
	}
}

// numberFunctions are those of numbers.
func numberFunctions() map[string]function {
	return map[string]function{
		"add":   {least: 2, most: 2, eval: arithmetic(plus)},
		"sub":   {least: 2, most: 2, eval: arithmetic(minus)},
		"mul":   {least: 2, most: 2, eval: arithmetic(times)},
		"div":   {least: 2, most: 2, eval: arithmetic(quotient)},
		"mod":   {least: 2, most: 2, eval: arithmetic(remainder)},
		"int":   {least: 1, most: 1, eval: toInt},
		"float": {least: 1, most: 1, eval: toFloat},
		"min":   {least: 1, most: anyNumber, eval: extreme(func(a, b int64) bool { return a < b })},
		"max":   {least: 1, most: anyNumber, eval: extreme(func(a, b int64) bool { return a > b })},
	}
}

// listFunctions are those of lists and objects.
func listFunctions() map[string]function {
	return map[string]function{
		"array":        {least: 1, most: 1, eval: toArray, ids: true},
		"createarray":  {least: 0, most: anyNumber, eval: createArray, open: true},
		"createobject": {least: 0, most: anyNumber, eval: createObject, open: true},
		"contains":     {least: 2, most: 2, eval: contains},
		"empty":        {least: 1, most: 1, eval: empty, ids: true},
		"length":       {least: 1, most: 1, eval: length},
		"first":        {least: 1, most: 1, eval: first},
		"last":         {least: 1, most: 1, eval: last},
		"skip":         {least: 2, most: 2, eval: skip},
		"take":         {least: 2, most: 2, eval: take},
		"range":        {least: 2, most: 2, eval: numbers},
		"union":        {least: 1, most: anyNumber, eval: union},
		"intersection": {least: 2, most: anyNumber, eval: intersection},
		"flatten":      {least: 1, most: 1, eval: flatten},
		"items":        {least: 1, most: 1, eval: items},
		"objectkeys":   {least: 1, most: 1, eval: objectKeys},
		"shallowmerge": {least: 1, most: 1, eval: shallowMerge},
		"tryget":       {least: 2, most: anyNumber, eval: tryGet},
	}
}

// lambdaFunctions are those of functions of functions.
func lambdaFunctions() map[string]function {
	return map[string]function{
		"lambdavariables": {least: 1, most: 1, lazy: (*run).lambdaVariable},
		"map":             {least: 2, most: 2, lazy: (*run).mapped},
		"filter":          {least: 2, most: 2, lazy: (*run).filtered},
		"reduce":          {least: 3, most: 3, lazy: (*run).reduced},
		"sort":            {least: 2, most: 2, lazy: (*run).sorted},
		"toobject":        {least: 2, most: 3, lazy: (*run).object},
		"groupby":         {least: 2, most: 2, lazy: (*run).grouped},
		"mapvalues":       {least: 2, most: 2, lazy: (*run).valuesMapped},
	}
}

// idFunctions are those of resources and their ids.
func idFunctions() map[string]function {
	return map[string]function{
		"reference":                 {least: 1, most: 3, lazy: (*run).reference},
		"resourceid":                {least: 2, most: anyNumber, eval: resourceID, open: true},
		"subscriptionresourceid":    {least: 2, most: anyNumber, eval: subscriptionResourceID, open: true},
		"tenantresourceid":          {least: 2, most: anyNumber, eval: tenantResourceID, open: true},
		"extensionresourceid":       {least: 3, most: anyNumber, eval: extensionResourceID, open: true},
		"managementgroupresourceid": {least: 2, most: anyNumber, eval: managementGroupResourceID, open: true},
	}
}
